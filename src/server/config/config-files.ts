/**
 * The file system as the configuration sees it: paths are binary strings (one char per byte) like all values, and what
 * fails is worded as C's strerror has it, because that is what Redis prints.
 */
import type { Files } from "../../platform/files.js";

/** A failed operation on a file; `message` is the system's text for it. */
export class FileError extends Error {
  constructor(
    /** "ENOENT", "EACCES" … */
    readonly code: string,
  ) {
    super(ERROR_TEXTS[code] ?? code);
    this.name = "FileError";
  }
}

const ERROR_TEXTS: Readonly<Record<string, string>> = {
  EACCES: "Permission denied",
  EBUSY: "Device or resource busy",
  EDQUOT: "Disk quota exceeded",
  EEXIST: "File exists",
  EFBIG: "File too large",
  EINVAL: "Invalid argument",
  EIO: "Input/output error",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  EMFILE: "Too many open files",
  ENAMETOOLONG: "File name too long",
  ENFILE: "Too many open files in system",
  ENOENT: "No such file or directory",
  ENOMEM: "Cannot allocate memory",
  ENOSPC: "No space left on device",
  ENOTDIR: "Not a directory",
  EPERM: "Operation not permitted",
  EROFS: "Read-only file system",
};

/** The platform's files for the configuration. What fails throws a FileError. */
export class ConfigFiles {
  constructor(readonly files: Files) {}

  /** The working directory of the process, absolute. */
  currentDirectory(): string {
    return binary(this.files.absolute(".", ""));
  }

  /** `path` as an absolute path, seen from `directory`. */
  resolve(directory: string, path: string): string {
    return binary(this.files.absolute(native(path), native(directory)));
  }

  /** The same for a path that must be a directory. */
  enterDirectory(directory: string, path: string): string {
    const absolute = this.resolve(directory, path);
    if (!this.files.exists(native(absolute))) throw new FileError("ENOENT");
    if (!this.files.isDirectory(native(absolute))) throw new FileError("ENOTDIR");
    return absolute;
  }

  /** The bytes of a file. */
  read(path: string): string {
    return attempt(() => this.files.readText(native(path)));
  }

  /** The files that a pattern stands for. */
  expand(directory: string, pattern: string): string[] {
    return attempt(() => this.files.glob(native(pattern), native(directory)).map(binary));
  }

  /** Replaces a file in one step. */
  replace(path: string, content: string): void {
    attempt(() => this.files.writeText(native(path), content));
  }

  /** Fails when a file cannot be appended to; makes it. */
  checkAppendable(path: string): void {
    attempt(() => this.files.appendText(native(path), ""));
  }
}

/** A text without the byte order mark that editors put before UTF-8. */
export function withoutMark(text: string): string {
  return text.startsWith("\xef\xbb\xbf") ? text.slice(3) : text;
}

/** The string whose UTF-8 bytes `path` holds: what the platform takes. */
export function native(path: string): string {
  return Buffer.from(path, "latin1").toString("utf8");
}

/** The UTF-8 bytes of a string as a binary string: what settings hold. */
export function binary(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function attempt<T>(operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (typeof code !== "string") throw error;
    throw new FileError(code);
  }
}
