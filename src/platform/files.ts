/**
 * Files as the server needs them outside persistence: the configuration, the log, the pid file. All calls are
 * synchronous: they happen at start, at CONFIG REWRITE, and for a line of log.
 *
 * Texts are binary strings, one char per byte, because a configuration file's bytes need not be UTF-8.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { resolve } from "node:path";
import { expandPathGlob } from "./path-glob.js";

/** Where a server finds its files. A path that is not absolute starts at the working directory. */
export interface Files {
  /** The text of a file. Throws an Error whose message says why there is none. */
  readText(path: string): string;
  /** Replaces a file whole or not at all, on disk when it returns. Throws an Error that says why not. */
  writeText(path: string, text: string): void;
  /** Adds text (UTF-8) to a file, making it first. Opened anew each time, so that it can be moved away. Throws. */
  appendText(path: string, text: string): void;
  exists(path: string): boolean;
  isDirectory(path: string): boolean;
  /** Removes a file; true when it was there. */
  remove(path: string): boolean;
  /** The files a pattern with `*`, `?` and `[...]` stands for, sorted. */
  glob(pattern: string, directory: string): string[];
  /** The absolute form of a path that starts at `directory`. */
  absolute(path: string, directory: string): string;
}

/** The system's files. */
export class NodeFiles implements Files {
  #temporaryCount = 0;

  readText(path: string): string {
    return readFileSync(path, "latin1");
  }

  writeText(path: string, text: string): void {
    const temporary = `${path}.tmp-${process.pid}-${++this.#temporaryCount}`;
    const mode = existsSync(path) ? statSync(path).mode : 0o644;
    const fd = openSync(temporary, "wx", mode);
    try {
      try {
        writeFileSync(fd, text, "latin1");
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(temporary, path);
    } catch (error) {
      this.remove(temporary);
      throw error;
    }
    syncDirectory(resolve(path, ".."));
  }

  appendText(path: string, text: string): void {
    appendFileSync(path, text);
  }

  exists(path: string): boolean {
    return existsSync(path);
  }

  isDirectory(path: string): boolean {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  }

  remove(path: string): boolean {
    try {
      unlinkSync(path);
      return true;
    } catch {
      return false;
    }
  }

  glob(pattern: string, directory: string): string[] {
    return expandPathGlob(pattern, directory);
  }

  absolute(path: string, directory: string): string {
    return resolve(directory, path);
  }
}

/** Makes a rename durable; not every system can open a directory, and then it is left to the system. */
function syncDirectory(path: string): void {
  try {
    const fd = openSync(path, "r");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {}
}
