/**
 * The element: one block of the arena holding a field, member or the like of a big collection, as a dict indexes it.
 *
 *     +------+---------------+-------------------+-------------+-----------+
 *     | head | [ expiry: 8 ] | [ key length 2/4 ]| key bytes   | payload   |
 *     +------+---------------+-------------------+-------------+-----------+
 *     head   bits 0-5  key length up to 61; 62: two bytes follow, 63: four bytes follow
 *            bit 6     E: an expiry follows, ms since 1970, double
 *            bit 7     X: the payload lies in a block of its own
 *
 *     payload of a set's member     none
 *             of a sorted set's     score, double
 *             of a hash's field     value: length (1 byte up to 253; 254: two bytes follow, 255: four bytes follow), bytes
 *             with X                ref of the block, length: 4 bytes each
 *
 * Nothing is aligned but the block, so numbers are read through `dv`, little-endian.
 *
 * Cost: a member of 12 bytes takes 13, in a block of 16; with a score 21, in 24; a field of 6 with a value of 8 bytes 16.
 */
import type { Region } from "../../bytes/region.js";
import { copyBytes } from "../../bytes/region.js";
import type { Segment } from "../../memory/segment.js";

export const enum Element {
  LENGTH = 0x3f,
  LENGTH_16 = 62,
  LENGTH_32 = 63,
  EXPIRE = 0x40,
  EXTERNAL = 0x80,

  VALUE_LENGTH_16 = 254,
  VALUE_LENGTH_32 = 255,
  /** Bytes of the payload with X. */
  EXTERNAL_BYTES = 8,
  /** Values of fields longer than this lie in a block of their own. */
  INLINE_MAX = 4096,
}

/** Where the key of the element at `offset` starts. */
export function elementKeyOffset(segment: Segment, offset: number): number {
  const head = segment.u8[offset]!;
  const code = head & Element.LENGTH;
  return (
    offset + 1 + ((head & Element.EXPIRE) >>> 3) + (code < Element.LENGTH_16 ? 0 : code === Element.LENGTH_16 ? 2 : 4)
  );
}

/** Length of the key of the element at `offset`. */
export function elementKeyLength(segment: Segment, offset: number): number {
  const head = segment.u8[offset]!;
  const code = head & Element.LENGTH;
  if (code < Element.LENGTH_16) return code;
  const at = offset + 1 + ((head & Element.EXPIRE) >>> 3);
  return code === Element.LENGTH_16 ? segment.dv.getUint16(at, true) : segment.dv.getUint32(at, true);
}

/** Where the payload of the element at `offset` starts. */
export function elementPayloadOffset(segment: Segment, offset: number): number {
  return elementKeyOffset(segment, offset) + elementKeyLength(segment, offset);
}

/** Bytes of an element before its payload. */
export function elementHeadSize(keyLength: number, hasExpire: boolean): number {
  return 1 + (hasExpire ? 8 : 0) + (keyLength < Element.LENGTH_16 ? 0 : keyLength <= 0xffff ? 2 : 4) + keyLength;
}

/**
 * Writes head, expiry (ms since 1970, 0 = none) and key of an element whose block starts at `offset`; returns where its payload
 * goes. `isExternal` tells that the payload will be a ref and a length.
 */
export function writeElementHead(
  segment: Segment,
  offset: number,
  source: Region,
  keyOffset: number,
  keyLength: number,
  expireAtMs: number,
  isExternal: boolean,
): number {
  const code = keyLength < Element.LENGTH_16 ? keyLength : keyLength <= 0xffff ? Element.LENGTH_16 : Element.LENGTH_32;
  segment.u8[offset] = code | (expireAtMs !== 0 ? Element.EXPIRE : 0) | (isExternal ? Element.EXTERNAL : 0);
  let at = offset + 1;
  if (expireAtMs !== 0) {
    segment.dv.setFloat64(at, expireAtMs, true);
    at += 8;
  }
  if (code === Element.LENGTH_16) {
    segment.dv.setUint16(at, keyLength, true);
    at += 2;
  } else if (code === Element.LENGTH_32) {
    segment.dv.setUint32(at, keyLength, true);
    at += 4;
  }
  copyBytes(source, keyOffset, segment, at, keyLength);
  return at + keyLength;
}

/** Expiry of the element at `offset` in milliseconds since 1970, 0 when it has none. */
export function elementExpireAt(segment: Segment, offset: number): number {
  return (segment.u8[offset]! & Element.EXPIRE) === 0 ? 0 : segment.dv.getFloat64(offset + 1, true);
}

/** Changes the expiry of an element that has one. */
export function setElementExpireAt(segment: Segment, offset: number, expireAtMs: number): void {
  segment.dv.setFloat64(offset + 1, expireAtMs, true);
}

/** Score of the sorted-set element at `offset`. */
export function elementScore(segment: Segment, offset: number): number {
  return segment.dv.getFloat64(elementPayloadOffset(segment, offset), true);
}

export function setElementScore(segment: Segment, offset: number, score: number): void {
  segment.dv.setFloat64(elementPayloadOffset(segment, offset), score, true);
}

/** Ref of the block that holds the payload, 0 when it follows the key. */
export function elementExternal(segment: Segment, offset: number): number {
  if ((segment.u8[offset]! & Element.EXTERNAL) === 0) return 0;
  return segment.dv.getUint32(elementPayloadOffset(segment, offset), true);
}

/** Bytes of a field's value with its length in front. */
export function elementValueSize(length: number): number {
  return (length < Element.VALUE_LENGTH_16 ? 1 : length <= 0xffff ? 3 : 5) + length;
}

/** Writes a field's value at `at`. */
export function writeElementValue(segment: Segment, at: number, source: Region, offset: number, length: number): void {
  if (length < Element.VALUE_LENGTH_16) {
    segment.u8[at++] = length;
  } else if (length <= 0xffff) {
    segment.u8[at] = Element.VALUE_LENGTH_16;
    segment.dv.setUint16(at + 1, length, true);
    at += 3;
  } else {
    segment.u8[at] = Element.VALUE_LENGTH_32;
    segment.dv.setUint32(at + 1, length, true);
    at += 5;
  }
  copyBytes(source, offset, segment, at, length);
}

/** Length of the inline value at `at`. */
export function elementValueLength(segment: Segment, at: number): number {
  const first = segment.u8[at]!;
  if (first < Element.VALUE_LENGTH_16) return first;
  return first === Element.VALUE_LENGTH_16 ? segment.dv.getUint16(at + 1, true) : segment.dv.getUint32(at + 1, true);
}

/** Where the bytes of the inline value at `at` start. */
export function elementValueOffset(segment: Segment, at: number): number {
  const first = segment.u8[at]!;
  return at + (first < Element.VALUE_LENGTH_16 ? 1 : first === Element.VALUE_LENGTH_16 ? 3 : 5);
}
