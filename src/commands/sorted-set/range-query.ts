/** What ZRANGE, ZRANGESTORE and their older forms share: reading their arguments. */
import type { Argv } from "../../bytes/argv.js";
import { RangeBy } from "../../datatypes/sorted-set-range.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { indexArgument } from "../index-range.js";
import { readRange } from "./range-argument.js";

/** What a command takes as options rather than knows. */
export const enum Open {
  NOTHING = 0,
  /** BYSCORE and BYLEX. */
  BY = 1,
  REV = 2,
  WITHSCORES = 4,
}

/** What became of the arguments. */
export const enum Query {
  /** The error was replied. */
  REFUSED = -1,
  MEMBERS = 0,
  WITH_SCORES = 1,
}

/**
 * Reads `min max [options]` from argument `at` on into `sortedSets.range`; `open` are the options there may be besides LIMIT, `by` and
 * `isReverse` what holds without them.
 */
export function readQuery(ctx: Context, argv: Argv, at: number, by: RangeBy, isReverse: boolean, open: Open): Query {
  const { reply } = ctx;
  const { range } = ctx.keyspace.types.sortedSets;
  let skip = 0;
  let limit = -1;
  let withScores = false;
  for (let i = at + 2; i < argv.count; i++) {
    if ((open & Open.WITHSCORES) !== 0 && argv.is(i, "WITHSCORES")) {
      withScores = true;
    } else if (argv.is(i, "LIMIT") && i + 2 < argv.count) {
      skip = indexArgument(argv, i + 1);
      limit = indexArgument(argv, i + 2);
      if (Number.isNaN(skip) || Number.isNaN(limit)) return refuse(ctx, NOT_AN_INTEGER);
      i += 2;
    } else if ((open & Open.REV) !== 0 && argv.is(i, "REV")) {
      open &= ~Open.REV;
      isReverse = true;
    } else if ((open & Open.BY) !== 0 && (argv.is(i, "BYLEX") || argv.is(i, "BYSCORE"))) {
      open &= ~Open.BY;
      by = argv.is(i, "BYLEX") ? RangeBy.MEMBER : RangeBy.SCORE;
    } else {
      reply.error(SYNTAX_ERROR);
      return Query.REFUSED;
    }
  }
  if (limit !== -1 && by === RangeBy.RANK)
    return refuse(ctx, "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  if (withScores && by === RangeBy.MEMBER)
    return refuse(ctx, "ERR syntax error, WITHSCORES not supported in combination with BYLEX");
  // By score and by member a reverse range is given as max, min.
  const isSwapped = isReverse && by !== RangeBy.RANK;
  if (!readRange(ctx, argv, range, by, isSwapped ? at + 1 : at, isSwapped ? at : at + 1)) return Query.REFUSED;
  range.isReverse = isReverse;
  range.skip = skip;
  range.limit = limit;
  return withScores ? Query.WITH_SCORES : Query.MEMBERS;
}

function refuse({ reply }: Context, error: string): Query {
  reply.error(error);
  return Query.REFUSED;
}
