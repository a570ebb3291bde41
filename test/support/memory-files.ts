/** Files in memory, for tests of the configuration. */
import { posix } from "node:path";
import { globMatcher } from "../../src/bytes/glob.js";
import type { Files } from "../../src/platform/files.js";

export class MemoryFiles implements Files {
  /** The error code every write fails with. */
  refuseWrites: string | null = null;
  readonly #texts: Map<string, string>;

  constructor(texts: Record<string, string>) {
    this.#texts = new Map(Object.entries(texts));
  }

  readText(path: string): string {
    return this.#texts.get(path) ?? fail("ENOENT");
  }

  writeText(path: string, text: string): void {
    if (this.refuseWrites !== null) fail(this.refuseWrites);
    this.#texts.set(path, text);
  }

  appendText(path: string, text: string): void {
    if (!this.isDirectory(posix.dirname(path))) fail("ENOENT");
    this.writeText(path, (this.#texts.get(path) ?? "") + text);
  }

  exists(path: string): boolean {
    return this.#texts.has(path) || this.isDirectory(path);
  }

  isDirectory(path: string): boolean {
    return path === "/" || [...this.#texts.keys()].some((file) => file.startsWith(`${path}/`));
  }

  remove(path: string): boolean {
    return this.#texts.delete(path);
  }

  glob(pattern: string, directory: string): string[] {
    const absolute = posix.resolve(directory, pattern);
    return [...this.#texts.keys()].filter(globMatcher(absolute, false)).sort();
  }

  open(): never {
    throw new Error("no handles of files in memory: use a simulated disk");
  }

  rename(from: string, to: string): void {
    this.#texts.set(to, this.readText(from));
    this.#texts.delete(from);
  }

  syncDirectory(): void {}

  makeDirectory(): void {}

  list(path: string): string[] {
    return [...this.#texts.keys()]
      .filter((file) => posix.dirname(file) === path)
      .map((file) => posix.basename(file))
      .sort();
  }

  absolute(path: string, directory: string): string {
    return posix.resolve("/", directory, path);
  }
}

function fail(code: string): never {
  throw Object.assign(new Error(code), { code });
}
