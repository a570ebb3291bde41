import type { Argv } from "../../bytes/argv.js";
import { Encoding } from "../../structures/entry.js";
import type { Context } from "../context.js";
import { defineCommand, key, many } from "../spec.js";
import { addOperands, replyTemporary, store } from "./set-operation.js";
import { beginEmpty } from "./set-value.js";

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
    const { keyspace, reply } = ctx;
    const { algebra } = keyspace.types.sets;
    if (addOperands(ctx, argv, 1, argv.count) < 0) return;
    if (!algebra.isUnionPulled) {
      buildUnion(ctx, argv);
      return replyTemporary(ctx, keyspace.slot);
    }
    algebra.startUnion();
    const mark = reply.begin();
    let count = 0;
    for (; algebra.nextOfUnion(); count++) {
      const { region, offset, length } = algebra.member;
      reply.bulk(region, offset, length);
    }
    reply.endSet(mark, count);
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
    args: [key("destination", "OW UPDATE"), many(key("key", "RO ACCESS"))],
  },
  (ctx, argv) => {
    if (addOperands(ctx, argv, 2, argv.count) < 0) return;
    buildUnion(ctx, argv);
    store(ctx, argv, ctx.keyspace.slot, "sunionstore");
  },
);

/** Begins a set in `slot` and makes it the union. */
function buildUnion(ctx: Context, argv: Argv): void {
  const { slot, types } = ctx.keyspace;
  beginEmpty(ctx, argv, 1, Encoding.INTSET, slot);
  try {
    types.sets.algebra.buildUnion(slot);
  } catch (error) {
    ctx.db.abandon(slot);
    throw error;
  }
}
