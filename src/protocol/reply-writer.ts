/**
 * Writes replies in RESP2 or RESP3 into one growing output region. The dispatcher hands `region.u8[0, length)` to the
 * connection once per read and sets `length` back to 0. The numeric methods write digits in place and allocate nothing.
 *
 * Growing copies what there is, so with `chunkBytes` a region grows only up to that. Then it is a finished chunk, and the next is begun;
 * long bulk strings are chunks of their own, which may be lent instead of copied. The reply is all of them:
 *
 *     finished: [chunk] [chunk] [lent] …   region:  ( part of a finished chunk ) ( written ) ( free )
 *                                                                               #start      at
 *     length = #base + at: all that was written and not yet taken; positions (`length`, `begin()`) count over all chunks
 *
 * Source: the RESP specification; the forms a RESP2 client gets for RESP3 types are those of Redis 7.2.
 */
import { formatDouble } from "../bytes/double.js";
import { writeInteger } from "../bytes/integer.js";
import type { Loan } from "../bytes/loan.js";
import { copyBytes, moveBytes, Region } from "../bytes/region.js";

const CR = 13;
const LF = 10;
const SPACE = 32;
/** Written byte by byte: a Buffer to write through takes as long as 100 of them. */
const SHORT_TEXT = 128;
/** More of an error is not kept: what a client sent may be in it. */
const LONG_ERROR = 1024;

/** What was written, in order, and which of the chunks are lent; those are in the same order. */
export interface ReplyChunks {
  readonly chunks: Uint8Array[];
  readonly loans: Loan[];
}

export class ReplyWriter {
  region = Region.allocate(65536);
  /** Where in the region the next byte goes. */
  at = 0;
  /** Where in the region begins what is in no finished chunk. */
  #start = 0;
  /** Added to a place in the region it gives the position. */
  #base = 0;
  #finished: Uint8Array[] = [];
  #loans: Loan[] = [];
  /** Protocol version of the client being answered. */
  resp: 2 | 3 = 2;
  /** Number of error replies written: the dispatcher compares it before and after a command. */
  errors = 0;
  /** Text of the last error reply, or the beginning of a long one, without the leading "-". */
  lastError = "";

  /** A region that grows beyond `chunkBytes` is a finished chunk. Without a limit there is ever one region. */
  constructor(private readonly chunkBytes = Number.POSITIVE_INFINITY) {}

  /** Bytes written and not yet taken. Set to less, it takes back what was written last. */
  get length(): number {
    return this.#base + this.at;
  }

  set length(length: number) {
    if (length >= this.#base + this.#start) this.at = length - this.#base;
    else this.#takeBack(length);
  }

  /** True when there are finished chunks; otherwise all is in `region.u8[0, length)`. */
  get isSplit(): boolean {
    return this.#finished.length > 0;
  }

  /** Hands over all that was written, chunks and region; `region` is what is written into from now on. */
  takeChunks(region: Region): ReplyChunks {
    const { u8 } = this.region;
    // A reply that waits must not keep a region that is mostly empty.
    const isMostlyEmpty = this.#start === 0 && this.at * 2 < u8.length;
    if (this.at > this.#start && isMostlyEmpty) this.#finished.push(u8.slice(0, this.at));
    else if (this.at > this.#start) this.#finish();
    const taken = { chunks: this.#finished, loans: this.#loans };
    this.#finished = [];
    this.#loans = [];
    this.#begin(region);
    return taken;
  }

  /** Drops all that was written, and goes on in another region. */
  restart(region: Region): void {
    this.length = 0;
    this.#begin(region);
  }

  #begin(region: Region): void {
    this.region = region;
    this.at = 0;
    this.#start = 0;
    this.#base = 0;
  }

  /** Makes room for `size` more bytes, which will lie together. */
  reserve(size: number): void {
    if (this.at + size > this.region.u8.length) this.#grow(size);
  }

  #grow(size: number): void {
    const needed = this.at + size;
    if (this.#start > 0 || needed > this.chunkBytes) {
      if (this.at > this.#start) this.#finish();
      this.#base += this.at;
      this.at = 0;
      this.#start = 0;
      this.region = Region.allocate(Math.max(size, this.chunkBytes));
      return;
    }
    let capacity = this.region.u8.length * 2;
    while (capacity < needed) capacity *= 2;
    const grown = Region.allocate(capacity);
    copyBytes(this.region, 0, grown, 0, this.at);
    this.region = grown;
  }

  /** What was written into the region is a chunk; the rest of the region remains. */
  #finish(): void {
    this.#finished.push(this.region.u8.subarray(this.#start, this.at));
    this.#start = this.at;
  }

  /** Takes back all from a position in the finished chunks on. */
  #takeBack(length: number): void {
    const finished = this.#finished;
    let end = this.#base + this.#start;
    while (end > length) {
      const chunk = finished.pop()!;
      end -= chunk.length;
      if (this.#loans.at(-1)?.bytes === chunk) this.#loans.pop()!.end();
      if (end >= length) continue;
      finished.push(chunk.subarray(0, length - end));
      end = length;
    }
    // Nothing else refers to the region.
    if (finished.length === 0) this.#start = 0;
    this.at = this.#start;
    this.#base = length - this.#start;
  }

  ok(): void {
    this.simple("OK");
  }

  /** A simple string: `+text`. */
  simple(text: string): void {
    this.line(43, text);
  }

  /** An error: `-text`, with its code first ("ERR syntax error"). As in Redis, line breaks become spaces, but go at the end. */
  error(text: string): void {
    this.errors++;
    this.lastError = text.length > LONG_ERROR ? Buffer.from(text.slice(0, LONG_ERROR)).toString() : text;
    const at = this.length + 1;
    this.line(45, text);
    if (/[\r\n]/.test(text)) this.#joinLines(at);
  }

  /** An integer between -(2^53-1) and 2^53-1. */
  integer(value: number): void {
    this.header(58, value);
  }

  /** An integer of up to 64 bits. */
  bigInteger(value: bigint): void {
    this.line(58, value.toString());
  }

  /** A bulk string: `length` bytes of `source` from `offset` on. */
  bulk(source: Region, offset: number, length: number): void {
    if (length > this.chunkBytes) return this.#bulkChunks(source.u8.subarray(offset, offset + length));
    this.reserve(length + 16);
    this.header(36, length);
    copyBytes(source, offset, this.region, this.at, length);
    this.at += length;
    this.#crlf();
  }

  /** A bulk string of lent bytes. */
  bulkLoan(loan: Loan): void {
    this.header(36, loan.bytes.length);
    this.#finish();
    this.#loans.push(loan);
    this.#addFinished(loan.bytes);
    this.reserve(2);
    this.#crlf();
  }

  /** A long bulk string as chunks that hold nothing else: larger ones cost the system more. */
  #bulkChunks(bytes: Uint8Array): void {
    this.header(36, bytes.length);
    this.#finish();
    for (let i = 0; i < bytes.length; i += this.chunkBytes) this.#addFinished(bytes.slice(i, i + this.chunkBytes));
    this.reserve(2);
    this.#crlf();
  }

  #addFinished(chunk: Uint8Array): void {
    this.#finished.push(chunk);
    this.#base += chunk.length;
  }

  /** A bulk string from text (UTF-8). */
  bulkText(text: string): void {
    const mark = this.length;
    if (text.length <= SHORT_TEXT) {
      this.reserve(text.length + 16);
      this.header(36, text.length);
      if (this.#ascii(text)) return this.#crlf();
      this.length = mark;
    }
    const size = Buffer.byteLength(text);
    this.reserve(size + 16);
    this.header(36, size);
    this.#text(text, size);
    this.#crlf();
  }

  /** A bulk string from text of one character per byte. */
  bulkLatin1(text: string): void {
    this.reserve(text.length + 16);
    this.header(36, text.length);
    this.#latin1(text);
    this.#crlf();
  }

  /** A bulk string from bytes. */
  bulkBytes(bytes: Uint8Array): void {
    this.reserve(bytes.length + 16);
    this.header(36, bytes.length);
    this.region.u8.set(bytes, this.at);
    this.at += bytes.length;
    this.#crlf();
  }

  /** A bulk string holding the decimal form of an integer between -(2^53-1) and 2^53-1. */
  bulkInteger(value: number): void {
    this.bulkText(String(value));
  }

  /** RESP3 null; RESP2 null bulk string. */
  null(): void {
    if (this.resp === 3) this.line(95, "");
    else this.header(36, -1);
  }

  /** RESP3 null; RESP2 null array. */
  nullArray(): void {
    if (this.resp === 3) this.line(95, "");
    else this.header(42, -1);
  }

  /** Starts an array of `count` elements. */
  array(count: number): void {
    this.header(42, count);
  }

  /** Starts a map of `count` pairs; RESP2 gets a flat array. */
  map(count: number): void {
    if (this.resp === 3) this.header(37, count);
    else this.header(42, count * 2);
  }

  /** Starts a set of `count` members; RESP2 gets an array. */
  set(count: number): void {
    this.header(this.resp === 3 ? 126 : 42, count);
  }

  /** Starts a push of `count` elements; RESP2 gets an array. */
  push(count: number): void {
    this.header(this.resp === 3 ? 62 : 42, count);
  }

  /** RESP3 boolean; RESP2 integer 1 or 0. */
  boolean(value: boolean): void {
    if (this.resp === 3) this.line(35, value ? "t" : "f");
    else this.header(58, value ? 1 : 0);
  }

  /** RESP3 double; RESP2 bulk string. Whole numbers are written in place. */
  double(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return this.doubleText(formatDouble(value));
    if (this.resp === 3) return this.header(44, value);
    this.reserve(32);
    const { u8 } = this.region;
    // Nine characters at most: their number then is one digit.
    const head = value > -1e8 && value < 1e9 ? 4 : 5;
    const at = this.at;
    const length = writeInteger(this.region, at + head, value);
    u8[at] = 36;
    if (head === 5) u8[at + 1] = 49;
    u8[at + head - 3] = head === 5 ? 38 + length : 48 + length;
    u8[at + head - 2] = CR;
    u8[at + head - 1] = LF;
    this.at = at + head + length;
    this.#crlf();
  }

  /** RESP3 double; RESP2 bulk string. `text` is the number as Redis prints it. */
  doubleText(text: string): void {
    if (this.resp === 3) this.line(44, text);
    else this.bulkText(text);
  }

  /** RESP3 verbatim string with a three-letter `format` (txt, mkd); RESP2 bulk string. */
  verbatim(format: string, text: string): void {
    this.verbatimBytes(format, Buffer.from(text));
  }

  /** `verbatim` from bytes. */
  verbatimBytes(format: string, bytes: Uint8Array): void {
    if (this.resp === 2) return this.bulkBytes(bytes);
    this.reserve(bytes.length + 24);
    this.header(61, bytes.length + 4);
    this.#text(`${format}:`, 4);
    this.region.u8.set(bytes, this.at);
    this.at += bytes.length;
    this.#crlf();
  }

  /** RESP3 big number; RESP2 bulk string. */
  bigNumber(digits: string): void {
    if (this.resp === 3) this.line(40, digits);
    else this.bulkText(digits);
  }

  /** Marks where an aggregate whose size is not known yet starts; end it with `endArray`, `endMap` or `endSet`. */
  begin(): number {
    return this.length;
  }

  endArray(mark: number, count: number): void {
    this.#insertHeader(mark, 42, count);
  }

  endMap(mark: number, pairs: number): void {
    if (this.resp === 3) this.#insertHeader(mark, 37, pairs);
    else this.#insertHeader(mark, 42, pairs * 2);
  }

  endSet(mark: number, count: number): void {
    this.#insertHeader(mark, this.resp === 3 ? 126 : 42, count);
  }

  /** Ends what SCAN and its like answer, when `count` elements were written since `mark`: the cursor comes before them. */
  endScan(mark: number, cursor: number, count: number): void {
    this.reserve(96);
    const from = this.length;
    this.array(2);
    this.bulkInteger(cursor);
    this.array(count);
    this.moveBefore(mark, from);
  }

  /** Ready-made protocol bytes. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.region.u8.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** A line made of a type byte, a text of one byte per character, and CRLF. */
  line(type: number, text: string): void {
    const size = text.length;
    this.reserve(size + 3);
    const u8 = this.region.u8;
    let at = this.at;
    u8[at++] = type;
    for (let i = 0; i < size; i++) u8[at++] = text.charCodeAt(i);
    u8[at++] = CR;
    u8[at++] = LF;
    this.at = at;
  }

  /** A type byte, a decimal integer and CRLF. */
  header(type: number, value: number): void {
    this.reserve(24);
    const u8 = this.region.u8;
    let at = this.at;
    u8[at++] = type;
    if (value < 0) {
      u8[at++] = 45;
      value = -value;
    }
    if (value < 10) {
      u8[at++] = 48 + value;
    } else if (value <= 0x7fffffff) {
      let digits = 2;
      for (let limit = 100; digits < 10 && value >= limit; limit *= 10) digits++;
      let rest = value | 0;
      for (let i = at + digits - 1; i >= at; i--) {
        const next = (rest / 10) | 0;
        u8[i] = 48 + rest - next * 10;
        rest = next;
      }
      at += digits;
    } else {
      const text = value.toString();
      for (let i = 0; i < text.length; i++) u8[at++] = text.charCodeAt(i);
    }
    u8[at++] = CR;
    u8[at++] = LF;
    this.at = at;
  }

  /** Writes a text that is ASCII; false, and nothing written that counts, when it is not. There must be room. */
  #ascii(text: string): boolean {
    const { u8 } = this.region;
    const { at } = this;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      u8[at + i] = code;
    }
    this.at = at + text.length;
    return true;
  }

  #latin1(text: string): void {
    const { u8 } = this.region;
    const { at } = this;
    for (let i = 0; i < text.length; i++) u8[at + i] = text.charCodeAt(i);
    this.at = at + text.length;
  }

  #text(text: string, size: number): void {
    this.reserve(size + 2);
    const { u8 } = this.region;
    Buffer.from(u8.buffer, u8.byteOffset, u8.byteLength).write(text, this.at, size, "utf8");
    this.at += size;
  }

  #crlf(): void {
    const u8 = this.region.u8;
    u8[this.at++] = CR;
    u8[this.at++] = LF;
  }

  /** Makes the line from `at` on one that has line breaks at its end only. */
  #joinLines(at: number): void {
    const { u8 } = this.region;
    let end = this.length;
    while (end > at && isLineBreak(u8[end - 1]!)) end--;
    for (; at < end; at++) if (isLineBreak(u8[at]!)) u8[at] = SPACE;
    this.length = end;
    this.#crlf();
  }

  #insertHeader(mark: number, type: number, count: number): void {
    this.reserve(24);
    const from = this.length;
    this.header(type, count);
    this.moveBefore(mark, from);
  }

  /** Moves what was written from `from` on before what was written from `mark` on. For what is short and lies together. */
  moveBefore(mark: number, from: number): void {
    const { u8 } = this.region;
    const start = from - this.#base;
    const moved = u8.slice(start, this.at);
    const target = mark - this.#base;
    if (target >= this.#start) {
      moveBytes(this.region, target, target + moved.length, start - target);
      u8.set(moved, target);
      return;
    }
    this.at = start;
    this.#insertChunk(mark, moved);
  }

  #insertChunk(position: number, bytes: Uint8Array): void {
    const finished = this.#finished;
    let i = finished.length;
    let start = this.#base + this.#start;
    while (start > position) start -= finished[--i]!.length;
    const chunk = finished[i]!;
    const before = position - start;
    if (before === 0) finished.splice(i, 0, bytes);
    else finished.splice(i, 1, chunk.subarray(0, before), bytes, chunk.subarray(before));
    this.#base += bytes.length;
  }
}

function isLineBreak(byte: number): boolean {
  return byte === CR || byte === LF;
}
