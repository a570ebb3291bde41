/**
 * IDs of stream entries: two unsigned 64-bit numbers, milliseconds and a sequence number, printed as "ms-seq".
 *
 * An ID is four words, most significant first: [ms high, ms low, seq high, seq low], the same as a key of the stream's tree. Typed
 * arrays made once hold them, so that no command allocates for an ID and nothing is rounded.
 */
import { highOf, writeWords } from "../bytes/int64.js";
import { parseInteger, parseUint64 } from "../bytes/integer.js";
import type { Region } from "../bytes/region.js";

export type StreamId = Uint32Array;

export const enum IdText {
  /** Two numbers of 20 digits and the dash. */
  MAX_LENGTH = 41,
  /** What is longer is no ID, as in Redis. */
  MAX_PARSED = 127,
}

/** What `parseId` found. */
export const enum IdForm {
  INVALID = 0,
  COMPLETE = 1,
  /** "ms-*": the sequence is to be chosen; it reads as 0. */
  ANY_SEQUENCE = 2,
}

const DASH = 0x2d;
const STAR = 0x2a;
const PLUS = 0x2b;

/** Makes the ID 0-0. */
export function newId(): StreamId {
  return new Uint32Array(4);
}

/** Makes `id` the same as `other`. */
export function copyId(id: StreamId, other: StreamId): void {
  for (let i = 0; i < 4; i++) id[i] = other[i]!;
}

/** Makes every word of `id` the same: 0 for the smallest ID, 0xffffffff for the largest. */
export function fillId(id: StreamId, word: number): void {
  for (let i = 0; i < 4; i++) id[i] = word;
}

/** Orders two IDs: negative, 0 or positive. */
export function compareIds(a: StreamId, b: StreamId): number {
  return compareIdWords(a, 0, b, 0);
}

/** Orders two IDs that start at the words `i` and `j`. */
function compareIdWords(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  for (let k = 0; k < 4; k++) if (a[i + k] !== b[j + k]) return a[i + k]! < b[j + k]! ? -1 : 1;
  return 0;
}

export function isZeroId(id: StreamId): boolean {
  return (id[0]! | id[1]! | id[2]! | id[3]!) === 0;
}

/** Makes `id` the next one; false when it was the largest and has become 0-0. */
export function incrementId(id: StreamId): boolean {
  for (let i = 3; i >= 0; i--) {
    id[i] = id[i]! + 1;
    if (id[i] !== 0) return true;
  }
  return false;
}

/** Makes `id` the one before; false when it was 0-0 and has become the largest. */
export function decrementId(id: StreamId): boolean {
  for (let i = 3; i >= 0; i--) {
    const word = id[i]!;
    id[i] = word - 1;
    if (word !== 0) return true;
  }
  return false;
}

/** Sets the milliseconds of an ID to a whole number below 2^53, and the sequence to 0. */
export function setIdTime(id: StreamId, ms: number): void {
  id[0] = Math.floor(ms / 0x100000000);
  id[1] = ms % 0x100000000;
  id[2] = 0;
  id[3] = 0;
}

/**
 * Reads "ms-seq", "ms" (then both words of the sequence are `missing`) or "ms-*". As in Redis the text ends at a zero byte, and a
 * number may be written in any way strtoull takes.
 */
export function parseId(source: Region, offset: number, length: number, id: StreamId, missing: number): IdForm {
  if (length > IdText.MAX_PARSED) return IdForm.INVALID;
  const u8 = source.u8;
  let dash = -1;
  for (let i = offset; i < offset + length; i++) {
    const byte = u8[i]!;
    if (byte === 0) length = i - offset;
    else if (byte === DASH && dash < 0) dash = i;
  }
  if (dash < 0) {
    if (!parsePart(source, offset, length, id, 0)) return IdForm.INVALID;
    id[2] = missing;
    id[3] = missing;
    return IdForm.COMPLETE;
  }
  if (!parsePart(source, offset, dash - offset, id, 0)) return IdForm.INVALID;
  const rest = offset + length - dash - 1;
  if (rest === 1 && u8[dash + 1] === STAR) {
    id[2] = 0;
    id[3] = 0;
    return IdForm.ANY_SEQUENCE;
  }
  return parsePart(source, dash + 1, rest, id, 2) ? IdForm.COMPLETE : IdForm.INVALID;
}

/** `parseId` where "-" and "+" stand for the smallest and the largest ID, and "ms-*" is none. */
export function parseAnyId(source: Region, offset: number, length: number, id: StreamId, missing: number): boolean {
  const first = length > 0 ? source.u8[offset]! : 0;
  if ((first === DASH || first === PLUS) && (length === 1 || source.u8[offset + 1] === 0)) {
    fillId(id, first === DASH ? 0 : 0xffffffff);
    return length <= IdText.MAX_PARSED;
  }
  return parseId(source, offset, length, id, missing) === IdForm.COMPLETE;
}

/** Writes "ms-seq" and returns the number of bytes; there must be room for IdText.MAX_LENGTH. */
export function writeId(region: Region, offset: number, id: StreamId): number {
  const dash = writeWords(region, offset, id[0]!, id[1]! | 0);
  region.u8[offset + dash] = DASH;
  return dash + 1 + writeWords(region, offset + dash + 1, id[2]!, id[3]! | 0);
}

/** "ms-seq" as a string; for tests and cold paths. */
export function idText(id: StreamId): string {
  return `${idPart(id, 0)}-${idPart(id, 2)}`;
}

function idPart(id: StreamId, at: number): bigint {
  return (BigInt(id[at]!) << 32n) | BigInt(id[at + 1]!);
}

function parsePart(source: Region, offset: number, length: number, id: StreamId, at: number): boolean {
  const value = parseInteger(source, offset, length);
  if (value >= 0) {
    id[at] = highOf(value);
    id[at + 1] = value | 0;
    return true;
  }
  const exact = parseUint64(source, offset, length);
  if (exact === null) return false;
  id[at] = Number(exact >> 32n);
  id[at + 1] = Number(exact & 0xffffffffn);
  return true;
}
