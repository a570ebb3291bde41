/**
 * Intset: a sorted array of distinct 64-bit integers, all of them as wide as the widest needs; byte for byte that of Redis, so that it
 * goes to and comes from RDB files as a copy.
 *
 *     | width 2, 4 or 8: 4 bytes | count: 4 bytes | count integers, ascending |      signed, low byte first
 *
 * Bytes: 8 + width * count. An integer takes 2, 4 or 8 where a listpack takes 2 to 10; the 512 small integers that Redis allows by
 * default take 1032 bytes, and are found in at most 10 steps instead of up to 512.
 *
 * The width never shrinks when integers go, as in Redis. The integers are given as text (`find`, `add`, `remove`) or as two words
 * (bytes/int64.ts), exact over the whole range. Nothing allocates; who adds has made room (`sizeAfterAdd`).
 *
 * Cost: O(log n) to find; adding and removing move what is behind, and once per width all is rewritten. Source: intset.c of Redis.
 */
import { compareWords, highOf, highWord, lowWord, mayBeInt64 } from "../../bytes/int64.js";
import { parseInteger } from "../../bytes/integer.js";
import { moveBytes, type Region } from "../../bytes/region.js";
import type { ElementView } from "../entry/element-view.js";

export const enum Intset {
  /** Offset of the width in bytes. */
  WIDTH = 0,
  /** Offset of the number of integers. */
  COUNT = 4,
  HEADER_BYTES = 8,
}

/** Makes an empty intset and returns its size. */
export function create(region: Region, at: number): number {
  region.dv.setUint32(at + Intset.WIDTH, 2, true);
  region.dv.setUint32(at + Intset.COUNT, 0, true);
  return Intset.HEADER_BYTES;
}

/** The number of integers. */
export function count(region: Region, at: number): number {
  return region.dv.getUint32(at + Intset.COUNT, true);
}

/** Bytes of each integer: 2, 4 or 8. */
export function width(region: Region, at: number): number {
  return region.dv.getUint32(at + Intset.WIDTH, true);
}

/** Bytes of the whole intset. */
export function size(region: Region, at: number): number {
  return Intset.HEADER_BYTES + width(region, at) * count(region, at);
}

/** Bytes an integer needs: 2, 4 or 8. */
export function widthOf(high: number, low: number): number {
  if (high !== low >> 31) return 8;
  return low >= -0x8000 && low <= 0x7fff ? 2 : 4;
}

/** The index of the integer with this text, or -1 when it is not there or the text is no 64-bit integer. */
export function find(region: Region, at: number, source: Region, offset: number, length: number): number {
  if (!mayBeInt64(source, offset, length)) return -1;
  const value = parseInteger(source, offset, length);
  let index: number;
  if (!Number.isNaN(value)) {
    index = search(region, at, highOf(value), value | 0);
  } else {
    const high = highWord(source, offset, length);
    if (Number.isNaN(high)) return -1;
    index = search(region, at, high, lowWord(source, offset, length));
  }
  return index < 0 ? -1 : index;
}

/** The index of an integer, or `~index` (negative) of where it would go. */
export function search(region: Region, at: number, high: number, low: number): number {
  const { dv } = region;
  const bytes = dv.getUint32(at + Intset.WIDTH, true);
  const last = dv.getUint32(at + Intset.COUNT, true) - 1;
  if (widthOf(high, low) > bytes) return high < 0 ? ~0 : ~(last + 1);
  const first = at + Intset.HEADER_BYTES;
  if (bytes === 8) return search64(dv, first, last, high, low);
  let from = 0;
  let to = last;
  while (from <= to) {
    const middle = (from + to) >>> 1;
    const value = bytes === 2 ? dv.getInt16(first + middle * 2, true) : dv.getInt32(first + middle * 4, true);
    if (value < low) from = middle + 1;
    else if (value > low) to = middle - 1;
    else return middle;
  }
  return ~from;
}

function search64(dv: DataView, first: number, to: number, high: number, low: number): number {
  let from = 0;
  while (from <= to) {
    const middle = (from + to) >>> 1;
    const value = first + middle * 8;
    const order = compareWords(dv.getInt32(value + 4, true), dv.getInt32(value, true), high, low);
    if (order < 0) from = middle + 1;
    else if (order > 0) to = middle - 1;
    else return middle;
  }
  return ~from;
}

/** The size after adding the integer with this text: the size now when it is there already, -1 when the text is no 64-bit integer. */
export function sizeAfterAdd(region: Region, at: number, source: Region, offset: number, length: number): number {
  if (!mayBeInt64(source, offset, length)) return -1;
  const high = highWord(source, offset, length);
  if (Number.isNaN(high)) return -1;
  const low = lowWord(source, offset, length);
  return search(region, at, high, low) >= 0 ? size(region, at) : sizeAfterInsert(region, at, high, low);
}

/** The size after inserting an integer that is not there. */
export function sizeAfterInsert(region: Region, at: number, high: number, low: number): number {
  return Intset.HEADER_BYTES + Math.max(width(region, at), widthOf(high, low)) * (count(region, at) + 1);
}

/** Adds the integer with this text, which must be one. False when it was there already. */
export function add(region: Region, at: number, source: Region, offset: number, length: number): boolean {
  const high = highWord(source, offset, length);
  if (Number.isNaN(high)) throw new Error("intset: the text to add is no 64-bit integer");
  const low = lowWord(source, offset, length);
  const place = search(region, at, high, low);
  if (place >= 0) return false;
  insertAt(region, at, ~place, high, low);
  return true;
}

/** Inserts an integer that is not there, at the index where `search` says it goes. */
export function insertAt(region: Region, at: number, index: number, high: number, low: number): void {
  const { dv } = region;
  const needed = widthOf(high, low);
  const length = count(region, at);
  let bytes = width(region, at);
  if (needed > bytes) {
    // It lies beyond all others, at one end: they move up there while they grow.
    widen(dv, at, needed, index === 0 ? 1 : 0);
    bytes = needed;
  } else if (index < length) {
    const from = at + Intset.HEADER_BYTES + index * bytes;
    moveBytes(region, from, from + bytes, (length - index) * bytes);
  }
  writeAt(dv, at, index, bytes, high, low);
  dv.setUint32(at + Intset.COUNT, length + 1, true);
}

/** Rewrites all integers with a larger width, from the last to the first, `shift` places further on. */
function widen(dv: DataView, at: number, bytes: number, shift: number): void {
  const old = dv.getUint32(at + Intset.WIDTH, true);
  dv.setUint32(at + Intset.WIDTH, bytes, true);
  for (let i = dv.getUint32(at + Intset.COUNT, true) - 1; i >= 0; i--) {
    const from = at + Intset.HEADER_BYTES + i * old;
    const value = old === 2 ? dv.getInt16(from, true) : dv.getInt32(from, true);
    writeAt(dv, at, i + shift, bytes, value >> 31, value);
  }
}

function writeAt(dv: DataView, at: number, index: number, bytes: number, high: number, low: number): void {
  const to = at + Intset.HEADER_BYTES + index * bytes;
  if (bytes === 2) {
    dv.setInt16(to, low, true);
    return;
  }
  dv.setInt32(to, low, true);
  if (bytes === 8) dv.setInt32(to + 4, high, true);
}

/** Removes the integer with this text. False when it was not there. */
export function remove(region: Region, at: number, source: Region, offset: number, length: number): boolean {
  const index = find(region, at, source, offset, length);
  if (index < 0) return false;
  removeAt(region, at, index, 1);
  return true;
}

/** Removes `removed` integers from `index` on. */
export function removeAt(region: Region, at: number, index: number, removed: number): void {
  const bytes = width(region, at);
  const length = count(region, at);
  const first = at + Intset.HEADER_BYTES;
  moveBytes(region, first + (index + removed) * bytes, first + index * bytes, (length - index - removed) * bytes);
  region.dv.setUint32(at + Intset.COUNT, length - removed, true);
}

/** Shows the integer at `index` in `view`. */
export function load(region: Region, at: number, index: number, view: ElementView): void {
  const bytes = width(region, at);
  const from = at + Intset.HEADER_BYTES + index * bytes;
  if (bytes === 8) view.setWords(region.dv.getInt32(from + 4, true), region.dv.getInt32(from, true));
  else view.setInteger(bytes === 2 ? region.dv.getInt16(from, true) : region.dv.getInt32(from, true));
}

/** The high word of the integer at `index`. */
export function highAt(region: Region, at: number, index: number): number {
  return width(region, at) === 8
    ? region.dv.getInt32(at + Intset.HEADER_BYTES + index * 8 + 4, true)
    : lowAt(region, at, index) >> 31;
}

/** The low word of the integer at `index`. */
export function lowAt(region: Region, at: number, index: number): number {
  const bytes = width(region, at);
  const from = at + Intset.HEADER_BYTES + index * bytes;
  return bytes === 2 ? region.dv.getInt16(from, true) : region.dv.getInt32(from, true);
}

/**
 * Checks an untrusted intset of `length` bytes. Returns the number of its integers, at least 1, or when it is broken `~position`:
 * always negative, the position counted from `at`. Reads nothing outside.
 */
export function validate(region: Region, at: number, length: number): number {
  if (length < Intset.HEADER_BYTES) return ~0;
  const bytes = width(region, at);
  if (bytes !== 2 && bytes !== 4 && bytes !== 8) return ~Intset.WIDTH;
  const integers = count(region, at);
  if (integers === 0 || Intset.HEADER_BYTES + integers * bytes !== length) return ~Intset.COUNT;
  for (let i = 1; i < integers; i++) {
    const high = highAt(region, at, i);
    const low = lowAt(region, at, i);
    if (compareWords(highAt(region, at, i - 1), lowAt(region, at, i - 1), high, low) >= 0) {
      return ~(Intset.HEADER_BYTES + i * bytes);
    }
  }
  return integers;
}
