import type { Argv } from "../../bytes/argv.js";
import { SYNTAX_ERROR } from "../../protocol/errors.js";
import { ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { Opened } from "../open-collection.js";
import { openForWriting } from "../sorted-set-value.js";
import { defineCommand, double, flag, integer, key, many, oneOf } from "../spec.js";
import { timeoutSeconds } from "../timeout-argument.js";
import { popEnd } from "./zpop.js";

/** ZMPOP: takes members out of the first of several sorted sets that has some. */
export const zmpop = defineCommand(
  {
    name: "ZMPOP",
    group: "sorted-set",
    since: "7.0.0",
    summary:
      "Returns the highest- or lowest-scoring members from one or more sorted sets after removing them. Deletes the sorted set if the last member was popped.",
    complexity:
      "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.",
    flags: ["write"],
    effect: "rewritten",
    args: [
      integer("numkeys"),
      many(key("key", "RW ACCESS DELETE")),
      oneOf("where", [flag("MIN"), flag("MAX")], { optional: false }),
      integer("count", { token: "COUNT", optional: true }),
    ],
  },
  (ctx, argv) => popSeveral(ctx, argv, 1, false),
);

/** BZMPOP: ZMPOP that waits for a member. */
export const bzmpop = defineCommand(
  {
    name: "BZMPOP",
    group: "sorted-set",
    since: "7.0.0",
    summary:
      "Removes and returns a member by score from one or more sorted sets. Blocks until a member is available otherwise. Deletes the sorted set if the last element was popped.",
    complexity:
      "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.",
    flags: ["write", "blocking"],
    effect: "rewritten",
    args: [
      double("timeout"),
      integer("numkeys"),
      many(key("key", "RW ACCESS DELETE")),
      oneOf("where", [flag("MIN"), flag("MAX")], { optional: false }),
      integer("count", { token: "COUNT", optional: true }),
    ],
  },
  (ctx, argv) => popSeveral(ctx, argv, 2, true),
);

/** BZPOPMIN: ZPOPMIN from the first of several sorted sets that has a member, or will have. */
export const bzpopmin = defineCommand(
  {
    name: "BZPOPMIN",
    group: "sorted-set",
    since: "5.0.0",
    summary:
      "Removes and returns the member with the lowest score from one or more sorted sets. Blocks until a member is available otherwise. Deletes the sorted set if the last element was popped.",
    complexity: "O(log(N)) with N being the number of elements in the sorted set.",
    flags: ["write", "fast", "blocking"],
    effect: "rewritten",
    history: [["6.0.0", "`timeout` is interpreted as a double instead of an integer."]],
    args: [many(key("key", "RW ACCESS DELETE")), double("timeout")],
  },
  (ctx, argv) => popWaiting(ctx, argv, 1, argv.count - 2, argv.count - 1, -1, false),
);

/** BZPOPMAX: ZPOPMAX from the first of several sorted sets that has a member, or will have. */
export const bzpopmax = defineCommand(
  {
    name: "BZPOPMAX",
    group: "sorted-set",
    since: "5.0.0",
    summary:
      "Removes and returns the member with the highest score from one or more sorted sets. Blocks until a member available otherwise.  Deletes the sorted set if the last element was popped.",
    complexity: "O(log(N)) with N being the number of elements in the sorted set.",
    flags: ["write", "fast", "blocking"],
    effect: "rewritten",
    history: [["6.0.0", "`timeout` is interpreted as a double instead of an integer."]],
    args: [many(key("key", "RW ACCESS DELETE")), double("timeout")],
  },
  (ctx, argv) => popWaiting(ctx, argv, 1, argv.count - 2, argv.count - 1, -1, true),
);

/** Reads `numkeys key ... MIN|MAX [COUNT count]`, and pops; argument `numKeysAt` is the number of keys. */
function popSeveral(ctx: Context, argv: Argv, numKeysAt: number, isBlocking: boolean): void {
  const { reply } = ctx;
  const keyCount = integerArgument(argv, numKeysAt) ?? 0;
  if (keyCount < 1) return reply.error("ERR numkeys should be greater than 0");
  const whereAt = numKeysAt + keyCount + 1;
  if (whereAt >= argv.count) return reply.error(SYNTAX_ERROR);
  const isMax = argv.is(whereAt, "MAX");
  if (!isMax && !argv.is(whereAt, "MIN")) return reply.error(SYNTAX_ERROR);
  let count = -1;
  for (let i = whereAt + 1; i < argv.count; i += 2) {
    if (count !== -1 || !argv.is(i, "COUNT") || i + 1 === argv.count) return reply.error(SYNTAX_ERROR);
    count = integerArgument(argv, i + 1) ?? 0;
    if (count < 1) return reply.error("ERR count should be greater than 0");
  }
  if (count === -1) count = 1;
  if (isBlocking) return popWaiting(ctx, argv, numKeysAt + 1, keyCount, 1, count, isMax);
  if (!popFirst(ctx, argv, numKeysAt + 1, keyCount, count, isMax)) reply.nullArray();
}

/** Pops as `popFirst`, waiting when there is nothing; argument `timeoutAt` says how long. */
function popWaiting(
  ctx: Context,
  argv: Argv,
  firstKey: number,
  keyCount: number,
  timeoutAt: number,
  count: number,
  isMax: boolean,
): void {
  const { blocking } = ctx;
  const timeoutMs = timeoutSeconds(ctx, argv, timeoutAt);
  if (timeoutMs === null) return;
  if (popFirst(ctx, argv, firstKey, keyCount, count, isMax)) return;
  if (!blocking.canWait) return ctx.reply.nullArray();
  blocking.waitFor(argv, firstKey, keyCount, timeoutMs, ValueType.ZSET);
}

/**
 * Pops from the first of `keyCount` sorted sets that is there: up to `count` members as pairs, or (-1) one in a flat reply. Returns
 * false when there is none; true when it has replied, be it an error.
 */
function popFirst(
  ctx: Context,
  argv: Argv,
  firstKey: number,
  keyCount: number,
  count: number,
  isMax: boolean,
): boolean {
  const { effects, keyspace, reply } = ctx;
  for (let i = firstKey; i < firstKey + keyCount; i++) {
    const opened = openForWriting(ctx, argv, i);
    if (opened === Opened.REFUSED) return true;
    if (opened === Opened.NONE) continue;
    const isFlat = count === -1;
    const popped = isFlat ? 1 : Math.min(count, keyspace.types.sortedSets.count(keyspace.slot));
    reply.array(isFlat ? 3 : 2);
    reply.bulk(argv.source, argv.offset[i]!, argv.length[i]!);
    if (!isFlat) reply.array(popped);
    popEnd(ctx, argv, i, popped, isMax, !isFlat);
    if (effects.isOn) {
      effects.instead(isMax ? "ZPOPMAX" : "ZPOPMIN", isFlat ? 2 : 3).argument(argv, i);
      if (!isFlat) effects.integer(popped);
    }
    return true;
  }
  return false;
}
