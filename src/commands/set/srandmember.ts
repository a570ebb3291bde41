import type { Argv } from "../../bytes/argv.js";
import { SYNTAX_ERROR } from "../../protocol/errors.js";
import type { ElementView } from "../../structures/entry/element-view.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { checkLong } from "../long-argument.js";
import { Opened } from "../open-collection.js";
import { checkElementCount, checkReplySize } from "../reply-size.js";
import { defineCommand, integer, key } from "../spec.js";
import { openForReading, replyMembers } from "./set-value.js";

/** SRANDMEMBER: random members, which stay in the set; with a negative count, the same one may come again. */
export const srandmember = defineCommand(
  {
    name: "SRANDMEMBER",
    group: "set",
    since: "1.0.0",
    summary: "Get one or multiple random members from a set",
    complexity: "Without the count argument O(1), otherwise O(N) where N is the absolute value of the passed count.",
    flags: ["readonly"],
    tips: ["nondeterministic_output"],
    history: [["2.6.0", "Added the optional `count` argument."]],
    args: [key("key", "RO ACCESS"), integer("count", { optional: true, since: "2.6.0" })],
  },
  (ctx, argv) => {
    if (argv.count > 2) return replyCount(ctx, argv);
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) ctx.reply.null();
    else replyRandom(ctx);
  },
);

function replyRandom({ keyspace, reply }: Context): void {
  const { view } = keyspace;
  const { sets } = keyspace.types;
  const { member } = sets.cursor;
  sets.load(view, sets.pick(view), member);
  reply.bulk(member.region, member.offset, member.length);
}

function replyCount(ctx: Context, argv: Argv): void {
  const { keyspace, reply } = ctx;
  const { view } = keyspace;
  const { sets } = keyspace.types;
  if (argv.count > 3) return reply.error(SYNTAX_ERROR);
  if (!checkLong(ctx, argv, 2)) return;
  const count = integerArgument(argv, 2)!;
  const opened = openForReading(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.NONE || count === 0) return reply.array(0);

  if (count < 0) return replyWithRepeats(ctx, -count);
  const size = sets.count(view);
  reply.array(Math.min(count, size));
  if (count === 1) return replyRandom(ctx);
  if (count >= size) return replyMembers(ctx, view);
  sets.sampler.sample(view, count, ({ region, offset, length }: ElementView) => reply.bulk(region, offset, length));
}

function replyWithRepeats(ctx: Context, count: number): void {
  const { reply } = ctx;
  checkElementCount(ctx, count);
  const start = reply.length;
  reply.array(count);
  while (count-- > 0) {
    replyRandom(ctx);
    checkReplySize(ctx, start);
  }
}
