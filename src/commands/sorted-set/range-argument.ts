/** The bounds of ranges by score and by member. */
import type { Argv } from "../../bytes/argv.js";
import { parseDouble, parseDoubleText } from "../../bytes/double.js";
import { isDecimal, parseFloatLiteral } from "../../bytes/float-literal.js";
import { type MemberBound, RangeBy, type SortedSetRange } from "../../datatypes/sorted-set-range.js";
import { NOT_AN_INTEGER } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { indexArgument } from "../index-range.js";

const NOT_A_SCORE = "ERR min or max is not a float";
const NOT_A_MEMBER = "ERR min or max not valid string range item";

const PARENTHESIS = 0x28;
const PLUS = 0x2b;
const MINUS = 0x2d;
const BRACKET = 0x5b;

/** Reads a range from two arguments; answers the error and returns false when they are none. Nothing is skipped and none is too many. */
export function readRange(
  ctx: Context,
  argv: Argv,
  range: SortedSetRange,
  by: RangeBy,
  minAt: number,
  maxAt: number,
): boolean {
  range.by = by;
  range.isReverse = false;
  range.skip = 0;
  range.limit = -1;
  let error = NOT_AN_INTEGER;
  if (by === RangeBy.RANK) {
    range.start = indexArgument(argv, minAt);
    range.stop = indexArgument(argv, maxAt);
    if (!Number.isNaN(range.start) && !Number.isNaN(range.stop)) return true;
  } else if (by === RangeBy.SCORE) {
    error = NOT_A_SCORE;
    range.isMinOut = isOut(argv, minAt);
    range.isMaxOut = isOut(argv, maxAt);
    range.min = scoreBound(argv, minAt, range.isMinOut);
    range.max = scoreBound(argv, maxAt, range.isMaxOut);
    if (!Number.isNaN(range.min) && !Number.isNaN(range.max)) return true;
  } else {
    error = NOT_A_MEMBER;
    if (readMember(argv, minAt, range.first) && readMember(argv, maxAt, range.last)) return true;
  }
  ctx.reply.error(error);
  return false;
}

function isOut(argv: Argv, i: number): boolean {
  return argv.length[i]! > 0 && argv.source.u8[argv.offset[i]!] === PARENTHESIS;
}

/** A score as C's strtod reads it: spaces before it, an empty text and what is too large or too small are all right. NaN for no score. */
function scoreBound(argv: Argv, i: number, isExcluded: boolean): number {
  const skipped = isExcluded ? 1 : 0;
  const value = parseDouble(argv.source, argv.offset[i]! + skipped, argv.length[i]! - skipped);
  return Number.isNaN(value) ? looseScore(argv.cString(i).slice(skipped)) : value;
}

function looseScore(text: string): number {
  if (text === "") return 0;
  const number = text.replace(/^[ \t-\r]+/, "");
  if (isDecimal(number)) return Number(number);
  const value = parseDoubleText(number);
  if (!Number.isNaN(value)) return value;
  const literal = parseFloatLiteral(number);
  if (literal === null) return Number.NaN;
  const magnitude = literal.exponent > 0 ? Number.POSITIVE_INFINITY : 0;
  return literal.negative ? -magnitude : magnitude;
}

/** Reads "-", "+", "[member" or "(member"; false when the argument is none of these. */
function readMember(argv: Argv, i: number, bound: MemberBound): boolean {
  const { u8 } = argv.source;
  const offset = argv.offset[i]!;
  const length = argv.length[i]!;
  if (length === 0) return false;
  const first = u8[offset];
  if (first === PLUS || first === MINUS) {
    bound.end = first === PLUS ? 1 : -1;
    bound.isOut = true;
    return length === 1 || u8[offset + 1] === 0;
  }
  if (first !== PARENTHESIS && first !== BRACKET) return false;
  bound.end = 0;
  bound.isOut = first === PARENTHESIS;
  bound.region = argv.source;
  bound.offset = offset + 1;
  bound.length = length - 1;
  return true;
}
