import { defineCommand, flag, integer, key, many, oneOf } from "../spec.js";
import { Operation, replyOperation, storeOperation } from "./set-operation.js";

/** ZUNION: the members of several sorted sets or sets. */
export const zunion = defineCommand(
  {
    name: "ZUNION",
    group: "sorted-set",
    since: "6.2.0",
    summary: "Returns the union of multiple sorted sets.",
    complexity:
      "O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.",
    flags: ["readonly"],
    args: [
      integer("numkeys"),
      many(key("key", "RO ACCESS")),
      many(integer("weight", { token: "WEIGHTS", optional: true })),
      oneOf("aggregate", [flag("SUM"), flag("MIN"), flag("MAX")], { token: "AGGREGATE" }),
      flag("WITHSCORES"),
    ],
  },
  (ctx, argv) => replyOperation(ctx, argv, Operation.UNION),
);

/** ZUNIONSTORE: makes the members of several sorted sets or sets the value of a key. */
export const zunionstore = defineCommand(
  {
    name: "ZUNIONSTORE",
    group: "sorted-set",
    since: "2.0.0",
    summary: "Stores the union of multiple sorted sets in a key.",
    complexity:
      "O(N)+O(M log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.",
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
  (ctx, argv) => storeOperation(ctx, argv, Operation.UNION),
);
