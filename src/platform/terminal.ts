/**
 * Standard output, where the log goes without a `logfile`.
 */
import { writeSync } from "node:fs";
import { isatty } from "node:tty";

/** Where a server prints. */
export interface Terminal {
  /** True when a person may be watching. */
  readonly isTty: boolean;
  /** Prints text; it is out of the process when this returns, unless the reader is slow. Never throws. */
  write(text: string): void;
}

const STDOUT = 1;

/**
 * Standard output, written without `process.stdout`, whose stream costs a millisecond at the start of the process;
 * that is taken only when a pipe is full.
 */
export class NodeTerminal implements Terminal {
  #isStream = false;

  get isTty(): boolean {
    return isatty(STDOUT);
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    let written = 0;
    try {
      while (!this.#isStream && written < bytes.length) written += writeSync(STDOUT, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      this.#isStream = true;
      process.stdout.on("error", () => {});
    }
    if (written < bytes.length) process.stdout.write(bytes.subarray(written));
  }
}
