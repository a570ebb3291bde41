/** One command of the differential test, and what makes them. */
import { type Comparison, exact } from "./comparison.js";
import type { Random } from "./random.js";

/** One command, and how its replies are compared. Strings have one character per byte. */
export interface Step {
  readonly args: readonly string[];
  readonly compare: Comparison;
  /** Sent as it is: one argument less or more could do harm (SHUTDOWN). */
  readonly fixed?: boolean;
}

/** Makes a command, or several that belong together. */
export type Maker = (r: Random) => Step | readonly Step[];

/** What a group of commands is made of, with weights. */
export type Group = readonly (readonly [weight: number, make: Maker])[];

export const step = (args: readonly string[], compare: Comparison = exact): Step => ({ args, compare });
export const fixed = (...args: string[]): Step => ({ args, compare: exact, fixed: true });
