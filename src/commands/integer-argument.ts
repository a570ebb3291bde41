/** Whole numbers among the arguments of commands that are not hot. */
import type { Argv } from "../bytes/argv.js";
import { parseInt64, parseInteger } from "../bytes/integer.js";

/** Argument i as a 64-bit integer, rounded to a double beyond 2^53, or null when it is none as Redis would print it. */
export function integerArgument(argv: Argv, i: number): number | null {
  const value = parseInteger(argv.source, argv.offset[i]!, argv.length[i]!);
  if (!Number.isNaN(value)) return value;
  const exact = parseInt64(argv.source, argv.offset[i]!, argv.length[i]!);
  return exact === null ? null : Number(exact);
}

/** True for a number that fits 32 bits with sign. */
export function isInt32(value: number): boolean {
  return (value | 0) === value;
}
