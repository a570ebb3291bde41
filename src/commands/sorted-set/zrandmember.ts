import type { Argv } from "../../bytes/argv.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { randomCount } from "../random-count.js";
import { checkElementCount, checkReplySize } from "../reply-size.js";
import { openForReading, replyHeader } from "../sorted-set-value.js";
import { block, defineCommand, flag, integer, key } from "../spec.js";

/** ZRANDMEMBER: one random member; several different ones; or, with a negative count, several of which some may be the same. */
export const zrandmember = defineCommand(
  {
    name: "ZRANDMEMBER",
    group: "sorted-set",
    since: "6.2.0",
    summary: "Returns one or more random members from a sorted set.",
    complexity: "O(N) where N is the number of members returned",
    flags: ["readonly"],
    tips: ["nondeterministic_output"],
    args: [key("key", "RO ACCESS"), block("options", [integer("count"), flag("WITHSCORES")], { optional: true })],
  },
  (ctx, argv) => {
    if (argv.count === 2) return replyOne(ctx, argv);
    const count = randomCount(ctx, argv, "WITHSCORES");
    if (count !== null) replySeveral(ctx, argv, count, argv.count === 4);
  },
);

function replyOne(ctx: Context, argv: Argv): void {
  const { keyspace, reply } = ctx;
  const { sortedSets } = keyspace.types;
  const opened = openForReading(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.NONE) return reply.null();
  const { member } = sortedSets.cursor;
  sortedSets.load(keyspace.view, sortedSets.sampler.pick(keyspace.view), member);
  reply.bulk(member.region, member.offset, member.length);
}

function replySeveral(ctx: Context, argv: Argv, count: number, withScores: boolean): void {
  const { keyspace, reply } = ctx;
  const { view } = keyspace;
  const { sortedSets } = keyspace.types;
  const opened = openForReading(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.NONE || count === 0) return reply.array(0);
  const isNested = withScores && reply.resp === 3;
  const { member } = sortedSets.cursor;
  const start = reply.length;
  const visit = (handle: number): void => {
    if (isNested) reply.array(2);
    sortedSets.load(view, handle, member);
    reply.bulk(member.region, member.offset, member.length);
    if (withScores) reply.double(sortedSets.scoreOf(view, handle));
    checkReplySize(ctx, start);
  };
  if (count > 0) {
    replyHeader(ctx, Math.min(count, sortedSets.count(view)), withScores);
    return sortedSets.sampler.distinct(view, count, visit);
  }
  checkElementCount(ctx, withScores ? -2 * count : -count);
  replyHeader(ctx, -count, withScores);
  for (let left = -count; left > 0; left--) visit(sortedSets.sampler.pick(view));
}
