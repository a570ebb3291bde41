/** XRANGE and XREVRANGE, which differ in the direction and in the order of the two IDs. */
import type { Argv } from "../../bytes/argv.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { replyRange } from "./entry-reply.js";
import { rangeEnd, rangeStart, readHead } from "./stream-value.js";

/** Replies the entries between the IDs at the arguments `start` and `end`. */
export function replyRangeOf(ctx: Context, argv: Argv, start: number, end: number, isReverse: boolean): void {
  const { reply } = ctx;
  const { startId, endId } = ctx.keyspace.types.streams;
  if (!rangeStart(ctx, argv, start, startId) || !rangeEnd(ctx, argv, end, endId)) return;
  let count = -1;
  for (let i = 4; i < argv.count; i += 2) {
    if (i + 1 === argv.count || !argv.is(i, "COUNT")) return reply.error(SYNTAX_ERROR);
    const value = integerArgument(argv, i + 1);
    if (value === null) return reply.error(NOT_AN_INTEGER);
    count = Math.max(value, 0);
  }
  const head = readHead(ctx, argv, 1);
  if (head < 0) return;
  if (head === 0) return reply.array(0);
  if (count === 0) return reply.nullArray();
  replyRange(ctx, head, startId, endId, count === -1 ? 0 : count, isReverse);
}
