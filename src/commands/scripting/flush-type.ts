import type { Argv } from "../../bytes/argv.js";

/** Whether the arguments from the third on are nothing, or how to flush. */
export function isFlush(argv: Argv): boolean {
  return argv.count === 2 || (argv.count === 3 && (argv.is(2, "SYNC") || argv.is(2, "ASYNC")));
}
