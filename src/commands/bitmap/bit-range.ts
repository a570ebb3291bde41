/** Counting and finding within a range of bits of a string; both ends included and inside the string. */
import { countBits, findBit } from "../../bytes/bits.js";
import type { StringView } from "../../keyspace/database.js";

/** The number of set bits from one bit to another; 0 when the last comes before the first. */
export function countBitRange(view: StringView, first: number, last: number): number {
  if (last < first) return 0;
  const { u8 } = view.region;
  const start = view.offset + Math.floor(first / 8);
  const end = view.offset + Math.floor(last / 8);
  const before = u8[start]! & ~(0xff >> (first % 8));
  const after = u8[end]! & (0x7f >> (last % 8));
  // Bits of the first byte before the range, and of the last byte after it, are counted and taken off again.
  return countBits(view.region, start, end - start + 1) - setBitsOf(before | (after << 8));
}

/** Position of the first bit with this value from one bit to another, -1 when there is none. */
export function findBitInRange(view: StringView, first: number, last: number, bit: 0 | 1): number {
  const { u8 } = view.region;
  let byteAt = Math.floor(first / 8);
  // A byte whose bits count from the first one on; those before it get the other value.
  const skipped = ~(0xff >> (first % 8)) & 0xff;
  const head = u8[view.offset + byteAt]!;
  let found = firstBit(bit === 1 ? head & ~skipped : ~head & ~skipped & 0xff);
  if (found === 8) {
    byteAt++;
    const bytes = Math.floor(last / 8) - byteAt + 1;
    found = bytes > 0 ? findBit(view.region, view.offset + byteAt, bytes, bit) : -1;
    if (found < 0) return -1;
  }
  const position = byteAt * 8 + found;
  return position > last ? -1 : position;
}

/** Position of the highest set bit of a byte, counted from the left; 8 when it is 0. */
function firstBit(byte: number): number {
  return Math.clz32(byte) - 24;
}

function setBitsOf(word: number): number {
  let count = 0;
  for (; word !== 0; word &= word - 1) count++;
  return count;
}
