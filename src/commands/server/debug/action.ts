import type { CommandHandler } from "../../spec.js";

/** One word DEBUG knows: how many arguments the call may have in all, and what it does. */
export interface DebugAction {
  readonly least: number;
  readonly most: number;
  readonly run: CommandHandler;
}

/** Declares an action of exactly `count` arguments, DEBUG and its word included. */
export function exactly(count: number, run: CommandHandler): DebugAction {
  return { least: count, most: count, run };
}

/** Declares an action of `least` to `most` arguments. */
export function between(least: number, most: number, run: CommandHandler): DebugAction {
  return { least, most, run };
}
