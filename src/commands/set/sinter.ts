import type { Argv } from "../../bytes/argv.js";
import { isInt64 } from "../../bytes/int64.js";
import { SYNTAX_ERROR } from "../../protocol/errors.js";
import { Encoding } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, integer, key, many } from "../spec.js";
import { storeNothing } from "../store-result.js";
import { addOperands, build, replyPulled, store } from "./set-operation.js";

const NUMKEYS_NOT_POSITIVE = "ERR numkeys should be greater than 0";
const TOO_MANY_KEYS = "ERR Number of keys can't be greater than number of args";
const LIMIT_NEGATIVE = "ERR LIMIT can't be negative";

const COMPLEXITY = "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.";

/** SINTER: the members that all sets have. */
export const sinter = defineCommand(
  {
    name: "SINTER",
    group: "set",
    since: "1.0.0",
    summary: "Returns the intersect of multiple sets.",
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
    if (missing !== 0) return reply.set(0);
    algebra.startIntersection();
    replyPulled(ctx, () => algebra.nextCommon());
  },
);

/** SINTERCARD: how many members all sets have, counted up to a limit. */
export const sintercard = defineCommand(
  {
    name: "SINTERCARD",
    group: "set",
    since: "7.0.0",
    summary: "Returns the number of members of the intersect of multiple sets.",
    complexity: COMPLEXITY,
    flags: ["readonly"],
    args: [integer("numkeys"), many(key("key", "RO ACCESS")), integer("limit", { token: "LIMIT", optional: true })],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { algebra } = keyspace.types.sets;
    const numkeys = integerArgument(argv, 1);
    if (numkeys === null || numkeys < 1) return reply.error(NUMKEYS_NOT_POSITIVE);
    if (numkeys > argv.count - 2) return reply.error(TOO_MANY_KEYS);
    const limit = readLimit(ctx, argv, 2 + numkeys);
    if (limit < 0) return;
    const missing = addOperands(ctx, argv, 2, 2 + numkeys);
    if (missing < 0) return;
    if (missing !== 0) return reply.integer(0);
    algebra.startIntersection();
    let count = 0;
    while ((limit === 0 || count < limit) && algebra.nextCommon()) count++;
    reply.integer(count);
  },
);

/** The limit from argument `i` on, 0 for none, or -1 when an error was replied. */
function readLimit({ reply }: Context, argv: Argv, i: number): number {
  let limit = 0;
  for (; i < argv.count; i += 2) {
    if (!argv.is(i, "LIMIT") || i + 1 === argv.count) {
      reply.error(SYNTAX_ERROR);
      return -1;
    }
    limit = integerArgument(argv, i + 1) ?? -1;
    if (limit < 0) {
      reply.error(LIMIT_NEGATIVE);
      return -1;
    }
  }
  return limit;
}

/** SINTERSTORE: stores the members that all sets have. */
export const sinterstore = defineCommand(
  {
    name: "SINTERSTORE",
    group: "set",
    since: "1.0.0",
    summary: "Stores the intersect of multiple sets in a key.",
    complexity: COMPLEXITY,
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [key("destination", "RW UPDATE"), many(key("key", "RO ACCESS"))],
  },
  (ctx, argv) => {
    const { sets } = ctx.keyspace.types;
    const { algebra } = sets;
    const missing = addOperands(ctx, argv, 2, argv.count);
    if (missing < 0) return;
    if (missing !== 0) return storeNothing(ctx, argv);
    algebra.startIntersection();
    // A listpack is cheaper to append to; at the end it becomes an intset if it can.
    const isIntset = algebra.walkedEncoding === Encoding.INTSET;
    build(ctx, argv, isIntset ? Encoding.INTSET : Encoding.LISTPACK, (slot) => {
      let onlyIntegers = true;
      while (algebra.nextCommon()) {
        const { region, offset, length } = algebra.member;
        sets.add(slot, region, offset, length);
        onlyIntegers &&= isIntset || isInt64(region, offset, length);
      }
      if (onlyIntegers) sets.makeIntset(slot);
    });
    store(ctx, argv, "sinterstore");
  },
);
