/**
 * One element of a listpack, as in Redis' published format (github.com/antirez/listpack, listpack.md):
 *
 *     head            | payload | back length
 *     0vvvvvvv                                             an integer from 0 to 127                         2 bytes in all
 *     10llllll          text                               up to 63 bytes                                   2 + length
 *     110vvvvv vvvvvvvv                                    13 bits, signed, high bits first                 3
 *     1110llll llllllll text                               up to 4095 bytes                                 3 or 4 + length
 *     11110000          length of 4 bytes, then text       longer                                           7 to 10 + length
 *     11110001          2 bytes  } signed integers, low byte first, as are the 4 bytes of a length          4
 *     11110010          3 bytes  }                                                                          5
 *     11110011          4 bytes  }                                                                          6
 *     11110100          8 bytes  }                                                                          10
 *     11111111                                             ends a frame (listpack-frame.ts)
 *
 * The back length says how long head and payload are, for who comes from behind: groups of 7 bits, high ones first; all bytes but
 * the first have their top bit set, so that it can be read backwards. It has 1 byte up to 127, 2 below 16383, then 3 to 5.
 *
 * A text that is a canonical 64-bit integer is always stored as an integer, everything in its shortest form. Other writers' files
 * may hold longer forms: reading and comparing take those too.
 *
 * Cost: see listpack.ts.
 */
import { highOf, highWord, lowWord, mayBeInt64, safeInteger } from "../../bytes/int64.js";
import { parseInteger } from "../../bytes/integer.js";
import { copyBytes, equalBytes, type Region } from "../../bytes/region.js";
import type { ElementView } from "../entry/element-view.js";

export const enum Head {
  /** head < TEXT_6: an integer from 0 to 127. */
  TEXT_6 = 0x80,
  /** head & TEXT_6_LENGTH: bytes of text, when TEXT_6 <= head < INTEGER_13. */
  TEXT_6_LENGTH = 0x3f,
  INTEGER_13 = 0xc0,
  /** head & TEXT_12_LENGTH: the high bits of the length, when TEXT_12 <= head < TEXT_32. */
  TEXT_12 = 0xe0,
  TEXT_12_LENGTH = 0x0f,
  TEXT_32 = 0xf0,
  INTEGER_16 = 0xf1,
  INTEGER_24 = 0xf2,
  INTEGER_32 = 0xf3,
  INTEGER_64 = 0xf4,
  END = 0xff,
}

export const enum TextLimit {
  /** Texts of up to so many bytes have a head of 1 byte ... */
  HEAD_1 = 63,
  /** ... and up to so many one of 2; longer ones have 5. */
  HEAD_2 = 4095,
}

/**
 * Bytes of a whole element by its first byte; 0 where the length of a long text must be read. Never written.
 * One load instead of a tree of branches: walking costs 8 ns an element instead of 16, alike or mixed (Node 20.20, busy machine).
 */
export const STEP = Uint8Array.from({ length: 256 }, (_, head) => {
  if (head < Head.TEXT_6) return 2;
  if (head < Head.INTEGER_13) return (head & Head.TEXT_6_LENGTH) + 2;
  if (head < Head.TEXT_12) return 3;
  if (head === Head.INTEGER_16) return 4;
  if (head === Head.INTEGER_24) return 5;
  if (head === Head.INTEGER_32) return 6;
  if (head === Head.INTEGER_64) return 10;
  return 0;
});

/** Bytes of the element that stores this text, as an integer where it is one. */
export function sizeOfString(source: Region, offset: number, length: number): number {
  if (mayBeInt64(source, offset, length)) {
    const value = parseInteger(source, offset, length);
    if (!Number.isNaN(value)) return sizeOfInteger(value);
    if (!Number.isNaN(highWord(source, offset, length))) return 10;
  }
  return sizeOfText(length);
}

/** Bytes of the element that stores a safe integer. */
export function sizeOfInteger(value: number): number {
  if (value >= -4096 && value <= 4095) return value >= 0 && value <= 127 ? 2 : 3;
  if (value >= -0x800000 && value <= 0x7fffff) return value >= -0x8000 && value <= 0x7fff ? 4 : 5;
  return (value | 0) === value ? 6 : 10;
}

/** Bytes of the element that stores a 64-bit integer given as two words. */
export function sizeOfWords(high: number, low: number): number {
  return high === low >> 31 ? sizeOfInteger(low) : 10;
}

/** Bytes of the element that stores so many bytes of text as text. */
function sizeOfText(length: number): number {
  if (length <= TextLimit.HEAD_1) return length + 2;
  const bytes = length + (length <= TextLimit.HEAD_2 ? 2 : 5);
  return bytes + sizeOfBackLength(bytes);
}

/** Bytes of the back length after `bytes` of head and payload. */
export function sizeOfBackLength(bytes: number): number {
  if (bytes <= 0x7f) return 1;
  if (bytes < 0x3fff) return 2;
  if (bytes < 0x1fffff) return 3;
  return bytes < 0xfffffff ? 4 : 5;
}

/** Writes an element that stores this text, as an integer where it is one, and returns its end. */
export function writeString(region: Region, at: number, source: Region, offset: number, length: number): number {
  if (mayBeInt64(source, offset, length)) {
    const value = parseInteger(source, offset, length);
    if (!Number.isNaN(value)) return writeInteger(region, at, value);
    const high = highWord(source, offset, length);
    if (!Number.isNaN(high)) return writeInteger64(region, at, high, lowWord(source, offset, length));
  }
  const u8 = region.u8;
  if (length <= TextLimit.HEAD_1) {
    u8[at] = Head.TEXT_6 | length;
    copyBytes(source, offset, region, at + 1, length);
    u8[at + 1 + length] = length + 1;
    return at + length + 2;
  }
  return writeLongText(region, at, source, offset, length);
}

function writeLongText(region: Region, at: number, source: Region, offset: number, length: number): number {
  let head = 2;
  if (length <= TextLimit.HEAD_2) {
    region.u8[at] = Head.TEXT_12 | (length >> 8);
    region.u8[at + 1] = length;
  } else {
    head = 5;
    region.u8[at] = Head.TEXT_32;
    region.dv.setUint32(at + 1, length, true);
  }
  copyBytes(source, offset, region, at + head, length);
  return writeBackLength(region.u8, at + head + length, head + length);
}

/** Writes the back length after `bytes` of head and payload, and returns the end of the element. */
function writeBackLength(u8: Uint8Array, at: number, bytes: number): number {
  const size = sizeOfBackLength(bytes);
  for (let i = at + size - 1; i > at; i--) {
    u8[i] = (bytes & 0x7f) | 0x80;
    bytes >>>= 7;
  }
  u8[at] = bytes;
  return at + size;
}

/** Writes an element that stores a safe integer, and returns its end. */
export function writeInteger(region: Region, at: number, value: number): number {
  const { u8, dv } = region;
  const small = value | 0;
  if (small !== value) return writeInteger64(region, at, highOf(value), small);
  if (small >= -4096 && small <= 4095) {
    if (small >= 0 && small <= 127) {
      u8[at] = small;
      u8[at + 1] = 1;
      return at + 2;
    }
    u8[at] = Head.INTEGER_13 | ((small >> 8) & 0x1f);
    u8[at + 1] = small;
    u8[at + 2] = 2;
    return at + 3;
  }
  if (small >= -0x8000 && small <= 0x7fff) {
    u8[at] = Head.INTEGER_16;
    dv.setInt16(at + 1, small, true);
    u8[at + 3] = 3;
    return at + 4;
  }
  if (small >= -0x800000 && small <= 0x7fffff) {
    u8[at] = Head.INTEGER_24;
    dv.setInt16(at + 1, small, true);
    u8[at + 3] = small >> 16;
    u8[at + 4] = 4;
    return at + 5;
  }
  u8[at] = Head.INTEGER_32;
  dv.setInt32(at + 1, small, true);
  u8[at + 5] = 5;
  return at + 6;
}

/** Writes an element that stores a 64-bit integer given as two words, and returns its end. */
export function writeWords(region: Region, at: number, high: number, low: number): number {
  return high === low >> 31 ? writeInteger(region, at, low) : writeInteger64(region, at, high, low);
}

function writeInteger64(region: Region, at: number, high: number, low: number): number {
  region.u8[at] = Head.INTEGER_64;
  region.dv.setInt32(at + 1, low, true);
  region.dv.setInt32(at + 5, high, true);
  region.u8[at + 9] = 9;
  return at + 10;
}

/** The end of an element, which is where the next one starts or the run ends. */
export function next(region: Region, at: number): number {
  const step = STEP[region.u8[at]!]!;
  return step !== 0 ? at + step : nextLong(region, at);
}

function nextLong(region: Region, at: number): number {
  const bytes = textHead(region, at) + textLength(region, at);
  return at + bytes + sizeOfBackLength(bytes);
}

/** The start of the element that ends at `at`; there must be one. */
export function previous(region: Region, at: number): number {
  const last = region.u8[at - 1]!;
  return last < 0x80 ? at - 1 - last : previousLong(region.u8, at);
}

function previousLong(u8: Uint8Array, at: number): number {
  let bytes = 0;
  let shift = 0;
  for (;;) {
    const group = u8[--at]!;
    bytes += (group & 0x7f) * 2 ** shift;
    if (group < 0x80 || shift === 28) return at - bytes;
    shift += 7;
  }
}

/** True when the element is stored as an integer. */
export function isInteger(region: Region, at: number): boolean {
  return isIntegerHead(region.u8[at]!);
}

export function isIntegerHead(head: number): boolean {
  return head < Head.TEXT_6 || (head >= Head.INTEGER_13 && head < Head.TEXT_12) || head > Head.TEXT_32;
}

/** The number an element stores; NaN for text and for integers beyond ±(2^53 - 1), which `load` gives as text. */
export function readInteger(region: Region, at: number): number {
  const head = region.u8[at]!;
  if (!isIntegerHead(head)) return Number.NaN;
  if (head !== Head.INTEGER_64) return readInt32(region, at, head);
  return safeInteger(region.dv.getInt32(at + 5, true), region.dv.getInt32(at + 1, true));
}

/** The integer of an element whose head says that it has up to 32 bits. */
export function readInt32(region: Region, at: number, head: number): number {
  if (head < Head.TEXT_6) return head;
  // The sign is the top one of the head's five bits.
  if (head < Head.TEXT_12) return ((head << 27) >> 19) | region.u8[at + 1]!;
  if (head === Head.INTEGER_32) return region.dv.getInt32(at + 1, true);
  const low = region.dv.getInt16(at + 1, true);
  return head === Head.INTEGER_16 ? low : ((region.u8[at + 3]! << 24) >> 8) | (low & 0xffff);
}

/** Bytes before the text of an element that holds text. */
export function textHead(region: Region, at: number): number {
  const head = region.u8[at]!;
  if (head < Head.INTEGER_13) return 1;
  return head < Head.TEXT_32 ? 2 : 5;
}

/** Bytes of text of an element that holds text. */
export function textLength(region: Region, at: number): number {
  const head = region.u8[at]!;
  if (head < Head.INTEGER_13) return head & Head.TEXT_6_LENGTH;
  if (head < Head.TEXT_32) return ((head & Head.TEXT_12_LENGTH) << 8) | region.u8[at + 1]!;
  return region.dv.getUint32(at + 1, true);
}

/** Shows an element in `view`: text in place, an integer as a number and as its digits. */
export function load(region: Region, at: number, view: ElementView): void {
  const head = region.u8[at]!;
  if (head >= Head.TEXT_6 && head < Head.INTEGER_13) {
    view.setText(region, at + 1, head & Head.TEXT_6_LENGTH);
  } else if (!isIntegerHead(head)) {
    view.setText(region, at + textHead(region, at), textLength(region, at));
  } else if (head === Head.INTEGER_64) {
    view.setWords(region.dv.getInt32(at + 5, true), region.dv.getInt32(at + 1, true));
  } else {
    view.setInteger(readInt32(region, at, head));
  }
}

/** True when the element reads as this text. To compare many elements with one text, use `find`. */
export function equals(region: Region, at: number, source: Region, offset: number, length: number): boolean {
  const head = region.u8[at]!;
  if (!isIntegerHead(head)) {
    return textLength(region, at) === length && equalBytes(region, at + textHead(region, at), source, offset, length);
  }
  if (!mayBeInt64(source, offset, length)) return false;
  if (head !== Head.INTEGER_64) return parseInteger(source, offset, length) === readInt32(region, at, head);
  return (
    lowWord(source, offset, length) === region.dv.getInt32(at + 1, true) &&
    highWord(source, offset, length) === region.dv.getInt32(at + 5, true)
  );
}
