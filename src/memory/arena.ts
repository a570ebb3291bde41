/**
 * The arena: all data of a server, outside the JavaScript heap, handed out in blocks.
 *
 * `allocate(size)` returns a ref to at least `size` bytes, aligned to 8 and not cleared; `free(ref)` takes it back. Both are
 * a handful of word accesses: a size class keeps a list of slabs (spans of pages cut into equal blocks) with room, a
 * slab keeps its freed blocks in a list threaded through their first words. A slab without a used block returns its pages,
 * a segment without a used page returns to the system.
 *
 *     free block    word 0 next free block of its slab | word 1 its own ref, exclusive or FREE_MARK
 *
 * The mark tells when a block is freed twice, or written to after it was freed (`verify`).
 *
 * Overhead per block: none beyond rounding (see size-classes.ts); 32 bytes of page table per 16 KB, which is 0.2 %.
 *
 * Design: slabs and page heap after TCMalloc and mimalloc, docs/design/0001-memory.md.
 */
import { assert } from "../bytes/assert.js";
import { clearBytes } from "../bytes/region.js";
import { linkFirst, OutOfMemory, Page, PageHeap, PageState, Root, unlink, verifySegmentCounts } from "./page-heap.js";
import {
  type ReachListener,
  Ref,
  type ReserveFactory,
  type Segment,
  type SegmentFactory,
  SegmentSize,
  segmentBuffer,
} from "./segment.js";
import { BLOCK_SIZE, PageSize, SizeClass, SLAB_BLOCKS, SLAB_PAGES, sizeClassOf } from "./size-classes.js";

export { OutOfMemory } from "./page-heap.js";

export interface ArenaOptions {
  /** No more bytes than this in all segments together. */
  limitBytes?: number;
  createBuffer?: SegmentFactory;
  /** Makes the buffers of huge blocks, without a reserve if left out. */
  createReserve?: ReserveFactory;
  reached?: ReachListener;
}

/** Blocks from here on get a segment of their own, so that they can grow in place: below, a copy takes some milliseconds. */
export const HUGE_BLOCK = 33_554_432;

/** Pages that one value may take in an ordinary segment. */
const MAX_SPAN_PAGES = PageSize.PER_SEGMENT - Page.TABLE_PAGES - 1;
/** With more segments than this only what fits no other gets one of its own: there are no more than 512. */
const MANY_SEGMENTS = SegmentSize.MAX_COUNT / 2;

/** Any, but unlikely in data. Blocks handed out lose their mark, so what looks marked is looked for in the free list. */
const FREE_MARK = 0x5f3e9ac1;

const NOT_IN_USE = "a block of the arena is freed that is not in use: freed twice?";
const NO_HUGE_BLOCK = "a ref of a huge block leads to another segment: is it 0?";
const NO_BLOCK = "a ref is freed at which no block of the arena begins";

export class Arena {
  readonly pages: PageHeap;
  /** Indexed by ref >>> Ref.SEGMENT_SHIFT. */
  readonly segments: Segment[];
  /** Makes buffers that `adopt` can take over, with a reserve. Throws a RangeError. */
  readonly createReserve: ReserveFactory;
  readonly #root: Segment;

  constructor(options: ArenaOptions = {}) {
    const createBuffer = options.createBuffer ?? ((size: number) => segmentBuffer(size));
    this.createReserve = options.createReserve ?? ((size: number) => segmentBuffer(size));
    const { limitBytes = Number.POSITIVE_INFINITY, reached } = options;
    this.pages = new PageHeap(limitBytes, createBuffer, options.createReserve, reached);
    this.segments = this.pages.segments;
    this.#root = this.segments[0]!;
  }

  /** Bytes in blocks in use. */
  get allocatedBytes(): number {
    return this.#root.f64[Root.ALLOCATED_F64]!;
  }

  /** Blocks in use. */
  get blockCount(): number {
    return this.#root.f64[Root.BLOCKS_F64]!;
  }

  /** Bytes of all segments, touched or not. */
  get segmentBytes(): number {
    return this.pages.segmentBytes;
  }

  /** Bytes that the system has given and no block's page uses. */
  get unusedBytes(): number {
    return this.pages.unusedBytes;
  }

  /** Bytes of memory dropped since the start, which return to the system when JavaScript's garbage collector has run. */
  get droppedBytes(): number {
    return this.pages.droppedBytes;
  }

  /** Drops unused memory of one segment, at least `least` bytes, moving up to `moveLimit` bytes of blocks; returns the bytes dropped. */
  trim(least: number, moveLimit: number): number {
    this.#releaseEmptySlabs();
    return this.pages.trim(least, moveLimit);
  }

  /** Bytes of pages in slabs and large blocks, metadata included: what the process can be expected to hold. */
  get committedBytes(): number {
    let free = 0;
    this.pages.eachFreeSpan((_, pages) => {
      free += pages * PageSize.BYTES;
    });
    return this.pages.segmentBytes - free;
  }

  /** A block of at least `size` bytes (1 or more); those of a huge one are zero. Throws OutOfMemory before anything changed. */
  allocate(size: number): number {
    if (size > SizeClass.MAX) return this.#allocateLarge(size);
    const sizeClass = size <= SizeClass.SMALL_MAX ? (size + 7) >>> 3 : sizeClassOf(size);
    const root = this.#root;
    let page = root.u32[Root.SLABS + sizeClass]!;
    if (page === 0) page = this.#addSlab(sizeClass);
    const u32 = this.segments[page >>> Page.SEGMENT_SHIFT]!.u32;
    const word = (page & Page.INDEX) << Page.SHIFT;
    const used = u32[word + Page.USED]! + 1;
    let ref = u32[word + Page.FREE_LIST]!;
    if (ref !== 0) {
      u32[word + Page.FREE_LIST] = u32[(ref & Ref.UNIT) << 1]!;
    } else {
      const fresh = u32[word + Page.FRESH]!;
      u32[word + Page.FRESH] = fresh + 1;
      ref = ((page << Ref.PAGE_SHIFT) + fresh * (BLOCK_SIZE[sizeClass]! >>> 3)) >>> 0;
    }
    u32[((ref & Ref.UNIT) << 1) + 1] = 0;
    u32[word + Page.USED] = used;
    if (used === SLAB_BLOCKS[sizeClass]!) unlink(this.segments, Root.SLABS + sizeClass, page);
    root.f64[Root.ALLOCATED_F64]! += BLOCK_SIZE[sizeClass]!;
    root.f64[Root.BLOCKS_F64]!++;
    return ref;
  }

  /**
   * Makes a block of `size` bytes, from `start` of a buffer on, without copying them. Those behind it up to `touched` may have been written, the
   * others are zero. `start` is a multiple of 8. Throws OutOfMemory.
   */
  adopt(buffer: ArrayBufferLike, start: number, size: number, touched: number): number {
    return this.#hugeBlock(this.pages.adoptSegment(buffer, start, size), touched);
  }

  /**
   * Makes a huge block `size` bytes long where it lies, of which those from `from` on are zero; false when the block is none, or its reserve is
   * used up. To be asked for before bytes are used that the block was not made for, even if its capacity has room for them.
   */
  grow(ref: number, from: number, size: number): boolean {
    if ((ref & Ref.UNIT) !== 0) return false;
    const index = ref >>> Ref.SEGMENT_SHIFT;
    const segment = this.segments[index]!;
    assert(segment.isHuge, NO_HUGE_BLOCK);
    const before = segment.u8.length;
    if (size > before) {
      if (!this.pages.growHuge(index, size)) return false;
      this.#root.f64[Root.ALLOCATED_F64]! += segment.u8.length - before;
    }
    if (from < segment.touchedBytes) clearBytes(segment, from, Math.min(size, segment.touchedBytes) - from);
    if (size > segment.touchedBytes) segment.touchedBytes = size;
    return true;
  }

  /** Takes a block back. Throws AssertionFailed when the ref is that of no block in use. */
  free(ref: number): void {
    let page = ref >>> Ref.PAGE_SHIFT;
    const segmentIndex = ref >>> Ref.SEGMENT_SHIFT;
    if ((ref & Ref.UNIT) === 0) return this.#freeHuge(segmentIndex);
    const u32 = this.segments[segmentIndex]!.u32;
    let word = (page & Page.INDEX) << Page.SHIFT;
    let state = u32[word]!;
    if ((state & 0xff) === PageState.INSIDE) {
      page -= u32[word + Page.LENGTH]!;
      word = (page & Page.INDEX) << Page.SHIFT;
      state = u32[word]!;
    }
    if ((state & 0xff) !== PageState.SLAB) return this.#freeLarge(ref, page);
    const sizeClass = state >>> 8;
    const unit = (ref & Ref.UNIT) << 1;
    const mark = (ref ^ FREE_MARK) >>> 0;
    if (u32[unit + 1] === mark || !isBlock(u32, page, ref)) assertNotFree(u32, page, ref);
    const root = this.#root;
    root.f64[Root.BLOCKS_F64]!--;
    root.f64[Root.ALLOCATED_F64]! -= BLOCK_SIZE[sizeClass]!;
    u32[unit] = u32[word + Page.FREE_LIST]!;
    u32[unit + 1] = mark;
    u32[word + Page.FREE_LIST] = ref;
    const used = u32[word + Page.USED]! - 1;
    u32[word + Page.USED] = used;
    if (used === SLAB_BLOCKS[sizeClass]! - 1) linkFirst(this.segments, Root.SLABS + sizeClass, page);
    if (used === 0) this.#releaseSlab(sizeClass, page, word);
  }

  /** The bytes a block really has, which may be more than were asked for. */
  capacity(ref: number): number {
    if ((ref & Ref.UNIT) === 0) return this.#hugeCapacity(ref >>> Ref.SEGMENT_SHIFT);
    const u32 = this.segments[ref >>> Ref.SEGMENT_SHIFT]!.u32;
    let word = ((ref >>> Ref.PAGE_SHIFT) & Page.INDEX) << Page.SHIFT;
    if ((u32[word]! & 0xff) === PageState.INSIDE) word -= u32[word + Page.LENGTH]! << Page.SHIFT;
    const state = u32[word]!;
    if ((state & 0xff) === PageState.LARGE) return u32[word + Page.LENGTH]! * PageSize.BYTES;
    return BLOCK_SIZE[state >>> 8]!;
  }

  /** The capacity a block of `size` bytes would have. */
  static roundedSize(size: number): number {
    if (size <= SizeClass.MAX) return BLOCK_SIZE[sizeClassOf(size)]!;
    return Math.ceil(size / PageSize.BYTES) * PageSize.BYTES;
  }

  /** Reads a word kept for the layers above; `slot` 0 to 63. */
  rootWord(slot: number): number {
    return this.#root.u32[Root.USER + slot]!;
  }

  setRootWord(slot: number, value: number): void {
    this.#root.u32[Root.USER + slot] = value;
  }

  #allocateLarge(size: number): number {
    const pages = Math.ceil(size / PageSize.BYTES);
    const root = this.#root;
    if (pages > MAX_SPAN_PAGES || (size >= HUGE_BLOCK && this.pages.segmentCount < MANY_SEGMENTS)) {
      return this.#hugeBlock(this.pages.addHugeSegment(size), size);
    }
    const page = this.pages.allocateSpan(pages);
    const u32 = this.segments[page >>> Page.SEGMENT_SHIFT]!.u32;
    const word = (page & Page.INDEX) << Page.SHIFT;
    u32[word + Page.STATE] = PageState.LARGE;
    u32[word + Page.LENGTH] = pages;
    root.f64[Root.ALLOCATED_F64]! += pages * PageSize.BYTES;
    root.f64[Root.BLOCKS_F64]!++;
    return (page << Ref.PAGE_SHIFT) >>> 0;
  }

  #hugeBlock(index: number, touched: number): number {
    const root = this.#root;
    const segment = this.segments[index]!;
    segment.touchedBytes = touched;
    root.f64[Root.ALLOCATED_F64]! += segment.u8.length;
    root.f64[Root.BLOCKS_F64]!++;
    return (index << Ref.SEGMENT_SHIFT) >>> 0;
  }

  #freeLarge(ref: number, page: number): void {
    const u32 = this.segments[page >>> Page.SEGMENT_SHIFT]!.u32;
    const word = (page & Page.INDEX) << Page.SHIFT;
    assert((u32[word]! & 0xff) === PageState.LARGE, NOT_IN_USE);
    assert(ref === (page << Ref.PAGE_SHIFT) >>> 0 && page !== Page.TABLE_PAGES, NO_BLOCK);
    const pages = u32[word + Page.LENGTH]!;
    const root = this.#root;
    root.f64[Root.BLOCKS_F64]!--;
    root.f64[Root.ALLOCATED_F64]! -= pages * PageSize.BYTES;
    this.pages.freeSpan(page, pages);
  }

  #hugeCapacity(index: number): number {
    const segment = this.segments[index]!;
    assert(segment.isHuge, NO_HUGE_BLOCK);
    return segment.u8.length;
  }

  #freeHuge(index: number): void {
    assert(this.segments[index]?.isHuge === true, NOT_IN_USE);
    const root = this.#root;
    root.f64[Root.ALLOCATED_F64]! -= this.segments[index]!.u8.length;
    root.f64[Root.BLOCKS_F64]!--;
    this.pages.removeSegment(index);
  }

  #addSlab(sizeClass: number): number {
    const pages = SLAB_PAGES[sizeClass]!;
    const page = this.pages.allocateSpan(pages);
    const u32 = this.segments[page >>> Page.SEGMENT_SHIFT]!.u32;
    const word = (page & Page.INDEX) << Page.SHIFT;
    u32[word + Page.STATE] = PageState.SLAB | (sizeClass << 8);
    u32[word + Page.LENGTH] = pages;
    u32[word + Page.USED] = 0;
    u32[word + Page.FREE_LIST] = 0;
    u32[word + Page.FRESH] = 0;
    for (let i = 1; i < pages; i++) {
      u32[word + (i << Page.SHIFT) + Page.STATE] = PageState.INSIDE;
      u32[word + (i << Page.SHIFT) + Page.LENGTH] = i;
    }
    linkFirst(this.segments, Root.SLABS + sizeClass, page);
    return page;
  }

  /**
   * An empty slab gives its pages back. In segment 0, which stays anyway, the last one with room is kept, so that a key that comes
   * and goes in a small server does not cut a slab each time; elsewhere it would keep a whole segment alive.
   */
  #releaseSlab(sizeClass: number, page: number, word: number): void {
    const u32 = this.segments[page >>> Page.SEGMENT_SHIFT]!.u32;
    if (page < PageSize.PER_SEGMENT && u32[word + Page.NEXT] === 0 && u32[word + Page.PREVIOUS] === 0) {
      // Start over from its front, so that it does not keep a scattered free list.
      u32[word + Page.FREE_LIST] = 0;
      u32[word + Page.FRESH] = 0;
      return;
    }
    unlink(this.segments, Root.SLABS + sizeClass, page);
    this.pages.freeSpan(page, SLAB_PAGES[sizeClass]!);
  }

  /** Gives back the empty slabs that segment 0 keeps: scattered as they are, they would hold a large page of the system each. */
  #releaseEmptySlabs(): void {
    const { u32 } = this.#root;
    for (let sizeClass = 1; sizeClass < SizeClass.COUNT; sizeClass++) {
      const page = u32[Root.SLABS + sizeClass]!;
      if (page === 0 || page >= PageSize.PER_SEGMENT || u32[(page << Page.SHIFT) + Page.USED] !== 0) continue;
      unlink(this.segments, Root.SLABS + sizeClass, page);
      this.pages.freeSpan(page, SLAB_PAGES[sizeClass]!);
    }
  }

  /**
   * Checks everything the arena knows about itself, and with `live` (every block its owners know, each once) that no block
   * leaked or is owned twice. Returns what is wrong, in words; empty when all is well. For tests, fuzzing and DEBUG.
   */
  verify(live?: Iterable<number>): string[] {
    return verifyArena(this, live);
  }
}

/** Does one of a slab's blocks, that was handed out once, begin at the ref? */
function isBlock(u32: Uint32Array, page: number, ref: number): boolean {
  const word = (page & Page.INDEX) << Page.SHIFT;
  const units = BLOCK_SIZE[u32[word]! >>> 8]! >>> 3;
  const distance = (ref - (page << Ref.PAGE_SHIFT)) | 0;
  return distance >= 0 && distance < u32[word + Page.FRESH]! * units && distance % units === 0;
}

/** For a ref that is no block's, or whose block looks free: throws unless that is a chance of what was written to it. */
function assertNotFree(u32: Uint32Array, page: number, ref: number): void {
  assert(isBlock(u32, page, ref), NO_BLOCK);
  for (
    let free = u32[((page & Page.INDEX) << Page.SHIFT) + Page.FREE_LIST]!;
    free !== 0;
    free = u32[(free & Ref.UNIT) << 1]!
  ) {
    assert(free !== ref, NOT_IN_USE);
  }
}

function verifyArena(arena: Arena, live: Iterable<number> | undefined): string[] {
  const problems: string[] = [];
  const used = new Set<number>();
  let bytes = 0;
  const freeSpans = new Map<number, number>();
  arena.pages.eachFreeSpan((page, pages) => {
    if (freeSpans.has(page)) problems.push(`free span ${page} is listed twice`);
    freeSpans.set(page, pages);
  });
  arena.segments.forEach((segment, index) => {
    if (segment === undefined) return;
    if (segment.isHuge) {
      used.add((index << Ref.SEGMENT_SHIFT) >>> 0);
      bytes += segment.u8.length;
      return;
    }
    bytes += verifySegment(arena, index, freeSpans, used, problems);
  });
  if (freeSpans.size > 0) problems.push(`${freeSpans.size} listed free spans are not free`);
  if (bytes !== arena.allocatedBytes)
    problems.push(`allocatedBytes is ${arena.allocatedBytes}, blocks add up to ${bytes}`);
  if (used.size !== arena.blockCount) problems.push(`blockCount is ${arena.blockCount}, there are ${used.size}`);
  if (live !== undefined) {
    for (const ref of live) {
      if (!used.delete(ref)) problems.push(`ref ${ref} is owned but not allocated, or owned twice`);
    }
    if (used.size > 0) problems.push(`${used.size} blocks leaked, the first is ${used.values().next().value}`);
  }
  return problems;
}

/** Walks the spans of one segment; adds its used blocks to `used` and returns their bytes. */
function verifySegment(
  arena: Arena,
  index: number,
  freeSpans: Map<number, number>,
  used: Set<number>,
  problems: string[],
): number {
  const u32 = arena.segments[index]!.u32;
  let bytes = 0;
  let at: number = Page.TABLE_PAGES;
  let lastWasFree = false;
  let usedPages = 0;
  while (at < PageSize.PER_SEGMENT) {
    const word = at << Page.SHIFT;
    const page = (index << Page.SEGMENT_SHIFT) + at;
    const state = u32[word]! & 0xff;
    const pages = u32[word + Page.LENGTH]!;
    if (index === 0 && at === Page.TABLE_PAGES) {
      if (pages !== 1) problems.push(`the root page has length ${pages}`);
    } else if (state === PageState.FREE) {
      if (freeSpans.get(page) !== pages) problems.push(`free span ${page} is not listed with its length`);
      if (lastWasFree) problems.push(`free spans before ${page} were not joined`);
      freeSpans.delete(page);
    } else if (state === PageState.LARGE) {
      used.add((page << Ref.PAGE_SHIFT) >>> 0);
      bytes += pages * PageSize.BYTES;
    } else if (state === PageState.SLAB) {
      bytes += verifySlab(u32, page, used, problems);
    } else {
      problems.push(`page ${page} has state ${state}`);
      return bytes;
    }
    lastWasFree = state === PageState.FREE;
    if (!lastWasFree) usedPages += pages;
    if (pages < 1) {
      problems.push(`span ${page} has length ${pages}`);
      return bytes;
    }
    at += pages;
  }
  if (at !== PageSize.PER_SEGMENT) problems.push(`segment ${index} does not end at its last span`);
  verifySegmentCounts(arena.segments[index]!, index, usedPages, problems);
  return bytes;
}

function verifySlab(u32: Uint32Array, page: number, used: Set<number>, problems: string[]): number {
  const word = (page & Page.INDEX) << Page.SHIFT;
  const sizeClass = u32[word]! >>> 8;
  const units = BLOCK_SIZE[sizeClass]! >>> 3;
  const base = (page << Ref.PAGE_SHIFT) >>> 0;
  const fresh = u32[word + Page.FRESH]!;
  const free = new Set<number>();
  for (let ref = u32[word + Page.FREE_LIST]!; ref !== 0; ref = u32[(ref & Ref.UNIT) << 1]!) {
    const block = (ref - base) / units;
    if (!Number.isInteger(block) || block < 0 || block >= fresh || free.has(ref)) {
      problems.push(`slab ${page} has a broken free list at ${ref}`);
      break;
    }
    if (u32[((ref & Ref.UNIT) << 1) + 1] !== (ref ^ FREE_MARK) >>> 0)
      problems.push(`block ${ref} was written to after it was freed`);
    free.add(ref);
  }
  if (fresh - free.size !== u32[word + Page.USED])
    problems.push(`slab ${page} counts ${u32[word + Page.USED]} used blocks`);
  for (let block = 0; block < fresh; block++) if (!free.has(base + block * units)) used.add(base + block * units);
  return (fresh - free.size) * BLOCK_SIZE[sizeClass]!;
}

/** For callers that only need the type of the exception. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof OutOfMemory;
}
