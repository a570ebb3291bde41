/**
 * A page of a dict: 16 buckets of 12 slots, each bucket one cache line.
 *
 *     page    64 bytes header, then 16 buckets of 64 bytes               1088 bytes, 192 slots
 *     bucket  12 fingerprint bytes | flags | 12 refs of 4 bytes            64 bytes
 *
 *     header  word 0      depth: how many leading bits of the hash the page's keys share
 *             word 1      entries
 *             word 2      volatile entries: those with an expiry
 *             bytes 16-23 due, a double: the expire cycle has nothing to do here up to this time (see Dict.sweepPage)
 *     flags   bits 0-11   which slots hold a volatile entry
 *             bits 16-31  overflow: entries that belong into this bucket or one before it and lie behind it
 *
 * The hash of a key (32 bits) is used thrice: leading bits choose the page, bits 8-11 xor bits 0-3 the home bucket, bits 0-7 are the
 * fingerprint (1-255, 0 marks an empty slot). The xor keeps the home buckets evenly filled beyond 100 million keys, where the
 * leading bits reach down to bits 8-11. A key lies in its home bucket or, when that is full, in the next one with room; the
 * overflow count tells a search when to stop, and counts back down on removal, so there are no tombstones (F14's scheme).
 *
 * A search compares fingerprints four at a time in a 32-bit word, and touches one cache line of the page, mostly.
 */
import type { Segment } from "../memory/segment.js";

export const enum DictPage {
  BYTES = 1088,
  BUCKETS = 16,
  BUCKET_SLOTS = 12,
  SLOTS = 192,
  /** An insert into a page with this many entries splits it first. */
  SPLIT_AT = 176,
  /** A page whose entries sink to this many tries to merge with its neighbour … */
  MERGE_AT = 40,
  /** … if the two together have no more than this. */
  MERGED_MAX = 96,

  DEPTH = 0,
  COUNT = 1,
  VOLATILE = 2,
  /** Double index of the due time, relative to the page's first double. */
  DUE_F64 = 2,

  HEADER_WORDS = 16,
  BUCKET_WORDS = 16,
  /** Word of a bucket with its flags. */
  FLAGS = 3,
  /** Word of a bucket with its first ref. */
  REFS = 4,
  OVERFLOW_ONE = 0x10000,
  VOLATILE_MASK = 0xfff,
}

/** The fingerprint of a hash. */
export function fingerprint(hash: number): number {
  const low = hash & 0xff;
  return low === 0 ? 1 : low;
}

/** The home bucket of a hash. */
export function homeBucket(hash: number): number {
  return ((hash >>> 8) ^ hash) & 15;
}

/** Makes the page at word `page` empty, with the given depth. */
export function clearPage(segment: Segment, page: number, depth: number): void {
  segment.u32.fill(0, page, page + DictPage.BYTES / 4);
  segment.u32[page + DictPage.DEPTH] = depth;
  segment.f64[(page >> 1) + DictPage.DUE_F64] = Number.POSITIVE_INFINITY;
}

/** Puts a ref into the page at word `page`, which must have room. Updates the page's counts. */
export function placeInPage(segment: Segment, page: number, hash: number, ref: number, isVolatile: boolean): void {
  const u32 = segment.u32;
  let bucket = homeBucket(hash);
  for (;;) {
    const word = page + DictPage.HEADER_WORDS + bucket * DictPage.BUCKET_WORDS;
    const slot = freeSlot(u32, word);
    if (slot >= 0) {
      const shift = (slot & 3) << 3;
      u32[word + (slot >> 2)]! |= fingerprint(hash) << shift;
      u32[word + DictPage.REFS + slot] = ref;
      u32[page + DictPage.COUNT]!++;
      if (isVolatile) {
        u32[word + DictPage.FLAGS]! |= 1 << slot;
        u32[page + DictPage.VOLATILE]!++;
      }
      return;
    }
    u32[word + DictPage.FLAGS]! += DictPage.OVERFLOW_ONE;
    bucket = (bucket + 1) & (DictPage.BUCKETS - 1);
  }
}

/** Empties slot `slot` of the bucket at word `bucketWord`, which holds an entry of that hash, and updates the page's counts. */
export function removeFromPage(segment: Segment, page: number, hash: number, bucketWord: number, slot: number): void {
  const u32 = segment.u32;
  u32[bucketWord + (slot >> 2)]! &= ~(0xff << ((slot & 3) << 3));
  u32[bucketWord + DictPage.REFS + slot] = 0;
  u32[page + DictPage.COUNT]!--;
  if ((u32[bucketWord + DictPage.FLAGS]! & (1 << slot)) !== 0) {
    u32[bucketWord + DictPage.FLAGS]! &= ~(1 << slot);
    u32[page + DictPage.VOLATILE]!--;
  }
  let bucket = homeBucket(hash);
  for (;;) {
    const word = page + DictPage.HEADER_WORDS + bucket * DictPage.BUCKET_WORDS;
    if (word === bucketWord) return;
    u32[word + DictPage.FLAGS]! -= DictPage.OVERFLOW_ONE;
    bucket = (bucket + 1) & (DictPage.BUCKETS - 1);
  }
}

/** Index of an empty slot in the bucket at word `word`, -1 when it is full. */
function freeSlot(u32: Uint32Array, word: number): number {
  for (let i = 0; i < 3; i++) {
    const prints = u32[word + i]!;
    const zero = (prints - 0x01010101) & ~prints & 0x80808080;
    if (zero !== 0) return (i << 2) + ((31 - Math.clz32(zero & -zero)) >> 3);
  }
  return -1;
}
