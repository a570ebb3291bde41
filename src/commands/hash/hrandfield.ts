import type { Argv } from "../../bytes/argv.js";
import type { FieldVisitor } from "../../datatypes/hashes.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { randomCount } from "../random-count.js";
import { checkElementCount, checkReplySize } from "../reply-size.js";
import { block, defineCommand, flag, integer, key, optional } from "../spec.js";
import { openForReading } from "./hash-value.js";

/** HRANDFIELD: one random field; several different ones; or, with a negative count, several of which some may be the same. */
export const hrandfield = defineCommand(
  {
    name: "HRANDFIELD",
    group: "hash",
    since: "6.2.0",
    summary: "Returns one or more random fields from a hash.",
    complexity: "O(N) where N is the number of fields returned",
    flags: ["readonly"],
    tips: ["nondeterministic_output"],
    args: [key("key", "RO ACCESS"), optional(block("options", [integer("count"), flag("WITHVALUES")]))],
  },
  (ctx, argv) => {
    if (argv.count === 2) return replyOne(ctx, argv);
    const count = randomCount(ctx, argv, "WITHVALUES");
    if (count !== null) replySeveral(ctx, argv, count, argv.count === 4);
  },
);

function replyOne(ctx: Context, argv: Argv): void {
  const { keyspace, reply } = ctx;
  const opened = openForReading(ctx, argv);
  if (opened === Opened.REFUSED) return;
  let found = 0;
  if (opened === Opened.FOUND) {
    keyspace.types.hashes.sample(keyspace.view, 1, (field) => {
      reply.bulk(field.region, field.offset, field.length);
      found++;
    });
  }
  if (found === 0) reply.null();
}

function replySeveral(ctx: Context, argv: Argv, count: number, withValues: boolean): void {
  const { keyspace, reply } = ctx;
  const { hashes } = keyspace.types;
  const opened = openForReading(ctx, argv);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.NONE || count === 0) return reply.array(0);
  if (count < 0) checkElementCount(ctx, withValues ? -2 * count : -count);
  const isNested = withValues && reply.resp === 3;
  const mark = reply.begin();
  const start = reply.length;
  let found = 0;
  const visit: FieldVisitor = (field, value) => {
    if (isNested) reply.array(2);
    reply.bulk(field.region, field.offset, field.length);
    if (withValues) reply.bulk(value.region, value.offset, value.length);
    found++;
    checkReplySize(ctx, start);
  };
  if (count < 0) hashes.sample(keyspace.view, -count, visit);
  else hashes.sampleDistinct(keyspace.view, count, visit);
  reply.endArray(mark, withValues && !isNested ? found * 2 : found);
}
