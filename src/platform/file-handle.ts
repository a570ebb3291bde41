/**
 * An open file for what is durable: written at its end or anywhere, read anywhere, synchronised. All calls are synchronous; they belong into a
 * thread whose waiting stops nobody. Every failure is an Error with the system's `code` (ENOSPC, EIO …).
 */
import { closeSync, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";

/**
 * How to open: "read" what is there; "append" at the end of what is there, if anything; "create" empty, whatever was there; "update" what is
 * there, anywhere in it.
 */
export type FileMode = "read" | "append" | "create" | "update";

export interface FileHandle {
  /** Bytes in the file. */
  readonly size: number;
  /**
   * Writes all of `bytes`: at `position`, or at the end. Throws when the system takes less, as when the disk is full: what of it was written is
   * then told by `size`.
   */
  write(bytes: Uint8Array, position?: number): void;
  /** Fills `into` from `position` on; returns how many bytes there were, less only at the end of the file. */
  read(into: Uint8Array, position: number): number;
  /** Makes what was written durable; with `dataOnly` not the times of the file, which nobody needs. */
  sync(dataOnly?: boolean): void;
  truncate(size: number): void;
  /** What is written and not synchronised stays with the system. Closing twice does nothing. */
  close(): void;
}

const FLAGS: Readonly<Record<FileMode, string>> = { read: "r", append: "a+", create: "w+", update: "r+" };

export class NodeFileHandle implements FileHandle {
  #fd: number;
  readonly #isAppending: boolean;

  constructor(path: string, mode: FileMode) {
    this.#fd = openSync(path, FLAGS[mode], 0o644);
    this.#isAppending = mode === "append";
  }

  get size(): number {
    return fstatSync(this.#fd).size;
  }

  write(bytes: Uint8Array, position?: number): void {
    if (position !== undefined && this.#isAppending)
      throw new Error("a file that is appended to has no other place to write");
    let at = position ?? (this.#isAppending ? null : this.size);
    for (let done = 0; done < bytes.length; ) {
      const written = writeSync(this.#fd, bytes, done, bytes.length - done, at);
      done += written;
      if (at !== null) at += written;
    }
  }

  read(into: Uint8Array, position: number): number {
    let done = 0;
    while (done < into.length) {
      const count = readSync(this.#fd, into, done, into.length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  sync(dataOnly = false): void {
    if (dataOnly) fdatasyncSync(this.#fd);
    else fsyncSync(this.#fd);
  }

  truncate(size: number): void {
    ftruncateSync(this.#fd, size);
  }

  close(): void {
    if (this.#fd < 0) return;
    closeSync(this.#fd);
    this.#fd = -1;
  }
}
