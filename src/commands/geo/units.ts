/** Units of distance among the arguments of geo commands. */
import type { Argv } from "../../bytes/argv.js";
import type { Context } from "../context.js";
import { flag, oneOf } from "../spec.js";

const UNSUPPORTED_UNIT = "ERR unsupported unit provided. please use M, KM, FT, MI";

/** The declaration of a unit. */
export const unitArgument = oneOf("unit", [flag("m"), flag("km"), flag("ft"), flag("mi")], { optional: false });

/** How many metres the unit at argument `i` has, or 0 when the error was replied. */
export function metersPerUnit(ctx: Context, argv: Argv, i: number): number {
  if (argv.is(i, "M")) return 1;
  if (argv.is(i, "KM")) return 1000;
  if (argv.is(i, "FT")) return 0.3048;
  if (argv.is(i, "MI")) return 1609.34;
  ctx.reply.error(UNSUPPORTED_UNIT);
  return 0;
}
