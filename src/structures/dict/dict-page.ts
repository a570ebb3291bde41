/**
 * A page of a dict: 16 buckets of 12 slots, each bucket one cache line.
 *
 *     page    128 bytes header, then 16 buckets of 64 bytes              1152 bytes, 192 slots
 *     bucket  12 fingerprint bytes | flags | 12 refs of 4 bytes            64 bytes
 *
 *     header  word 0       depth: how many leading bits of the hash the page's keys share
 *             word 1       entries
 *             word 2       volatile entries: those with an expiry
 *             word 3       base: which bits of the hash the bits ahead are
 *             bytes 16-23  due, a double: the expire cycle has nothing to do here up to this time (see Dict.sweepPage)
 *             word 6       epoch: which snapshot has seen the page (see PageGuard)
 *             bytes 32-127 bits ahead: for each slot the 4 bits of its hash from `base` on; 6 bytes a bucket, even slots low
 *     flags   bits 0-11    which slots hold a volatile entry
 *             bits 12-23   displaced: which slots hold an entry that belongs into a bucket before this one
 *             bits 24-31   overflow: entries that belong into this bucket or one before it and lie behind it
 *
 * The hash of a key (32 bits) is used thrice: leading bits choose the page, bits 8-11 xor bits 0-3 the home bucket, bits 0-7 are the
 * fingerprint (1-255, 0 marks an empty slot). The xor keeps the home buckets evenly filled beyond 100 million keys, where the
 * leading bits reach down to bits 8-11. A key lies in its home bucket or, when that is full, in the next one with room; the
 * overflow count tells a search when to stop, and counts back down on removal, so there are no tombstones (F14's scheme).
 *
 * A search compares fingerprints four at a time in a 32-bit word, and touches one cache line of the page, mostly.
 *
 * The bits ahead let a page split four times without reading its keys, each of which is a cache miss: which half an entry goes to is the
 * bit at (depth - base), its home bucket is where it lies unless it is displaced. Half a byte a slot made inserting a million
 * keys 1.4 times as fast (Node 20.20).
 */
import type { Segment } from "../../memory/segment.js";

export const enum DictPage {
  BYTES = 1152,
  BUCKETS = 16,
  BUCKET_SLOTS = 12,
  SLOTS = 192,
  /** An insert into a page with this many entries splits it first. */
  SPLIT_AT = 176,
  /** A page whose entries sink to this many tries to merge with its neighbour … */
  MERGE_AT = 40,
  /** … if the two together have no more than this. */
  MERGED_MAX = 96,

  // Words of the header, `u32[page + DEPTH]` and so on, where `page` is the word at which a page begins.
  DEPTH = 0,
  COUNT = 1,
  VOLATILE = 2,
  BASE = 3,
  EPOCH = 6,
  /** `f64[(page >> 1) + DUE_F64]`: the due time. */
  DUE_F64 = 2,
  /**
   * Offset of the bits ahead in bytes, and what a bucket and a slot take of them. Those of a slot lie in the byte
   * `(page << 2) + AHEAD + bucket * AHEAD_BYTES + (slot >> 1)`, `(slot & 1) << 2` bits from its end (`slotAhead`).
   */
  AHEAD = 32,
  AHEAD_BYTES = 6,
  AHEAD_BITS = 4,

  /** A bucket begins at word `page + HEADER_WORDS + bucket * BUCKET_WORDS`. */
  HEADER_WORDS = 32,
  BUCKET_WORDS = 16,
  /** `u32[bucketWord + FLAGS]`: its flags. */
  FLAGS = 3,
  /** `u32[bucketWord + REFS + slot]`: a ref. */
  REFS = 4,
  /** Read: `flags >>> OVERFLOW_SHIFT`. Write: `flags + OVERFLOW_ONE`, `flags - OVERFLOW_ONE`. */
  OVERFLOW_ONE = 0x1000000,
  OVERFLOW_SHIFT = 24,
  /** Read: `flags & VOLATILE_MASK` for all, `flags & (1 << slot)` for one. Write: `flags | (1 << slot)`. */
  VOLATILE_MASK = 0xfff,
  /** Read: `flags & (1 << (slot + DISPLACED_SHIFT))`. Write: `flags | (1 << (slot + DISPLACED_SHIFT))`. */
  DISPLACED_SHIFT = 12,
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

/** The bits of a hash that a page with this base keeps. */
export function bitsAhead(hash: number, base: number): number {
  return (hash << base) >>> (32 - DictPage.AHEAD_BITS);
}

/** Makes the page at word `page` empty, with the given depth and base of its bits ahead. */
export function clearPage(segment: Segment, page: number, depth: number, base: number): void {
  segment.u32.fill(0, page, page + DictPage.BYTES / 4);
  segment.u32[page + DictPage.DEPTH] = depth;
  segment.u32[page + DictPage.BASE] = base;
  segment.f64[(page >> 1) + DictPage.DUE_F64] = Number.POSITIVE_INFINITY;
}

/** Puts a ref into the page at word `page`, which must have room. Updates the page's counts. */
export function placeInPage(segment: Segment, page: number, hash: number, ref: number, isVolatile: boolean): void {
  const ahead = bitsAhead(hash, segment.u32[page + DictPage.BASE]!);
  placeKnown(segment, page, homeBucket(hash), fingerprint(hash), ahead, ref, isVolatile);
}

/** As `placeInPage`, by what a page knows of a hash. */
export function placeKnown(
  segment: Segment,
  page: number,
  home: number,
  print: number,
  ahead: number,
  ref: number,
  isVolatile: boolean,
): void {
  const u32 = segment.u32;
  let bucket = home;
  for (;;) {
    const word = page + DictPage.HEADER_WORDS + bucket * DictPage.BUCKET_WORDS;
    const slot = freeSlot(u32, word);
    if (slot >= 0) {
      u32[word + (slot >> 2)]! |= print << ((slot & 3) << 3);
      u32[word + DictPage.REFS + slot] = ref;
      u32[page + DictPage.COUNT]!++;
      if (bucket !== home) u32[word + DictPage.FLAGS]! |= 1 << (slot + DictPage.DISPLACED_SHIFT);
      if (isVolatile) {
        u32[word + DictPage.FLAGS]! |= 1 << slot;
        u32[page + DictPage.VOLATILE]!++;
      }
      const at = aheadByte(page, bucket, slot);
      const shift = (slot & 1) << 2;
      segment.u8[at] = (segment.u8[at]! & (0xf0 >>> shift)) | (ahead << shift);
      return;
    }
    u32[word + DictPage.FLAGS]! += DictPage.OVERFLOW_ONE;
    bucket = (bucket + 1) & (DictPage.BUCKETS - 1);
  }
}

/** The bits ahead of a slot. */
export function slotAhead(segment: Segment, page: number, bucket: number, slot: number): number {
  return (segment.u8[aheadByte(page, bucket, slot)]! >>> ((slot & 1) << 2)) & 15;
}

function aheadByte(page: number, bucket: number, slot: number): number {
  return (page << 2) + DictPage.AHEAD + bucket * DictPage.AHEAD_BYTES + (slot >> 1);
}

/** Empties slot `slot` of the bucket at word `bucketWord`, which holds an entry of that hash, and updates the page's counts. */
export function removeFromPage(segment: Segment, page: number, hash: number, bucketWord: number, slot: number): void {
  const u32 = segment.u32;
  u32[bucketWord + (slot >> 2)]! &= ~(0xff << ((slot & 3) << 3));
  u32[bucketWord + DictPage.REFS + slot] = 0;
  u32[page + DictPage.COUNT]!--;
  const flags = u32[bucketWord + DictPage.FLAGS]!;
  if ((flags & (1 << slot)) !== 0) u32[page + DictPage.VOLATILE]!--;
  u32[bucketWord + DictPage.FLAGS] = flags & ~((1 << slot) | (1 << (slot + DictPage.DISPLACED_SHIFT)));
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
