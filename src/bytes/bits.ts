/**
 * Bits of byte strings: counting, finding, combining. Bit 0 is the highest bit of the first byte, as in SETBIT.
 *
 * All loops go by words of 32 bits.
 */
import { clearBytes, type Region } from "./region.js";

/** What BITOP does to two bits, or with NOT to one. */
export const enum BitOperation {
  AND = 0,
  OR = 1,
  XOR = 2,
  NOT = 3,
}

/**
 * Bytes that are combined in one call: a function that is called often is compiled for what it meets, while one loop over 256 MB takes
 * three times as long, in code that was made for the middle of it (Node 20.20).
 */
const PIECE = 65536;

/** Words whose counts are added up before the bytes of the sum could overflow: 31 x 8 bits fit a byte. */
const WORDS_PER_SUM = 31;

/** The number of set bits in a slice. */
export function countBits(region: Region, offset: number, length: number): number {
  const { u8, dv } = region;
  const end = offset + length;
  let count = 0;
  let at = offset;
  while (end - at >= 4) {
    // Each byte of `sum` counts the bits of one byte of every word.
    const sumEnd = at + 4 * Math.min(WORDS_PER_SUM, (end - at) >>> 2);
    let sum = 0;
    for (; at < sumEnd; at += 4) {
      let word = dv.getInt32(at, true);
      word -= (word >>> 1) & 0x55555555;
      word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
      sum = (sum + ((word + (word >>> 4)) & 0x0f0f0f0f)) | 0;
    }
    count += (sum & 0xff) + ((sum >>> 8) & 0xff) + ((sum >>> 16) & 0xff) + (sum >>> 24);
  }
  for (; at < end; at++) for (let byte = u8[at]!; byte !== 0; byte &= byte - 1) count++;
  return count;
}

/** Position of the first bit with this value in a slice, -1 when there is none. */
export function findBit(region: Region, offset: number, length: number, bit: 0 | 1): number {
  const { u8, dv } = region;
  const end = offset + length;
  const skipped = bit === 1 ? 0 : -1;
  let at = offset;
  while (at + 4 <= end && dv.getInt32(at, true) === skipped) at += 4;
  while (at < end && u8[at] === (skipped & 0xff)) at++;
  if (at === end) return -1;
  return (at - offset) * 8 + Math.clz32(u8[at]! ^ (skipped & 0xff)) - 24;
}

/**
 * Combines `length` bytes of `target` with a slice, which counts as if filled up with zero bytes when it is shorter. It must not be
 * longer, and the operation not NOT.
 */
export function combineBits(
  operation: BitOperation,
  target: Region,
  targetOffset: number,
  length: number,
  source: Region,
  offset: number,
  sourceLength: number,
): void {
  const combine = operation === BitOperation.AND ? andBits : operation === BitOperation.OR ? orBits : xorBits;
  for (let done = 0; done < sourceLength; done += PIECE) {
    combine(target, targetOffset + done, source, offset + done, Math.min(PIECE, sourceLength - done));
  }
  if (operation === BitOperation.AND) clearBytes(target, targetOffset + sourceLength, length - sourceLength);
}

function andBits(target: Region, at: number, source: Region, from: number, length: number): void {
  const wordsEnd = at + (length & ~3);
  const end = at + length;
  for (; at < wordsEnd; at += 4, from += 4) {
    target.dv.setInt32(at, target.dv.getInt32(at, true) & source.dv.getInt32(from, true), true);
  }
  for (; at < end; at++, from++) target.u8[at]! &= source.u8[from]!;
}

function orBits(target: Region, at: number, source: Region, from: number, length: number): void {
  const wordsEnd = at + (length & ~3);
  const end = at + length;
  for (; at < wordsEnd; at += 4, from += 4) {
    target.dv.setInt32(at, target.dv.getInt32(at, true) | source.dv.getInt32(from, true), true);
  }
  for (; at < end; at++, from++) target.u8[at]! |= source.u8[from]!;
}

function xorBits(target: Region, at: number, source: Region, from: number, length: number): void {
  const wordsEnd = at + (length & ~3);
  const end = at + length;
  for (; at < wordsEnd; at += 4, from += 4) {
    target.dv.setInt32(at, target.dv.getInt32(at, true) ^ source.dv.getInt32(from, true), true);
  }
  for (; at < end; at++, from++) target.u8[at]! ^= source.u8[from]!;
}

/** Inverts `length` bytes. */
export function invertBits(target: Region, offset: number, length: number): void {
  const { u8, dv } = target;
  const wordsEnd = offset + (length & ~3);
  const end = offset + length;
  let at = offset;
  for (; at < wordsEnd; at += 4) dv.setInt32(at, ~dv.getInt32(at, true), true);
  for (; at < end; at++) u8[at] = ~u8[at]!;
}
