import { SYNTAX_ERROR } from "../../protocol/errors.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, flag, integer, key, many, oneOf } from "../spec.js";
import { addOperands, Operation, replyOperation, storeOperation } from "./set-operation.js";

/** ZINTER: the members that all of several sorted sets or sets have. */
export const zinter = defineCommand(
  {
    name: "ZINTER",
    group: "sorted-set",
    since: "6.2.0",
    summary: "Returns the intersect of multiple sorted sets.",
    complexity:
      "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.",
    flags: ["readonly"],
    args: [
      integer("numkeys"),
      many(key("key", "RO ACCESS")),
      many(integer("weight", { token: "WEIGHTS", optional: true })),
      oneOf("aggregate", [flag("SUM"), flag("MIN"), flag("MAX")], { token: "AGGREGATE" }),
      flag("WITHSCORES"),
    ],
  },
  (ctx, argv) => replyOperation(ctx, argv, Operation.INTERSECTION),
);

/** ZINTERSTORE: makes the members that all of several sets have the value of a key. */
export const zinterstore = defineCommand(
  {
    name: "ZINTERSTORE",
    group: "sorted-set",
    since: "2.0.0",
    summary: "Stores the intersect of multiple sorted sets in a key.",
    complexity:
      "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.",
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [
      key("destination", "OW UPDATE"),
      integer("numkeys"),
      many(key("key", "RO ACCESS")),
      many(integer("weight", { token: "WEIGHTS", optional: true })),
      oneOf("aggregate", [flag("SUM"), flag("MIN"), flag("MAX")], { token: "AGGREGATE" }),
    ],
  },
  (ctx, argv) => storeOperation(ctx, argv, Operation.INTERSECTION),
);

/** ZINTERCARD: the number of members that all of several sorted sets or sets have, counted up to a limit. */
export const zintercard = defineCommand(
  {
    name: "ZINTERCARD",
    group: "sorted-set",
    since: "7.0.0",
    summary: "Returns the number of members of the intersect of multiple sorted sets.",
    complexity:
      "O(N*K) worst case with N being the smallest input sorted set, K being the number of input sorted sets.",
    flags: ["readonly"],
    args: [integer("numkeys"), many(key("key", "RO ACCESS")), integer("limit", { token: "LIMIT", optional: true })],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    const keyCount = addOperands(ctx, argv, 1);
    if (keyCount === 0) return;
    let limit = 0;
    for (let i = 2 + keyCount; i < argv.count; i += 2) {
      if (i + 1 === argv.count || !argv.is(i, "LIMIT")) return reply.error(SYNTAX_ERROR);
      limit = integerArgument(argv, i + 1) ?? -1;
      if (limit < 0) return reply.error("ERR LIMIT can't be negative");
    }
    reply.integer(ctx.keyspace.types.sortedSets.algebra.countCommon(limit));
  },
);
