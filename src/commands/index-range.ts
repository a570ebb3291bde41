/**
 * Pairs of indexes into a string, as GETRANGE, BITCOUNT and BITPOS take them: both included, counted from the end when
 * negative, cut to the string.
 */
import type { Argv } from "../bytes/argv.js";
import { parseInt64, parseInteger } from "../bytes/integer.js";

/** Argument i as a 64-bit integer, rounded to a double beyond 2^53; NaN when it is none. */
export function indexArgument(argv: Argv, i: number): number {
  const value = parseInteger(argv.source, argv.offset[i]!, argv.length[i]!);
  if (!Number.isNaN(value)) return value;
  const exact = parseInt64(argv.source, argv.offset[i]!, argv.length[i]!);
  return exact === null ? Number.NaN : Number(exact);
}

/** The first position from a given start index on. */
export function startIndex(index: number, length: number): number {
  return Math.max(0, index < 0 ? length + index : index);
}

/** The last position up to a given end index; -1 when there is none because the length is 0. */
export function endIndex(index: number, length: number): number {
  return Math.min(length - 1, Math.max(0, index < 0 ? length + index : index));
}

/**
 * True when both indexes count from the end and the first comes after the last, which is an empty range even where
 * cutting to the string would make them equal. Numbers that only rounding made equal are compared exactly.
 */
export function isReversed(argv: Argv, i: number, first: number, j: number, last: number): boolean {
  if (first >= 0 || last >= 0 || first < last) return false;
  if (first > last) return true;
  if (first > Number.MIN_SAFE_INTEGER) return false;
  return (
    parseInt64(argv.source, argv.offset[i]!, argv.length[i]!)! >
    parseInt64(argv.source, argv.offset[j]!, argv.length[j]!)!
  );
}
