import type { Argv } from "../../bytes/argv.js";
import { NOT_POSITIVE, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { Opened } from "../open-collection.js";
import { openForWriting, removeRanks } from "../sorted-set-value.js";
import { defineCommand, integer, key } from "../spec.js";

/** ZPOPMIN: takes out the members with the lowest scores. */
export const zpopmin = defineCommand(
  {
    name: "ZPOPMIN",
    group: "sorted-set",
    since: "5.0.0",
    summary:
      "Returns the lowest-scoring members from a sorted set after removing them. Deletes the sorted set if the last member was popped.",
    complexity:
      "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
    flags: ["write", "fast"],
    effect: "as sent",
    args: [key("key", "RW ACCESS DELETE"), integer("count", { optional: true })],
  },
  (ctx, argv) => pop(ctx, argv, false),
);

/** ZPOPMAX: takes out the members with the highest scores. */
export const zpopmax = defineCommand(
  {
    name: "ZPOPMAX",
    group: "sorted-set",
    since: "5.0.0",
    summary:
      "Returns the highest-scoring members from a sorted set after removing them. Deletes the sorted set if the last member was popped.",
    complexity:
      "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
    flags: ["write", "fast"],
    effect: "as sent",
    args: [key("key", "RW ACCESS DELETE"), integer("count", { optional: true })],
  },
  (ctx, argv) => pop(ctx, argv, true),
);

function pop(ctx: Context, argv: Argv, isMax: boolean): void {
  const { reply } = ctx;
  if (argv.count > 3) return reply.error(SYNTAX_ERROR);
  let count = 1;
  if (argv.count === 3) {
    count = integerArgument(argv, 2) ?? -1;
    if (count < 0) return reply.error(NOT_POSITIVE);
  }
  const opened = openForWriting(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.NONE || count === 0) return reply.array(0);
  const { slot, types } = ctx.keyspace;
  count = Math.min(count, types.sortedSets.count(slot));
  const isNested = argv.count === 3 && reply.resp === 3;
  reply.array(isNested ? count : count * 2);
  popEnd(ctx, argv, 1, count, isMax, isNested);
}

/** Takes `count` members out of one end of the open set of argument `i`, which has as many, and replies them without the header. */
export function popEnd(ctx: Context, argv: Argv, i: number, count: number, isMax: boolean, isNested: boolean): void {
  const { keyspace, reply } = ctx;
  const { sortedSets } = keyspace.types;
  const { cursor } = sortedSets;
  const { member } = cursor;
  const size = sortedSets.count(keyspace.slot);
  cursor.open(keyspace.slot, isMax ? size : 0);
  for (let left = count; left > 0; left--) {
    if (isMax) cursor.previous();
    else cursor.next();
    if (isNested) reply.array(2);
    reply.bulk(member.region, member.offset, member.length);
    reply.double(cursor.score);
  }
  removeRanks(ctx, argv, i, isMax ? size - count : 0, isMax ? size : count, isMax ? "zpopmax" : "zpopmin");
}
