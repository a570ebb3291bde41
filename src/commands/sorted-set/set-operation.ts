/** What ZUNION, ZINTER and ZDIFF and their STORE forms share. */
import type { Argv } from "../../bytes/argv.js";
import { parseDouble } from "../../bytes/double.js";
import { Aggregate } from "../../datatypes/sorted-set-algebra.js";
import { RangeBy } from "../../datatypes/sorted-set-range.js";
import type { OpenValue } from "../../keyspace/open-value.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR, WRONG_TYPE } from "../../protocol/errors.js";
import { Encoding, ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { beginEmpty, replyRange, store } from "../sorted-set-value.js";

export const enum Operation {
  UNION = 0,
  INTERSECTION = 1,
  DIFFERENCE = 2,
}

/** Reads `numkeys key ... [options]` from argument 1 on, and replies the result. */
export function replyOperation(ctx: Context, argv: Argv, operation: Operation): void {
  const { keyspace } = ctx;
  const { range } = keyspace.types.sortedSets;
  const keyCount = addOperands(ctx, argv, 1);
  if (keyCount === 0) return;
  const options = readOptions(ctx, argv, 2 + keyCount, keyCount, operation, true);
  if (options === Options.REFUSED) return;
  const { slot } = keyspace;
  perform(ctx, argv, operation, slot);
  range.by = RangeBy.RANK;
  range.isReverse = false;
  range.from = 0;
  range.to = keyspace.types.sortedSets.count(slot);
  replyRange(ctx, slot, range, options === Options.WITH_SCORES);
  ctx.db.abandon(slot);
}

/** Reads `destination numkeys key ... [options]` from argument 1 on, and stores the result. */
export function storeOperation(ctx: Context, argv: Argv, operation: Operation): void {
  const keyCount = addOperands(ctx, argv, 2);
  if (keyCount === 0) return;
  if (readOptions(ctx, argv, 3 + keyCount, keyCount, operation, false) === Options.REFUSED) return;
  const { slot, types } = ctx.keyspace;
  perform(ctx, argv, operation, slot);
  try {
    types.sortedSets.makeSmall(slot);
  } catch (error) {
    ctx.db.abandon(slot);
    throw error;
  }
  store(ctx, argv, slot, ctx.command.name);
}

/** Makes the result the value that was begun in `slot`. */
function perform(ctx: Context, argv: Argv, operation: Operation, slot: OpenValue): void {
  const { algebra } = ctx.keyspace.types.sortedSets;
  beginEmpty(ctx, argv, 1, Encoding.SKIPLIST, slot);
  try {
    if (operation === Operation.UNION) algebra.unite(slot);
    else if (operation === Operation.INTERSECTION) algebra.intersect(slot);
    else algebra.subtract(slot);
  } catch (error) {
    ctx.db.abandon(slot);
    throw error;
  }
}

/**
 * Lets the sorted sets and sets take part whose number is argument `numKeysAt`, in `sortedSets.algebra`. Returns that number, 0 when the
 * error was replied.
 */
export function addOperands(ctx: Context, argv: Argv, numKeysAt: number): number {
  const { db, keyspace, reply } = ctx;
  const { algebra } = keyspace.types.sortedSets;
  const keyCount = integerArgument(argv, numKeysAt);
  let error = SYNTAX_ERROR;
  if (keyCount === null) error = NOT_AN_INTEGER;
  else if (keyCount < 1) error = `ERR at least 1 input key is needed for '${ctx.command.name}' command`;
  if (keyCount === null || keyCount < 1 || keyCount > argv.count - numKeysAt - 1) {
    reply.error(error);
    return 0;
  }
  algebra.clear();
  for (let i = numKeysAt + 1; i <= numKeysAt + keyCount; i++) {
    const ref = db.lookupRead(argv, i);
    if (ref === 0) {
      algebra.add(null, false);
      continue;
    }
    const type = db.type(ref);
    if (type !== ValueType.ZSET && type !== ValueType.SET) {
      reply.error(WRONG_TYPE);
      return 0;
    }
    db.read(ref, keyspace.view);
    algebra.add(keyspace.view, type === ValueType.SET);
  }
  return keyCount;
}

const enum Options {
  /** The error was replied. */
  REFUSED = -1,
  MEMBERS = 0,
  WITH_SCORES = 1,
}

/** Reads WEIGHTS, AGGREGATE and WITHSCORES from argument `i` on. */
function readOptions(
  ctx: Context,
  argv: Argv,
  i: number,
  keyCount: number,
  operation: Operation,
  takesScores: boolean,
): Options {
  const { reply } = ctx;
  const { algebra } = ctx.keyspace.types.sortedSets;
  const isJoining = operation !== Operation.DIFFERENCE;
  let options = Options.MEMBERS;
  while (i < argv.count) {
    const left = argv.count - i;
    if (isJoining && left > keyCount && argv.is(i, "WEIGHTS")) {
      for (let k = 0; k < keyCount; k++) {
        const weight = parseDouble(argv.source, argv.offset[i + 1 + k]!, argv.length[i + 1 + k]!);
        if (Number.isNaN(weight)) {
          reply.error("ERR weight value is not a float");
          return Options.REFUSED;
        }
        algebra.weigh(k, weight);
      }
      i += keyCount + 1;
    } else if (isJoining && left >= 2 && argv.is(i, "AGGREGATE") && isAggregate(argv, i + 1)) {
      algebra.aggregate = argv.is(i + 1, "SUM") ? Aggregate.SUM : argv.is(i + 1, "MIN") ? Aggregate.MIN : Aggregate.MAX;
      i += 2;
    } else if (takesScores && argv.is(i, "WITHSCORES")) {
      options = Options.WITH_SCORES;
      i++;
    } else {
      reply.error(SYNTAX_ERROR);
      return Options.REFUSED;
    }
  }
  return options;
}

function isAggregate(argv: Argv, i: number): boolean {
  return argv.is(i, "SUM") || argv.is(i, "MIN") || argv.is(i, "MAX");
}
