/** What `client-throttle` says: how much of what, for whom. `config/throttle-kind.ts` reads and prints it. */
import type { IpRange } from "../../bytes/ip-range.js";

/** The classes of clients, as in `client-output-buffer-limit`. */
export type ThrottleClass = "normal" | "pubsub" | "replica";

/** Whom a limit is for. */
export type ThrottleSelector =
  | { readonly by: "user"; readonly name: string }
  | { readonly by: "address"; readonly text: string; readonly range: IpRange }
  | { readonly by: "class"; readonly name: ThrottleClass };

/** One limit: a second's worth of commands and bytes, 0 for any number. */
export interface ThrottleLimit {
  readonly selector: ThrottleSelector;
  readonly commands: number;
  readonly bytes: number;
  /** All clients that match have it together; otherwise each has it for itself. */
  readonly shared: boolean;
}

/** What a selector is called, without its kind. */
export function selectorName(selector: ThrottleSelector): string {
  return selector.by === "address" ? selector.text : selector.name;
}
