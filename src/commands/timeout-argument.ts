/** How long a blocking command waits. */
import type { Argv } from "../bytes/argv.js";
import { parseFloatLiteral } from "../bytes/float-literal.js";
import { TIMEOUT_NEGATIVE, TIMEOUT_NOT_A_FLOAT, TIMEOUT_NOT_AN_INTEGER } from "../protocol/errors.js";
import type { Context } from "./context.js";
import { integerArgument } from "./integer-argument.js";

/** Redis copies the text into a buffer of this size, with a zero byte at its end. */
const MAX_TEXT = 5 * 1024;
const INT64_MAX = 2 ** 63;
const TIMEOUT_OUT_OF_RANGE = "ERR timeout is out of range";

/** Argument i, in seconds with a fraction, as whole milliseconds; 0 is endless. Answers the error and returns null when it is none. */
export function timeoutSeconds(ctx: Context, argv: Argv, i: number): number | null {
  const literal = argv.length[i]! < MAX_TEXT ? parseFloatLiteral(argv.latin1(i)) : null;
  if (literal === null) return refuse(ctx, TIMEOUT_NOT_A_FLOAT);
  const { base, mantissa, exponent } = literal;
  let ms = base === 0 ? Number.POSITIVE_INFINITY : 0;
  if (base === 10) ms = Number(`${mantissa}e${exponent + 3}`);
  else if (base === 2) ms = Number(mantissa) * 2 ** exponent * 1000;
  if (literal.negative) ms = -ms;
  if (ms > INT64_MAX) return refuse(ctx, TIMEOUT_OUT_OF_RANGE);
  return checked(ctx, Math.ceil(ms));
}

/** As `timeoutSeconds`, for an argument in whole milliseconds. */
export function timeoutMilliseconds(ctx: Context, argv: Argv, i: number): number | null {
  const ms = integerArgument(argv, i);
  return ms === null ? refuse(ctx, TIMEOUT_NOT_AN_INTEGER) : checked(ctx, ms);
}

function checked(ctx: Context, ms: number): number | null {
  if (ms < 0) return refuse(ctx, TIMEOUT_NEGATIVE);
  if (ms > INT64_MAX - ctx.nowMs) return refuse(ctx, TIMEOUT_OUT_OF_RANGE);
  return ms;
}

function refuse(ctx: Context, error: string): null {
  ctx.reply.error(error);
  return null;
}
