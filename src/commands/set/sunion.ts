import { Encoding } from "../../structures/entry/entry.js";
import { defineCommand, key, many } from "../spec.js";
import { addOperands, build, replyBuilt, replyPulled, store } from "./set-operation.js";

const COMPLEXITY = "O(N) where N is the total number of elements in all given sets.";

/** SUNION: the members that any set has. */
export const sunion = defineCommand(
  {
    name: "SUNION",
    group: "set",
    since: "1.0.0",
    summary: "Returns the union of multiple sets.",
    complexity: COMPLEXITY,
    flags: ["readonly"],
    tips: ["nondeterministic_output_order"],
    args: [many(key("key", "RO ACCESS"))],
  },
  (ctx, argv) => {
    const { algebra } = ctx.keyspace.types.sets;
    if (addOperands(ctx, argv, 1, argv.count) < 0) return;
    if (!algebra.isUnionPulled) {
      build(ctx, argv, Encoding.INTSET, (slot) => algebra.buildUnion(slot));
      return replyBuilt(ctx);
    }
    algebra.startUnion();
    replyPulled(ctx, () => algebra.nextOfUnion());
  },
);

/** SUNIONSTORE: stores the members that any set has. */
export const sunionstore = defineCommand(
  {
    name: "SUNIONSTORE",
    group: "set",
    since: "1.0.0",
    summary: "Stores the union of multiple sets in a key.",
    complexity: COMPLEXITY,
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [key("destination", "OW UPDATE"), many(key("key", "RO ACCESS"))],
  },
  (ctx, argv) => {
    if (addOperands(ctx, argv, 2, argv.count) < 0) return;
    build(ctx, argv, Encoding.INTSET, (slot) => ctx.keyspace.types.sets.algebra.buildUnion(slot));
    store(ctx, argv, "sunionstore");
  },
);
