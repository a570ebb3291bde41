/**
 * The options of SET and GETEX. They are parsed into one number, so that nothing is allocated: the bits of StringOption
 * plus 512 times the position of the expiry's value.
 */
import type { Argv } from "../../bytes/argv.js";
import { parseInt64, parseInteger } from "../../bytes/integer.js";
import { invalidExpireTime, NOT_AN_INTEGER } from "../../protocol/errors.js";
import type { Context } from "../context.js";

/** Options as bits; a later option may repeat an earlier one, but not contradict it. */
export const enum StringOption {
  NX = 1 << 0,
  XX = 1 << 1,
  GET = 1 << 2,
  EX = 1 << 3,
  PX = 1 << 4,
  EXAT = 1 << 5,
  PXAT = 1 << 6,
  KEEPTTL = 1 << 7,
  PERSIST = 1 << 8,

  CONDITION = NX | XX,
  /** Options with a value. */
  TIMED = EX | PX | EXAT | PXAT,
  EXPIRY = TIMED | KEEPTTL | PERSIST,
  SECONDS = EX | EXAT,
  RELATIVE = EX | PX,

  OF_SET = CONDITION | GET | TIMED | KEEPTTL,
  OF_GETEX = TIMED | PERSIST,

  /** What the position of the expiry's value is multiplied by. */
  VALUE_UNIT = 1 << 9,
}

const INT64_MAX = 2n ** 63n - 1n;

/** Parses the options from argument `from` on, of which only those in `allowed` exist; -1 when they are not well formed. */
export function parseStringOptions(argv: Argv, from: number, allowed: number): number {
  let options = 0;
  let valueAt = 0;
  for (let i = from; i < argv.count; i++) {
    const option = optionAt(argv, i) & allowed;
    if (option === 0) return -1;
    if ((options & rivalsOf(option)) !== 0) return -1;
    options |= option;
    if ((option & StringOption.TIMED) !== 0) {
      valueAt = ++i;
      if (i === argv.count) return -1;
    }
  }
  return options + valueAt * StringOption.VALUE_UNIT;
}

/** The options that must not come with this one. */
function rivalsOf(option: number): number {
  if ((option & StringOption.EXPIRY) !== 0) return StringOption.EXPIRY & ~option;
  return (option & StringOption.CONDITION) !== 0 ? StringOption.CONDITION & ~option : 0;
}

/** The option that argument i names, 0 when it is none. */
function optionAt(argv: Argv, i: number): number {
  switch (argv.length[i]) {
    case 2:
      if (argv.is(i, "EX")) return StringOption.EX;
      if (argv.is(i, "PX")) return StringOption.PX;
      if (argv.is(i, "NX")) return StringOption.NX;
      return argv.is(i, "XX") ? StringOption.XX : 0;
    case 3:
      return argv.is(i, "GET") ? StringOption.GET : 0;
    case 4:
      if (argv.is(i, "EXAT")) return StringOption.EXAT;
      return argv.is(i, "PXAT") ? StringOption.PXAT : 0;
    case 7:
      if (argv.is(i, "KEEPTTL")) return StringOption.KEEPTTL;
      return argv.is(i, "PERSIST") ? StringOption.PERSIST : 0;
    default:
      return 0;
  }
}

/**
 * Argument i as milliseconds since 1970, understood by the bits of StringOption; 0 when the error was replied. Beyond
 * 2^53 the result is rounded, but what Redis refuses as an overflow is refused.
 */
export function absoluteExpiry(ctx: Context, argv: Argv, i: number, options: number): number {
  const isSeconds = (options & StringOption.SECONDS) !== 0;
  const startMs = (options & StringOption.RELATIVE) !== 0 ? Math.floor(ctx.nowMs) : 0;
  const { source } = argv;
  const offset = argv.offset[i]!;
  const length = argv.length[i]!;
  // A safe integer cannot overflow 64 bits here: 2^53 seconds are 9.007e18 ms, and now is 1.7e12.
  const value = parseInteger(source, offset, length);
  if (value > 0) return (isSeconds ? value * 1000 : value) + startMs;
  const exact = parseInt64(source, offset, length);
  if (exact === null) {
    ctx.reply.error(NOT_AN_INTEGER);
    return 0;
  }
  const atMs = (isSeconds ? exact * 1000n : exact) + BigInt(startMs);
  if (exact <= 0n || atMs > INT64_MAX) {
    ctx.reply.error(invalidExpireTime(ctx.command.name));
    return 0;
  }
  return Number(atMs);
}
