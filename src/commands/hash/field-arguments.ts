/** What the commands on the expiry of fields share: "FIELDS numfields field ...", times, and conditions. */
import type { Argv } from "../../bytes/argv.js";
import { parseInt64, parseInteger } from "../../bytes/integer.js";
import { invalidExpireTime, NOT_AN_INTEGER } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { type Arg, block, integer, many, string } from "../spec.js";

/** The latest expiry a field can have, ms since 1970. */
const LATEST_MS = 2 ** 46 - 1;

export const FIELDS_MISSING = "ERR Mandatory argument FIELDS is missing or not at the right position";
const NOT_POSITIVE_FIELDS = "ERR Number of fields must be a positive integer";
const FIELDS_MISMATCH = "ERR The `numfields` parameter must match the number of arguments";

/** The argument tree of "FIELDS numfields field ...". */
export const fieldsBlock: Arg = block("fields", [integer("numfields"), many(string("field"))], { token: "FIELDS" });

/** Checks that argument `i` is FIELDS, and that the number after it is that of the arguments left; false after replying an error. */
export function hasFields(ctx: Context, argv: Argv, i: number, notPositive = NOT_POSITIVE_FIELDS): boolean {
  const { reply } = ctx;
  if (!argv.is(i, "FIELDS")) reply.error(FIELDS_MISSING);
  else {
    const count = fieldCount(argv, i + 1);
    if (count < 1) reply.error(notPositive);
    else if (count !== argv.count - i - 2) reply.error(FIELDS_MISMATCH);
    else return true;
  }
  return false;
}

/** Argument i as a number of fields, 0 when it is none. */
export function fieldCount(argv: Argv, i: number): number {
  const count = i < argv.count ? parseInteger(argv.source, argv.offset[i]!, argv.length[i]!) : 0;
  return count >= 1 ? count : 0;
}

/** Argument i as ms since 1970, given in units of `unitMs` from `originMs` on; NaN after replying an error. */
export function fieldTime(ctx: Context, argv: Argv, i: number, unitMs: number, originMs: number): number {
  const { command, reply } = ctx;
  const value = parseInt64(argv.source, argv.offset[i]!, argv.length[i]!);
  if (value === null) reply.error(NOT_AN_INTEGER);
  else if (value < 0n) reply.error("ERR invalid expire time, must be >= 0");
  else {
    const timeMs = Number(value) * unitMs + originMs;
    if (timeMs <= LATEST_MS) return timeMs;
    reply.error(invalidExpireTime(command.name));
  }
  return Number.NaN;
}

/** Ways to tell a time, as options. */
export const enum TimeOption {
  NONE = 0,
  EX = 1,
  PX = 2,
  EXAT = 3,
  PXAT = 4,
}

/** Which of them argument i is. */
export function timeOption(argv: Argv, i: number): TimeOption {
  if (argv.is(i, "EX")) return TimeOption.EX;
  if (argv.is(i, "PX")) return TimeOption.PX;
  if (argv.is(i, "EXAT")) return TimeOption.EXAT;
  return argv.is(i, "PXAT") ? TimeOption.PXAT : TimeOption.NONE;
}

/** `fieldTime` by an option. */
export function optionTime(ctx: Context, argv: Argv, i: number, option: TimeOption): number {
  const isSeconds = option === TimeOption.EX || option === TimeOption.EXAT;
  const isRelative = option === TimeOption.EX || option === TimeOption.PX;
  return fieldTime(ctx, argv, i, isSeconds ? 1000 : 1, isRelative ? Math.floor(ctx.nowMs) : 0);
}
