/**
 * Hands out spans of pages within segments, and joins them again when they come back.
 *
 * The first pages of every segment hold its page table, one descriptor of 32 bytes for each page:
 *
 *     word 0   state (low 8 bits), size class of a slab (next 8)
 *     word 1   pages in the span; in a page inside a slab: how many pages back the slab starts
 *     word 2   slab: blocks in use
 *     word 3   slab: first free block (ref)
 *     word 4   slab: blocks ever handed out
 *     word 5   next span in its list (page number, 0 = none)
 *     word 6   previous span in its list
 *
 * The first descriptor is of the table itself, and keeps two counts of its segment (see `SegmentCount`).
 *
 * Free spans are listed by length: one list for each length up to 63 pages, one for each doubling beyond. The heads of all
 * lists live in the root page of segment 0 (see `Root`), so the whole state of the allocator is in the arena. A span's first
 * and last descriptors say what it is, which is what joining neighbours needs (boundary tags; TCMalloc's page heap).
 */
import { copyLong } from "../bytes/copy-long.js";
import { Region } from "../bytes/region.js";
import { type ReachListener, type ReserveFactory, Segment, type SegmentFactory, SegmentSize } from "./segment.js";
import { PageSize, SizeClass } from "./size-classes.js";

export const enum PageState {
  /** A descriptor never written: metadata, or the inside of a span. */
  INSIDE = 0,
  FREE = 1,
  SLAB = 2,
  LARGE = 3,
}

/** Words of a page descriptor; the descriptor of page p starts at word p << SHIFT of its segment. */
export const enum Page {
  SHIFT = 3,
  STATE = 0,
  LENGTH = 1,
  USED = 2,
  FREE_LIST = 3,
  FRESH = 4,
  NEXT = 5,
  PREVIOUS = 6,
  /** Pages the page table takes at the start of a segment. */
  TABLE_PAGES = 8,
  /** page number & INDEX: its index in the segment; page number >>> SEGMENT_SHIFT: the segment. */
  INDEX = 0xfff,
  SEGMENT_SHIFT = 12,
}

/** Words of a segment's first descriptor. */
const enum SegmentCount {
  /** Pages in spans handed out. */
  USED = 1,
  /** The most of them at once since the segment's memory was new. */
  PEAK = 2,
  /** A bit for each stretch of `Stretch.PAGES` from the start in which any page was ever handed out since then: what the system has given. */
  TOUCHED = 3,
}

/** What the system gives and takes at a time where it uses large pages: 2 MB, 32 to a segment. */
const enum Stretch {
  PAGES = 128,
  SHIFT = 7,
  BYTES = 2097152,
}

/** Word offsets in segment 0 of what the arena keeps about itself. */
export const enum Root {
  /** First word of the root page. */
  BASE = 32768,
  /** Heads of the lists of slabs with free blocks, by size class. */
  SLABS = 32768,
  /** Heads of the lists of free spans. */
  SPANS = 33024,
  /** As a double: bytes in blocks in use. */
  ALLOCATED_F64 = 16576,
  /** As a double: blocks in use. */
  BLOCKS_F64 = 16577,
  /** First of 64 words owned by the layers above (database roots and the like). */
  USER = 33280,
}

const SPAN_LISTS = 70;
/** Pages of a segment that spans are made of. */
const WHOLE: number = PageSize.PER_SEGMENT - Page.TABLE_PAGES;

/** Thrown when no memory is left; nothing was changed. */
export class OutOfMemory extends Error {
  constructor() {
    super("out of memory");
  }
}

export class PageHeap {
  /**
   * Indexed by ref >>> 23. A place whose segment was given back is undefined, never deleted: with 64 places and more V8 would turn
   * an array with holes into a hash table, and every access to data with it.
   */
  readonly segments: Segment[] = [];
  /** Bytes of all segments, used or not; of huge ones those in use. */
  segmentBytes = 0;
  segmentCount = 0;
  /** Bytes of memory dropped since the start, as far as it was ever used: they return to the system when JavaScript's collector runs. */
  droppedBytes = 0;

  constructor(
    readonly limitBytes: number,
    private readonly createBuffer: SegmentFactory,
    /** Null: huge segments are made as all others, without a reserve. */
    private readonly createReserve: ReserveFactory | null = null,
    private readonly reached: ReachListener | null = null,
  ) {
    this.addSegment();
    const root = this.segments[0]!;
    // The root page of segment 0 is never free.
    this.allocateSpan(1);
    root.u32[(Page.TABLE_PAGES << Page.SHIFT) + Page.STATE] = PageState.LARGE;
    root.u32[(Page.TABLE_PAGES << Page.SHIFT) + Page.LENGTH] = 1;
  }

  /** Takes a span of `pages` pages; returns its page number. Its descriptors are the caller's to fill. */
  allocateSpan(pages: number): number {
    const found = this.#findSpan(pages);
    const page = found !== 0 ? found : this.addSegment();
    const segment = this.segments[page >>> Page.SEGMENT_SHIFT]!;
    const index = page & Page.INDEX;
    const length = segment.u32[(index << Page.SHIFT) + Page.LENGTH]!;
    this.#unlinkSpan(page, length);
    if (length > pages) this.#markFree(page + pages, length - pages);
    const used = segment.u32[SegmentCount.USED]! + pages;
    segment.u32[SegmentCount.USED] = used;
    if (used > segment.u32[SegmentCount.PEAK]!) segment.u32[SegmentCount.PEAK] = used;
    const touched = segment.u32[SegmentCount.TOUCHED]!;
    const needed = (touched | stretches(index, pages)) >>> 0;
    if (needed !== touched) {
      segment.u32[SegmentCount.TOUCHED] = needed;
      this.reached?.(
        segment,
        page >>> Page.SEGMENT_SHIFT,
        (((index + pages - 1) >>> Stretch.SHIFT) + 1) * Stretch.BYTES,
      );
    }
    return page;
  }

  /** Gives a span back, joining it with free neighbours; a segment left wholly free goes back to the system. */
  freeSpan(page: number, pages: number): void {
    const u32 = this.segments[page >>> Page.SEGMENT_SHIFT]!.u32;
    let index = page & Page.INDEX;
    const after = index + pages;
    // Within a span that it is joined to, it must not look as if it were in use.
    u32[(index << Page.SHIFT) + Page.STATE] = PageState.INSIDE;
    u32[(index << Page.SHIFT) + Page.LENGTH] = 0;
    u32[SegmentCount.USED]! -= pages;
    if (after < PageSize.PER_SEGMENT && (u32[(after << Page.SHIFT) + Page.STATE]! & 0xff) === PageState.FREE) {
      const length = u32[(after << Page.SHIFT) + Page.LENGTH]!;
      this.#unlinkSpan(page + pages, length);
      pages += length;
    }
    if ((u32[((index - 1) << Page.SHIFT) + Page.STATE]! & 0xff) === PageState.FREE) {
      const length = u32[((index - 1) << Page.SHIFT) + Page.LENGTH]!;
      index -= length;
      page -= length;
      this.#unlinkSpan(page, length);
      pages += length;
    }
    this.#markFree(page, pages);
    if (pages === WHOLE) this.#giveBack(page);
  }

  /** A segment of its own for `size` bytes, which are zero; returns its index. */
  addHugeSegment(size: number): number {
    const bytes = wholePages(size);
    const { createReserve } = this;
    return this.#addHuge(bytes, () =>
      createReserve === null
        ? new Segment(this.createBuffer(bytes), bytes, undefined, true)
        : new Segment(createReserve(bytes), bytes, 0, true),
    );
  }

  /** Makes a segment of `size` bytes from `start`, a multiple of 8, on in a buffer that is there; returns its index. */
  adoptSegment(buffer: ArrayBufferLike, start: number, size: number): number {
    const bytes = Math.min(wholePages(size), Math.floor((buffer.byteLength - start) / 8) * 8);
    return this.#addHuge(bytes, () => new Segment(buffer, bytes, start, true));
  }

  /** Makes a huge segment longer where it lies; false when there is no room for that. */
  growHuge(index: number, size: number): boolean {
    const segment = this.segments[index]!;
    const before = segment.u8.length;
    const bytes = wholePages(size);
    if (bytes > segment.reservedBytes || this.segmentBytes + bytes - before > this.limitBytes) return false;
    segment.extend(bytes);
    this.segmentBytes += bytes - before;
    return true;
  }

  removeSegment(index: number): void {
    const segment = this.segments[index]!;
    this.segmentBytes -= segment.u8.length;
    this.segmentCount--;
    this.droppedBytes += segment.isHuge ? segment.u8.length : givenBytes(segment);
    this.segments[index] = undefined as unknown as Segment;
    segment.drop();
  }

  /** Adds a segment; returns the page number of its one free span. */
  addSegment(): number {
    const index = this.#freeSlot();
    this.#place(index, SegmentSize.BYTES, () => new Segment(this.createBuffer(SegmentSize.BYTES), SegmentSize.BYTES));
    const page = (index << Page.SEGMENT_SHIFT) + Page.TABLE_PAGES;
    this.#markFree(page, WHOLE);
    return page;
  }

  /** Bytes that the system has given and no span uses, at most: it may give less than 2 MB at a time. */
  get unusedBytes(): number {
    let bytes = 0;
    for (let i = 0; i < this.segments.length; i++) {
      const segment = this.segments[i];
      if (segment === undefined || segment.isHuge) continue;
      bytes += givenBytes(segment) - (Page.TABLE_PAGES + segment.u32[SegmentCount.USED]!) * PageSize.BYTES;
    }
    return bytes;
  }

  /**
   * Drops unused memory of one segment, the one with the most of it: the whole segment when nothing in it is used, otherwise by moving what
   * is used to new memory, if that is no more than `moveLimit` bytes. Less than `least` bytes are not worth it. Returns the bytes dropped.
   */
  trim(least: number, moveLimit: number): number {
    let most = least - 1;
    let found = -1;
    for (let i = 0; i < this.segments.length; i++) {
      const segment = this.segments[i];
      if (segment === undefined || segment.isHuge) continue;
      if (segment.u32[SegmentCount.USED]! * PageSize.BYTES > moveLimit || givenBytes(segment) <= most) continue;
      const bytes = droppableBytes(segment, i);
      if (bytes <= most) continue;
      most = bytes;
      found = i;
    }
    if (found < 0) return 0;
    if (found > 0 && this.segments[found]!.u32[SegmentCount.USED] === 0) {
      this.#unlinkSpan((found << Page.SEGMENT_SHIFT) + Page.TABLE_PAGES, WHOLE);
      this.removeSegment(found);
      return most;
    }
    return this.#renew(this.segments[found]!) ? most : 0;
  }

  /** Calls `visit` for every free span. */
  eachFreeSpan(visit: (page: number, pages: number) => void): void {
    const root = this.segments[0]!.u32;
    for (let list = 0; list < SPAN_LISTS; list++) {
      for (let page = root[Root.SPANS + list]!; page !== 0; ) {
        const u32 = this.segments[page >>> Page.SEGMENT_SHIFT]!.u32;
        const word = (page & Page.INDEX) << Page.SHIFT;
        visit(page, u32[word + Page.LENGTH]!);
        page = u32[word + Page.NEXT]!;
      }
    }
  }

  #freeSlot(): number {
    for (let i = 0; i < SegmentSize.MAX_COUNT; i++) if (this.segments[i] === undefined) return i;
    throw new OutOfMemory();
  }

  #addHuge(bytes: number, create: () => Segment): number {
    const index = this.#freeSlot();
    this.#place(index, bytes, create);
    return index;
  }

  #place(index: number, bytes: number, create: () => Segment): void {
    if (this.segmentBytes + bytes > this.limitBytes) throw new OutOfMemory();
    try {
      this.segments[index] = create();
    } catch (error) {
      if (error instanceof RangeError) throw new OutOfMemory();
      throw error;
    }
    this.segmentBytes += bytes;
    this.segmentCount++;
  }

  /** Moves the page table and all spans in use to new memory; false when there is none. Every ref stays what it was. */
  #renew(segment: Segment): boolean {
    const { u32 } = segment;
    const from = new Region(segment.u8);
    let buffer: ReturnType<SegmentFactory>;
    try {
      buffer = this.createBuffer(SegmentSize.BYTES);
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    this.droppedBytes += givenBytes(segment);
    segment.use(buffer, SegmentSize.BYTES);
    movePages(from, segment, 0, Page.TABLE_PAGES);
    eachUsedSpan(u32, (page, length) => movePages(from, segment, page, length));
    segment.u32[SegmentCount.PEAK] = segment.u32[SegmentCount.USED]!;
    segment.u32[SegmentCount.TOUCHED] = neededStretches(segment);
    return true;
  }

  #findSpan(pages: number): number {
    const root = this.segments[0]!.u32;
    for (let list = spanList(pages); list < SPAN_LISTS; list++) {
      for (let page = root[Root.SPANS + list]!; page !== 0; ) {
        const u32 = this.segments[page >>> Page.SEGMENT_SHIFT]!.u32;
        const word = (page & Page.INDEX) << Page.SHIFT;
        if (u32[word + Page.LENGTH]! >= pages) return page;
        page = u32[word + Page.NEXT]!;
      }
    }
    return 0;
  }

  #markFree(page: number, pages: number): void {
    const u32 = this.segments[page >>> Page.SEGMENT_SHIFT]!.u32;
    const first = (page & Page.INDEX) << Page.SHIFT;
    const last = ((page & Page.INDEX) + pages - 1) << Page.SHIFT;
    u32[last + Page.STATE] = PageState.FREE;
    u32[last + Page.LENGTH] = pages;
    u32[first + Page.STATE] = PageState.FREE;
    u32[first + Page.LENGTH] = pages;
    const root = this.segments[0]!.u32;
    const head = Root.SPANS + spanList(pages);
    const next = root[head]!;
    u32[first + Page.NEXT] = next;
    u32[first + Page.PREVIOUS] = 0;
    if (next !== 0) {
      this.segments[next >>> Page.SEGMENT_SHIFT]!.u32[((next & Page.INDEX) << Page.SHIFT) + Page.PREVIOUS] = page;
    }
    root[head] = page;
  }

  #unlinkSpan(page: number, pages: number): void {
    const u32 = this.segments[page >>> Page.SEGMENT_SHIFT]!.u32;
    const first = (page & Page.INDEX) << Page.SHIFT;
    u32[first + Page.STATE] = PageState.INSIDE;
    u32[(((page & Page.INDEX) + pages - 1) << Page.SHIFT) + Page.STATE] = PageState.INSIDE;
    unlink(this.segments, Root.SPANS + spanList(pages), page);
  }

  /** Drops a wholly free segment unless it is the only such one, so that a load at the edge does not thrash. */
  #giveBack(page: number): void {
    const index = page >>> Page.SEGMENT_SHIFT;
    if (index === 0) return;
    let spares = 0;
    for (let other = this.segments[0]!.u32[Root.SPANS + spanList(WHOLE)]!; other !== 0; ) {
      const u32 = this.segments[other >>> Page.SEGMENT_SHIFT]!.u32;
      const word = (other & Page.INDEX) << Page.SHIFT;
      if (u32[word + Page.LENGTH] === WHOLE) spares++;
      other = u32[word + Page.NEXT]!;
    }
    if (spares < 2) return;
    this.#unlinkSpan(page, WHOLE);
    this.removeSegment(index);
  }
}

function wholePages(bytes: number): number {
  return Math.ceil(bytes / PageSize.BYTES) * PageSize.BYTES;
}

function movePages(from: Region, to: Segment, page: number, count: number): void {
  copyLong(from, page * PageSize.BYTES, to, page * PageSize.BYTES, count * PageSize.BYTES);
}

/** Calls `visit` for every span in use of an ordinary segment. */
function eachUsedSpan(u32: Uint32Array, visit: (page: number, length: number) => void): void {
  for (let at: number = Page.TABLE_PAGES; at < PageSize.PER_SEGMENT; ) {
    const length = u32[(at << Page.SHIFT) + Page.LENGTH]!;
    if ((u32[at << Page.SHIFT]! & 0xff) !== PageState.FREE) visit(at, length);
    at += length;
  }
}

/** The bits of the stretches in which so many pages from `index` on lie. */
function stretches(index: number, pages: number): number {
  const first = index >>> Stretch.SHIFT;
  const last = (index + pages - 1) >>> Stretch.SHIFT;
  return (-1 << first) & (-1 >>> (31 - last));
}

/** The bits of the stretches that would be touched if the segment's memory were new. */
function neededStretches(segment: Segment): number {
  let bits = stretches(0, Page.TABLE_PAGES);
  eachUsedSpan(segment.u32, (page, length) => {
    bits |= stretches(page, length);
  });
  return bits;
}

/** Bytes of an ordinary segment that the system has given, at most. */
function givenBytes(segment: Segment): number {
  const bits = stretches(0, Page.TABLE_PAGES) | segment.u32[SegmentCount.TOUCHED]!;
  return bitCount(bits) * Stretch.BYTES;
}

/** Bytes that dropping a segment, or moving what is used in it, would give back: whole large pages, or what there is of small ones. */
function droppableBytes(segment: Segment, index: number): number {
  const used = segment.u32[SegmentCount.USED]!;
  if (used === 0 && index > 0) return givenBytes(segment);
  const large = givenBytes(segment) - bitCount(neededStretches(segment)) * Stretch.BYTES;
  return Math.max(large, (segment.u32[SegmentCount.PEAK]! - used) * PageSize.BYTES);
}

/** How many bits of a word are set. */
function bitCount(word: number): number {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** What is wrong with the counts of a segment of which so many pages are in use, in words. */
export function verifySegmentCounts(segment: Segment, index: number, usedPages: number, problems: string[]): void {
  const { u32 } = segment;
  if (u32[SegmentCount.USED] !== usedPages)
    problems.push(`segment ${index} counts ${u32[SegmentCount.USED]} used pages, not ${usedPages}`);
  if (u32[SegmentCount.PEAK]! < usedPages)
    problems.push(`segment ${index} had ${u32[SegmentCount.PEAK]} pages in use at most, fewer than now`);
  if ((neededStretches(segment) & ~(u32[SegmentCount.TOUCHED]! | 1)) !== 0)
    problems.push(`segment ${index} uses stretches that were never touched`);
}

/** Takes a span out of the doubly linked list whose head is word `head` of segment 0. */
export function unlink(segments: readonly Segment[], head: number, page: number): void {
  const word = (page & Page.INDEX) << Page.SHIFT;
  const u32 = segments[page >>> Page.SEGMENT_SHIFT]!.u32;
  const next = u32[word + Page.NEXT]!;
  const previous = u32[word + Page.PREVIOUS]!;
  if (next !== 0)
    segments[next >>> Page.SEGMENT_SHIFT]!.u32[((next & Page.INDEX) << Page.SHIFT) + Page.PREVIOUS] = previous;
  if (previous !== 0)
    segments[previous >>> Page.SEGMENT_SHIFT]!.u32[((previous & Page.INDEX) << Page.SHIFT) + Page.NEXT] = next;
  else segments[0]!.u32[head] = next;
}

/** Puts a span at the front of the list whose head is word `head` of segment 0. */
export function linkFirst(segments: readonly Segment[], head: number, page: number): void {
  const root = segments[0]!.u32;
  const next = root[head]!;
  const u32 = segments[page >>> Page.SEGMENT_SHIFT]!.u32;
  const word = (page & Page.INDEX) << Page.SHIFT;
  u32[word + Page.NEXT] = next;
  u32[word + Page.PREVIOUS] = 0;
  if (next !== 0)
    segments[next >>> Page.SEGMENT_SHIFT]!.u32[((next & Page.INDEX) << Page.SHIFT) + Page.PREVIOUS] = page;
  root[head] = page;
}

/** The list a free span of `pages` pages belongs to: 1..63 exactly, then 64-127 → 64, 128-255 → 65 … */
function spanList(pages: number): number {
  return pages < 64 ? pages : 58 + (31 - Math.clz32(pages));
}

// The lists must fit their places in the root page.
const ROOT_FITS: true = (Root.SLABS + SizeClass.COUNT <= Root.SPANS) as true;
if (!ROOT_FITS) throw new Error("size classes do not fit the root page");
