import { Encoding } from "../../structures/entry/entry.js";
import { defineCommand, key, many } from "../spec.js";
import { storeNothing } from "../store-result.js";
import { addOperands, build, Missing, replyBuilt, replyPulled, store } from "./set-operation.js";

const COMPLEXITY = "O(N) where N is the total number of elements in all given sets.";

/** SDIFF: the members of the first set that no other has. */
export const sdiff = defineCommand(
  {
    name: "SDIFF",
    group: "set",
    since: "1.0.0",
    summary: "Returns the difference of multiple sets.",
    complexity: COMPLEXITY,
    flags: ["readonly"],
    tips: ["nondeterministic_output_order"],
    args: [many(key("key", "RO ACCESS"))],
  },
  (ctx, argv) => {
    const { algebra } = ctx.keyspace.types.sets;
    const missing = addOperands(ctx, argv, 1, argv.count);
    if (missing < 0) return;
    if ((missing & Missing.FIRST) !== 0) return ctx.reply.set(0);
    if (!algebra.isDifferencePulled) {
      build(ctx, argv, Encoding.INTSET, (slot) => algebra.buildDifference(slot));
      return replyBuilt(ctx);
    }
    algebra.startDifference();
    replyPulled(ctx, () => algebra.nextDifferent());
  },
);

/** SDIFFSTORE: stores the members of the first set that no other has. */
export const sdiffstore = defineCommand(
  {
    name: "SDIFFSTORE",
    group: "set",
    since: "1.0.0",
    summary: "Stores the difference of multiple sets in a key.",
    complexity: COMPLEXITY,
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [key("destination", "OW UPDATE"), many(key("key", "RO ACCESS"))],
  },
  (ctx, argv) => {
    const missing = addOperands(ctx, argv, 2, argv.count);
    if (missing < 0) return;
    if ((missing & Missing.FIRST) !== 0) return storeNothing(ctx, argv);
    build(ctx, argv, Encoding.INTSET, (slot) => ctx.keyspace.types.sets.algebra.buildDifference(slot));
    store(ctx, argv, "sdiffstore");
  },
);
