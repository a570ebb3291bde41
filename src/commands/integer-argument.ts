/** Whole numbers among the arguments of commands that are not hot: as text, with Redis' strict notation. */
import type { Argv } from "../bytes/argv.js";

const STRICT = /^(?:0|-?[1-9][0-9]{0,18})$/;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/**
 * Argument i as a 64-bit integer, rounded to a double beyond 2^53, or null when it is none: signs, spaces and leading
 * zeros that Redis would not print are refused.
 */
export function integerArgument(argv: Argv, i: number): number | null {
  if (argv.length[i]! > 20) return null;
  const text = argv.latin1(i);
  if (!STRICT.test(text)) return null;
  if (text.length < 16) return Number(text);
  const exact = BigInt(text);
  return exact >= INT64_MIN && exact <= INT64_MAX ? Number(exact) : null;
}

/** The number is one that fits 32 bits with sign. */
export function isInt32(value: number): boolean {
  return (value | 0) === value;
}
