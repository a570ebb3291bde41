/**
 * Files: texts as a whole (the configuration, the log, the pid file), and handles of files for what is durable. All calls are
 * synchronous: those of texts happen at start, at CONFIG REWRITE and for a line of log, those of handles in a thread of their own.
 *
 * Texts are binary strings, one char per byte, because a configuration file's bytes need not be UTF-8.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { type FileHandle, type FileMode, NodeFileHandle } from "./file-handle.js";
import { expandPathGlob } from "./path-glob.js";

const RENAME_ATTEMPTS = 10;
const RENAME_PAUSE_MS = 20;

/** Where a server finds its files. A path that is not absolute starts at the working directory. */
export interface Files {
  /** The text of a file. Throws an Error whose message says why there is none. */
  readText(path: string): string;
  /**
   * Replaces a file whole or not at all, on disk when it returns; through a symbolic link, the file it leads to. A file that can only be
   * written, not replaced, as one that is mounted into a container, is written in place. Throws an Error that says why not.
   */
  writeText(path: string, text: string): void;
  /** Adds text (UTF-8) to a file, making it first. Opened anew each time, so that it can be moved away. Throws. */
  appendText(path: string, text: string): void;
  exists(path: string): boolean;
  isDirectory(path: string): boolean;
  /** Removes a file; true when it was there. */
  remove(path: string): boolean;
  /** The files a pattern with `*`, `?` and `[...]` stands for, sorted. */
  glob(pattern: string, directory: string): string[];
  /** Throws an Error with the system's `code`. */
  open(path: string, mode: FileMode): FileHandle;
  /** Gives a file another name, replacing what has it; durable after `syncDirectory`. Throws. */
  rename(from: string, to: string): void;
  /** Makes names durable that files in this directory were given or lost; where the system has no such thing, it does nothing. */
  syncDirectory(path: string): void;
  /** Makes a directory, with those above it; does nothing when it is there. Throws. */
  makeDirectory(path: string): void;
  /** Names in a directory, sorted; none when there is no such directory. */
  list(path: string): string[];
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
    const target = followLinks(path);
    try {
      this.#replace(target, text);
    } catch (error) {
      if (!CANNOT_REPLACE.has(errorCode(error)) || !existsSync(target)) throw error;
      overwrite(target, text);
    }
  }

  #replace(path: string, text: string): void {
    const temporary = `${path}.tmp-${process.pid}-${++this.#temporaryCount}`;
    const mode = existsSync(path) ? statSync(path).mode & 0o7777 : null;
    const fd = openSync(temporary, "wx", mode ?? 0o644);
    try {
      try {
        // The mask for new files does not concern the mode of one that was there.
        if (mode !== null) fchmodSync(fd, mode);
        writeFileSync(fd, text, "latin1");
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      this.rename(temporary, path);
    } catch (error) {
      this.remove(temporary);
      throw error;
    }
    syncDirectory(dirname(path));
  }

  open(path: string, mode: FileMode): FileHandle {
    return new NodeFileHandle(path, mode);
  }

  rename(from: string, to: string): void {
    for (let attempt = 1; ; attempt++) {
      try {
        return renameSync(from, to);
      } catch (error) {
        // On Windows whoever reads the old file, a virus scanner too, keeps it from being replaced for a moment.
        if (attempt === RENAME_ATTEMPTS || !isBusy(error)) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RENAME_PAUSE_MS);
      }
    }
  }

  syncDirectory(path: string): void {
    syncDirectory(path);
  }

  makeDirectory(path: string): void {
    mkdirSync(path, { recursive: true });
  }

  list(path: string): string[] {
    return existsSync(path) ? readdirSync(path).sort() : [];
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

/** What a directory answers that no file may be made or renamed in, though one in it may be written. */
const CANNOT_REPLACE = new Set(["EACCES", "EBUSY", "EPERM", "EROFS", "EXDEV"]);
/** As many links in a row as Linux follows. */
const MAX_LINKS = 40;

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** The path a chain of symbolic links ends at, whether there is a file or not. */
function followLinks(path: string): string {
  for (let i = 0; i < MAX_LINKS; i++) {
    let link: string;
    try {
      link = readlinkSync(path);
    } catch {
      return path;
    }
    path = resolve(realpathSync(dirname(path)), link);
  }
  return path;
}

/** Writes over what a file has, and then cuts it to its new length: it is never empty. */
function overwrite(path: string, text: string): void {
  const bytes = Buffer.from(text, "latin1");
  const file = new NodeFileHandle(path, "update");
  try {
    file.write(bytes, 0);
    file.truncate(bytes.length);
    file.sync();
  } finally {
    file.close();
  }
}

function isBusy(error: unknown): boolean {
  return process.platform === "win32" && ["EACCES", "EBUSY", "EPERM"].includes(errorCode(error));
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
