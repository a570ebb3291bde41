import type { Argv } from "../../bytes/argv.js";
import { Encoding } from "../../structures/entry.js";
import type { Context } from "../context.js";
import { defineCommand, key, many } from "../spec.js";
import { addOperands, Missing, replyTemporary, store, storeNothing } from "./set-operation.js";
import { beginEmpty } from "./set-value.js";

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
    const { keyspace, reply } = ctx;
    const { algebra } = keyspace.types.sets;
    const missing = addOperands(ctx, argv, 1, argv.count);
    if (missing < 0) return;
    if ((missing & Missing.FIRST) !== 0) return reply.set(0);
    if (!algebra.isDifferencePulled) {
      buildDifference(ctx, argv);
      return replyTemporary(ctx, keyspace.slot);
    }
    algebra.startDifference();
    const mark = reply.begin();
    let count = 0;
    for (; algebra.nextDifferent(); count++) {
      const { region, offset, length } = algebra.member;
      reply.bulk(region, offset, length);
    }
    reply.endSet(mark, count);
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
    args: [key("destination", "OW UPDATE"), many(key("key", "RO ACCESS"))],
  },
  (ctx, argv) => {
    const missing = addOperands(ctx, argv, 2, argv.count);
    if (missing < 0) return;
    if ((missing & Missing.FIRST) !== 0) return storeNothing(ctx, argv);
    buildDifference(ctx, argv);
    store(ctx, argv, ctx.keyspace.slot, "sdiffstore");
  },
);

/** Begins a set in `slot` and makes it the difference. */
function buildDifference(ctx: Context, argv: Argv): void {
  const { slot, types } = ctx.keyspace;
  beginEmpty(ctx, argv, 1, Encoding.INTSET, slot);
  try {
    types.sets.algebra.buildDifference(slot);
  } catch (error) {
    ctx.db.abandon(slot);
    throw error;
  }
}
