/**
 * The sizes in which the arena hands out blocks.
 *
 *     up to 1 KB      every multiple of 8         128 classes, at most 7 bytes lost
 *     up to 128 KB    16 steps to each doubling   112 classes, at most 6.25 % lost
 *     beyond          whole pages of 16 KB        no class: a span of its own
 *
 * Blocks of one class share slabs: spans of 1 to 32 pages, the shortest that loses under 4 % at its end.
 */
export const enum PageSize {
  BYTES = 16384,
  SHIFT = 14,
  /** A page in units of 8 bytes. */
  UNITS = 2048,
  /** Pages in a segment. */
  PER_SEGMENT = 4096,
}

export const enum SizeClass {
  /** Largest size with a class of its own for each multiple of 8. */
  SMALL_MAX = 1024,
  SMALL_COUNT = 128,
  /** Largest size that has a class. */
  MAX = 131072,
  /** Number of classes, class 0 (unused) included. */
  COUNT = 241,
}

/** Bytes of a block of each class. */
export const BLOCK_SIZE = new Uint32Array(SizeClass.COUNT);
/** Pages of a slab of each class. */
export const SLAB_PAGES = new Uint8Array(SizeClass.COUNT);
/** Blocks in a slab of each class. */
export const SLAB_BLOCKS = new Uint16Array(SizeClass.COUNT);

/** The class of a block of `size` bytes, 1 to SizeClass.MAX. */
export function sizeClassOf(size: number): number {
  if (size <= SizeClass.SMALL_MAX) return (size + 7) >>> 3;
  const log = 31 - Math.clz32(size - 1);
  return SizeClass.SMALL_COUNT + (log - 10) * 16 + ((size - 1 - (1 << log)) >>> (log - 4)) + 1;
}

for (let index = 1; index < SizeClass.COUNT; index++) {
  let size = index * 8;
  if (index > SizeClass.SMALL_COUNT) {
    const above = index - SizeClass.SMALL_COUNT - 1;
    const log = 10 + (above >> 4);
    size = (1 << log) + ((above & 15) + 1) * (1 << (log - 4));
  }
  BLOCK_SIZE[index] = size;
  let pages = 1;
  while (pages < 32) {
    const bytes = pages * PageSize.BYTES;
    if (bytes >= size && (bytes % size) * 25 <= bytes) break;
    pages++;
  }
  SLAB_PAGES[index] = pages;
  SLAB_BLOCKS[index] = Math.floor((pages * PageSize.BYTES) / size);
}
