import { defineCommand, flag, integer, key, many } from "../spec.js";
import { Operation, replyOperation, storeOperation } from "./set-operation.js";

/** ZDIFF: the members of the first set that no other has. */
export const zdiff = defineCommand(
  {
    name: "ZDIFF",
    group: "sorted-set",
    since: "6.2.0",
    summary: "Returns the difference between multiple sorted sets.",
    complexity:
      "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.",
    flags: ["readonly"],
    args: [integer("numkeys"), many(key("key", "RO ACCESS")), flag("WITHSCORES")],
  },
  (ctx, argv) => replyOperation(ctx, argv, Operation.DIFFERENCE),
);

/** ZDIFFSTORE: makes the members of the first set that no other has the value of a key. */
export const zdiffstore = defineCommand(
  {
    name: "ZDIFFSTORE",
    group: "sorted-set",
    since: "6.2.0",
    summary: "Stores the difference of multiple sorted sets in a key.",
    complexity:
      "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.",
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [key("destination", "OW UPDATE"), integer("numkeys"), many(key("key", "RO ACCESS"))],
  },
  (ctx, argv) => storeOperation(ctx, argv, Operation.DIFFERENCE),
);
