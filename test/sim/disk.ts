/**
 * A disk on which what was not synchronised can be lost. Each file has what programs see and what would be there after a crash; `crash` keeps of
 * the difference what a real disk may keep: any part of the writes, the last of them torn, names that were given without synchronising
 * their directory or not. It can be full, fail to synchronise, and have bits that flip.
 */
import { posix } from "node:path";
import { globMatcher } from "../../src/bytes/glob.js";
import type { FileHandle, FileMode } from "../../src/platform/file-handle.js";
import type { Files } from "../../src/platform/files.js";
import type { Random } from "../differential/random.js";

interface Write {
  readonly position: number;
  /** Null for a truncation to `position`. */
  readonly bytes: Uint8Array | null;
}

class SimulatedFile {
  bytes: Buffer = Buffer.alloc(0);
  /** What is on the disk for certain, and what was done since. */
  durable: Buffer = Buffer.alloc(0);
  pending: Write[] = [];

  apply(write: Write): void {
    this.bytes = applied(this.bytes, write);
    this.pending.push(write);
  }

  sync(): void {
    this.durable = Buffer.from(this.bytes);
    this.pending = [];
  }
}

export class SimulatedDisk implements Files {
  /** Bytes that all files together may have. */
  capacity = Number.POSITIVE_INFINITY;
  /** The error code that writing or synchronising fails with. */
  writeError: string | null = null;
  syncError: string | null = null;
  syncs = 0;
  readonly #random: Random;
  #names = new Map<string, SimulatedFile>();
  #durableNames = new Map<string, SimulatedFile>();
  readonly #directories = new Set<string>(["/"]);
  /** Handles of before a crash are dead. */
  #generation = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The power fails: of what was not synchronised some is there afterwards, some not. */
  crash(): void {
    this.#generation++;
    const random = this.#random;
    const names = new Map(this.#durableNames);
    // Each name that was given or taken since may have reached the disk.
    for (const name of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      if (this.#names.get(name) === this.#durableNames.get(name) || random.oneIn(2)) continue;
      const file = this.#names.get(name);
      if (file === undefined) names.delete(name);
      else names.set(name, file);
    }
    for (const file of new Set(names.values())) {
      const kept = random.integer(0, file.pending.length);
      file.pending.slice(0, kept).forEach((write, i) => {
        file.durable = applied(file.durable, i === kept - 1 ? torn(random, write) : write);
      });
      file.bytes = Buffer.from(file.durable);
      file.pending = [];
    }
    this.#names = names;
    this.#durableNames = new Map(names);
  }

  /** One bit of a file is another one from now on. */
  flipBit(path: string): void {
    const { bytes, durable } = this.#file(path);
    const at = this.#random.integer(0, bytes.length - 1);
    const mask = 1 << this.#random.integer(0, 7);
    bytes[at]! ^= mask;
    if (at < durable.length) durable[at]! ^= mask;
  }

  get usedBytes(): number {
    let used = 0;
    for (const file of new Set(this.#names.values())) used += file.bytes.length;
    return used;
  }

  readText(path: string): string {
    return this.#file(path).bytes.toString("latin1");
  }

  writeText(path: string, text: string): void {
    const handle = this.open(`${path}.tmp`, "create");
    handle.write(Buffer.from(text, "latin1"));
    handle.sync();
    handle.close();
    this.rename(`${path}.tmp`, path);
    this.syncDirectory(posix.dirname(path));
  }

  appendText(path: string, text: string): void {
    this.open(path, "append").write(Buffer.from(text));
  }

  exists(path: string): boolean {
    return this.#names.has(path) || this.isDirectory(path);
  }

  isDirectory(path: string): boolean {
    return this.#directories.has(path) || [...this.#names.keys()].some((name) => name.startsWith(`${path}/`));
  }

  remove(path: string): boolean {
    return this.#names.delete(path);
  }

  glob(pattern: string, directory: string): string[] {
    const absolute = posix.resolve(directory, pattern);
    return [...this.#names.keys()].filter(globMatcher(absolute, false)).sort();
  }

  absolute(path: string, directory: string): string {
    return posix.resolve("/", directory, path);
  }

  makeDirectory(path: string): void {
    this.#directories.add(path);
  }

  list(path: string): string[] {
    return [...this.#names.keys()]
      .filter((name) => posix.dirname(name) === path)
      .map((name) => posix.basename(name))
      .sort();
  }

  rename(from: string, to: string): void {
    const file = this.#file(from);
    this.#names.delete(from);
    this.#names.set(to, file);
  }

  syncDirectory(path: string): void {
    if (this.syncError !== null) throw systemError(this.syncError);
    for (const name of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      if (posix.dirname(name) !== path) continue;
      const file = this.#names.get(name);
      if (file === undefined) this.#durableNames.delete(name);
      else this.#durableNames.set(name, file);
    }
  }

  open(path: string, mode: FileMode): FileHandle {
    let file = this.#names.get(path);
    if (file === undefined) {
      if (mode === "read" || mode === "update") throw systemError("ENOENT");
      file = new SimulatedFile();
      this.#names.set(path, file);
    }
    if (mode === "create" && file.bytes.length > 0) file.apply({ position: 0, bytes: null });
    return this.#handle(file);
  }

  #handle(file: SimulatedFile): FileHandle {
    const generation = this.#generation;
    const check = (): void => {
      if (generation !== this.#generation) throw systemError("EBADF");
    };
    return {
      get size() {
        return file.bytes.length;
      },
      write: (bytes, position = file.bytes.length) => {
        check();
        if (this.writeError !== null) throw systemError(this.writeError);
        const room = this.capacity - this.usedBytes + Math.max(0, file.bytes.length - position);
        const part = bytes.subarray(0, Math.max(0, Math.min(bytes.length, room)));
        if (part.length > 0) file.apply({ position, bytes: Buffer.from(part) });
        if (part.length < bytes.length) throw systemError("ENOSPC");
      },
      read: (into, position) => {
        check();
        return file.bytes.copy(into, 0, position, position + into.length);
      },
      sync: () => {
        check();
        this.syncs++;
        if (this.syncError !== null) throw systemError(this.syncError);
        file.sync();
      },
      truncate: (size) => {
        check();
        file.apply({ position: size, bytes: null });
      },
      close: () => {},
    };
  }

  #file(path: string): SimulatedFile {
    const file = this.#names.get(path);
    if (file === undefined) throw systemError("ENOENT");
    return file;
  }
}

function applied(bytes: Buffer, { position, bytes: written }: Write): Buffer {
  if (written === null) {
    const cut = Buffer.alloc(position);
    bytes.copy(cut);
    return cut;
  }
  const next = Buffer.alloc(Math.max(bytes.length, position + written.length));
  bytes.copy(next);
  next.set(written, position);
  return next;
}

/** The first part of a write; what follows may be zero bytes, as where a file grew before its data came. */
function torn(random: Random, write: Write): Write {
  if (write.bytes === null || random.oneIn(3)) return write;
  const length = random.integer(0, write.bytes.length);
  const bytes = random.oneIn(3) ? Buffer.alloc(write.bytes.length) : Buffer.alloc(length);
  bytes.set(write.bytes.subarray(0, length));
  return { position: write.position, bytes };
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
