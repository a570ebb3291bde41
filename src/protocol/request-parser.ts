/**
 * Reads commands out of received bytes, in place: the result is an Argv of slices, nothing is copied and nothing allocated.
 *
 * The parser is resumable. It remembers where in a half-received command it stopped, so bytes are looked at once however they are
 * split into packets. While a command is incomplete its owner keeps the bytes from `start` on, and may move them (`rebase`).
 *
 * Limits and error texts are Redis 7.2's; those for clients that have not authenticated are stricter.
 * Source: the RESP specification; behaviour on bad input checked against redis-server.
 */
import type { Argv } from "../bytes/argv.js";
import type { Region } from "../bytes/region.js";
import { splitInline } from "./inline-request.js";

export const enum ParseResult {
  /** `argv` holds a command (of count 0 for an empty line or array); it ends at `position`. */
  COMMAND = 0,
  /** The bytes end within a command. */
  INCOMPLETE = 1,
  /** `error` says what is wrong; the connection must be closed. */
  ERROR = 2,
}

const enum Limit {
  INLINE = 65536,
  MULTIBULK = 2147483647,
  UNAUTHENTICATED_MULTIBULK = 10,
  UNAUTHENTICATED_BULK = 16384,
}

/** The digits of -2^63. */
const MOST_NEGATIVE = "9223372036854775808";
/** A native search of more than this is quicker than a loop; Buffer's is, that of typed arrays takes 36 times as long (Node 20.20). */
const NEAR = 64;
const CR = 13;
const LF = 10;
const ASTERISK = 42;
const DOLLAR = 36;

export class RequestParser {
  argv: Argv;
  /** Where the command being read begins. */
  start = 0;
  /** How far the bytes are understood. */
  position = 0;
  /** What is wrong, after ParseResult.ERROR. */
  error = "";
  /** Stricter limits apply. */
  isAuthenticated = true;
  /** proto-max-bulk-len. */
  maxBulkLength = 536870912;
  /** Arguments still to come; 0 between commands. */
  #remaining = 0;
  /** Length of the argument being read, -1 while its header has not been read. */
  #bulkLength = -1;
  /** Where a line began whose end had not come yet, -1 for none, and up to where it has been searched. */
  #lineStart = -1;
  #searchedTo = 0;

  constructor(argv: Argv) {
    this.argv = argv;
  }

  /** True between commands. */
  get isIdle(): boolean {
    return this.#remaining === 0;
  }

  /** Bytes from `start` that must have arrived before parsing can go on; 0 when unknown. */
  get neededBytes(): number {
    return this.#bulkLength < 0 ? 0 : this.position - this.start + this.#bulkLength + 2;
  }

  /** The length of the argument whose bytes come next, -1 when that is not known. */
  get bulkLength(): number {
    return this.#bulkLength;
  }

  /** Starts reading commands at `offset`. */
  begin(offset: number): void {
    this.start = offset;
    this.position = offset;
    this.#lineStart = -1;
  }

  /** The bytes from `start` on, or between commands from `position` on, now begin at `offset` of another place. */
  rebase(offset: number): void {
    if (this.isIdle) this.start = this.position;
    const shift = offset - this.start;
    // Each packet of a command ends here: going through its arguments every time would take time with their square.
    if (shift === 0) return;
    if (this.#remaining > 0) {
      const offsets = this.argv.offset;
      for (let i = 0; i < this.argv.count; i++) offsets[i]! += shift;
    }
    this.start += shift;
    this.position += shift;
    this.#lineStart += shift;
    this.#searchedTo += shift;
  }

  /** Reads on in `region` up to `end`. */
  parse(region: Region, end: number): ParseResult {
    if (this.#remaining === 0) {
      this.start = this.position;
      if (this.position >= end) return ParseResult.INCOMPLETE;
      if (region.u8[this.position] !== ASTERISK) return this.#parseInline(region, end);
      const result = this.#parseCount(region, end);
      if (result !== ParseResult.COMMAND || this.#remaining === 0) return result;
    }
    this.argv.source = region;
    return this.#parseBulks(region, end);
  }

  #parseBulks(region: Region, end: number): ParseResult {
    const u8 = region.u8;
    const argv = this.argv;
    let at = this.position;
    let remaining = this.#remaining;
    while (remaining > 0) {
      let length = this.#bulkLength;
      if (length < 0) {
        // The common header: "$", one or two digits, CR LF.
        if (at + 5 <= end && u8[at] === DOLLAR && u8[at + 2] === CR && isDigit(u8[at + 1]!)) {
          length = u8[at + 1]! - 48;
          at += 4;
        } else if (
          at + 5 <= end &&
          u8[at] === DOLLAR &&
          u8[at + 3] === CR &&
          isDigit(u8[at + 2]!) &&
          u8[at + 1]! > 48 &&
          isDigit(u8[at + 1]!)
        ) {
          length = (u8[at + 1]! - 48) * 10 + u8[at + 2]! - 48;
          at += 5;
        } else {
          this.position = at;
          this.#remaining = remaining;
          const result = this.#parseBulkHeader(u8, end);
          if (result !== ParseResult.COMMAND) return result;
          length = this.#bulkLength;
          at = this.position;
        }
      }
      if (at + length + 2 > end) {
        this.position = at;
        this.#remaining = remaining;
        this.#bulkLength = length;
        return ParseResult.INCOMPLETE;
      }
      const index = argv.count;
      if (index === argv.offset.length) argv.reserve(index + 1);
      argv.offset[index] = at;
      argv.length[index] = length;
      argv.count = index + 1;
      at += length + 2;
      this.#bulkLength = -1;
      remaining--;
    }
    this.position = at;
    this.#remaining = 0;
    return ParseResult.COMMAND;
  }

  /** The "*count" line; leaves `#remaining` 0 for an empty array. */
  #parseCount(region: Region, end: number): ParseResult {
    const u8 = region.u8;
    const at = this.position;
    this.argv.count = 0;
    if (at + 4 <= end && u8[at + 2] === CR && u8[at + 1]! > 48 && isDigit(u8[at + 1]!)) {
      this.#remaining = u8[at + 1]! - 48;
      this.position = at + 4;
      return ParseResult.COMMAND;
    }
    const lineEnd = this.#findInLine(u8, CR, end);
    if (lineEnd < 0) {
      if (end - at > Limit.INLINE) return this.#fail("Protocol error: too big mbulk count string");
      return ParseResult.INCOMPLETE;
    }
    if (lineEnd + 2 > end) return ParseResult.INCOMPLETE;
    const count = parseHeader(u8, at + 1, lineEnd);
    if (Number.isNaN(count) || count > Limit.MULTIBULK) return this.#fail("Protocol error: invalid multibulk length");
    if (count > Limit.UNAUTHENTICATED_MULTIBULK && !this.isAuthenticated) {
      return this.#fail("Protocol error: unauthenticated multibulk length");
    }
    this.position = lineEnd + 2;
    this.#remaining = Math.max(0, count);
    return ParseResult.COMMAND;
  }

  #parseBulkHeader(u8: Uint8Array, end: number): ParseResult {
    const at = this.position;
    const lineEnd = this.#findInLine(u8, CR, end);
    if (lineEnd < 0) {
      if (end - at > Limit.INLINE) return this.#fail("Protocol error: too big bulk count string");
      return ParseResult.INCOMPLETE;
    }
    if (lineEnd + 2 > end) return ParseResult.INCOMPLETE;
    if (u8[at] !== DOLLAR) return this.#fail(`Protocol error: expected '$', got '${String.fromCharCode(u8[at]!)}'`);
    const length = parseHeader(u8, at + 1, lineEnd);
    if (Number.isNaN(length) || length < 0 || length > this.maxBulkLength) {
      return this.#fail("Protocol error: invalid bulk length");
    }
    if (length > Limit.UNAUTHENTICATED_BULK && !this.isAuthenticated) {
      return this.#fail("Protocol error: unauthenticated bulk length");
    }
    this.position = lineEnd + 2;
    this.#bulkLength = length;
    return ParseResult.COMMAND;
  }

  #parseInline(region: Region, end: number): ParseResult {
    const u8 = region.u8;
    let lineEnd = this.#findInLine(u8, LF, end);
    if (lineEnd < 0) {
      if (end - this.position > Limit.INLINE) return this.#fail("Protocol error: too big inline request");
      return ParseResult.INCOMPLETE;
    }
    const next = lineEnd + 1;
    if (lineEnd > this.position && u8[lineEnd - 1] === CR) lineEnd--;
    if (!splitInline(u8, this.position, lineEnd, this.argv)) {
      return this.#fail("Protocol error: unbalanced quotes in request");
    }
    this.position = next;
    return ParseResult.COMMAND;
  }

  /**
   * Where `byte` is next, -1 when it has not come yet; looks no further than a line may be long, and at each byte once. As in Redis, which
   * searches lines as C strings, nothing is found behind a NUL: such a line never ends, and is too big at last.
   */
  #findInLine(u8: Uint8Array, byte: number, end: number): number {
    const { position } = this;
    const from = this.#lineStart === position ? this.#searchedTo : position;
    const limit = Math.min(end, position + Limit.INLINE + 1);
    const near = Math.min(limit, from + NEAR);
    let at = from;
    while (at < near && u8[at] !== byte && u8[at] !== 0) at++;
    if (at < near) {
      if (u8[at] === byte) return at;
    } else if (at < limit) {
      const line = Buffer.from(u8.buffer, u8.byteOffset + at, limit - at);
      const found = line.indexOf(byte);
      const nul = line.indexOf(0);
      if (found >= 0 && (nul < 0 || nul > found)) return at + found;
      at = nul < 0 ? limit : at + nul;
    }
    this.#lineStart = position;
    this.#searchedTo = at;
    return -1;
  }

  #fail(error: string): ParseResult {
    this.error = error;
    return ParseResult.ERROR;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** A canonical decimal integer of 64 bits, NaN for anything else; inexact beyond 2^53, which is out of every limit. */
function parseHeader(u8: Uint8Array, from: number, to: number): number {
  let at = from;
  const isNegative = u8[at] === 45;
  if (isNegative) at++;
  if (at === to || to - at > 19) return Number.NaN;
  if (u8[at] === 48) return to - at === 1 && !isNegative ? 0 : Number.NaN;
  let value = 0;
  for (; at < to; at++) {
    if (!isDigit(u8[at]!)) return Number.NaN;
    value = value * 10 + u8[at]! - 48;
  }
  // Only a negative number can be both within 64 bits and this large without breaking another limit; its digits decide.
  if (isNegative && value >= 2 ** 63 && Buffer.from(u8.subarray(from + 1, to)).toString("latin1") > MOST_NEGATIVE) {
    return Number.NaN;
  }
  return isNegative ? -value : value;
}
