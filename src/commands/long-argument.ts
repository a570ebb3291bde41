/** A C long whose sign can be changed: all 64-bit integers but the smallest. */
import type { Argv } from "../bytes/argv.js";
import { NOT_AN_INTEGER } from "../protocol/errors.js";
import type { Context } from "./context.js";
import { integerArgument } from "./integer-argument.js";

const SMALLEST = "-9223372036854775808";
const OUT_OF_RANGE = "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807";

/** Answers the error and returns false when argument i is no such number. */
export function checkLong(ctx: Context, argv: Argv, i: number): boolean {
  const value = integerArgument(argv, i);
  if (value === null) ctx.reply.error(NOT_AN_INTEGER);
  else if (value === -(2 ** 63) && argv.latin1(i) === SMALLEST) ctx.reply.error(OUT_OF_RANGE);
  else return true;
  return false;
}
