/** Writes commands as RESP, arrays of bulk strings, one behind the other into a region that grows. */

import type { Argv } from "../bytes/argv.js";
import { directCopy } from "../bytes/copy-long.js";
import { writeInteger } from "../bytes/integer.js";
import { copyBytes, moveBytes, Region } from "../bytes/region.js";

const ASTERISK = 42;
const DOLLAR = 36;
const CR = 13;
const LF = 10;
const SMALLEST = 4096;
/** Bytes of the longest header: a type byte, ten digits, CR LF. */
const HEADER = 13;

export class CommandEncoder {
  region = Region.allocate(SMALLEST);
  /** Bytes written. */
  length = 0;

  /** Begins a command of `count` words, which must follow. */
  command(count: number): void {
    this.#reserve(HEADER);
    this.#header(ASTERISK, count);
  }

  /** One word. The source must not be this encoder's region. */
  word(source: Region, offset: number, length: number): void {
    this.#reserve(HEADER + length + 2);
    this.#header(DOLLAR, length);
    copyBytes(source, offset, this.region, this.length, length);
    this.length += length;
    this.#endLine();
  }

  /** One word, all of `bytes`. */
  wordOf(bytes: Uint8Array): void {
    this.#reserve(HEADER + bytes.length + 2);
    this.#header(DOLLAR, bytes.length);
    directCopy(bytes, 0, this.region.u8, this.length, bytes.length);
    this.length += bytes.length;
    this.#endLine();
  }

  /** One word of one byte per character. */
  text(text: string): void {
    this.#reserve(HEADER + text.length + 2);
    this.#header(DOLLAR, text.length);
    const { u8 } = this.region;
    let at = this.length;
    for (let i = 0; i < text.length; i++) u8[at++] = text.charCodeAt(i);
    this.length = at;
    this.#endLine();
  }

  /** A whole command. */
  all(argv: Argv): void {
    this.command(argv.count);
    for (let i = 0; i < argv.count; i++) this.word(argv.source, argv.offset[i]!, argv.length[i]!);
  }

  /** Bytes that are commands already. */
  raw(source: Region, offset: number, length: number): void {
    this.#reserve(length);
    copyBytes(source, offset, this.region, this.length, length);
    this.length += length;
  }

  /** Puts `bytes` before what was written from `at` on. */
  insert(at: number, bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    moveBytes(this.region, at, at + bytes.length, this.length - at);
    directCopy(bytes, 0, this.region.u8, at, bytes.length);
    this.length += bytes.length;
  }

  /** Forgets what was written; keeps a region of up to `keptBytes`. */
  clear(keptBytes: number): void {
    this.length = 0;
    if (this.region.u8.length > keptBytes) this.region = Region.allocate(SMALLEST);
  }

  #reserve(size: number): void {
    const needed = this.length + size;
    const capacity = this.region.u8.length;
    if (needed <= capacity) return;
    const grown = Region.allocate(Math.max(needed, capacity * 2));
    copyBytes(this.region, 0, grown, 0, this.length);
    this.region = grown;
  }

  /** There must be room for it. */
  #header(type: number, value: number): void {
    this.region.u8[this.length++] = type;
    this.length += writeInteger(this.region, this.length, value);
    this.#endLine();
  }

  #endLine(): void {
    const { u8 } = this.region;
    u8[this.length++] = CR;
    u8[this.length++] = LF;
  }
}
