/** How commands wait, and take turns with others. */
import type { Argv } from "../bytes/argv.js";
import type { ValueType } from "../structures/entry/entry.js";

export interface Blocking {
  /** False where a command must not wait (EXEC, a script): it then answers as if its time were up. */
  readonly canWait: boolean;
  /**
   * Lets the current client wait for `keyCount` keys from argument `firstKey` on, because the running command found nothing in them; the
   * command then returns without a reply. When one of the keys has a value of `type`, the whole command runs again, with a copy of
   * `argv`, which need not be the arguments as they came. With `wakesOnDeletion` it also runs when a key has gone, or has another type.
   * When the time (0: endless) is up, the client gets a null array.
   */
  waitFor(
    argv: Argv,
    firstKey: number,
    keyCount: number,
    timeoutMs: number,
    type: ValueType,
    wakesOnDeletion?: boolean,
  ): void;
  /**
   * Lets the current client wait for replicas to have what it wrote. When the time (0: endless) is up, it gets `reply`, which says how many
   * there are.
   */
  waitForReplicas(argv: Argv, timeoutMs: number, reply: Uint8Array): void;
  /** Runs the commands again that wait for the key at argument i, though nothing was reported as changed. */
  wake(argv: Argv, i: number): void;
}

/** For commands that do much in one call. */
export interface Turns {
  /** Whether the running command may use `runAgain`: not where it has to be done at once (EXEC). */
  readonly canRunAgain: boolean;
  /** The running command returns without a reply, and runs again when the others had their turn. */
  runAgain(): void;
}
