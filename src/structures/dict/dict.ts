/**
 * A dict: a hash index from keys to entries, which grows and shrinks page by page.
 *
 * It is extendible hashing. A page holds up to 192 entries whose hashes share their first `depth` bits; a full page splits in two by
 * the next bit, two nearly empty neighbours merge. No other page is touched, so the longest step is one split, about 15 µs on a
 * busy machine (60 when it has to hash its keys), at any size. Memory per entry, directory included, is 7.8 to 11.4 bytes, on average
 * 9.4: see docs/design/0001-memory.md.
 *
 * The directory that leads from a hash to its page has two levels, so that it too grows in small steps:
 *
 *     root    word 0 top (ref)  1 top depth  2 entries  3 volatile entries  4 pages  5 sweep position  6 drain position  7 next root
 *     top     2^(top depth) refs of tables, by the first bits of the hash
 *     table   word 0 prefix: bits that led here   1 depth: bits it decodes itself   then 2^depth refs of pages
 *
 * One Dict object serves all dicts of one kind in an arena: every method takes the root it works on. A key is a slice of a region, an
 * entry is a ref; the dict never frees entries. What an entry looks like, subclasses know: EntryDict for keys, ElementDict for
 * fields and members.
 *
 * Order and SCAN: a key's home bucket, then its hash, are an order of all keys that splitting and merging pages do not disturb, and
 * one bucket of one page is a stretch of it. A cursor is a place in that order, so whatever is in the dict from the start of a scan
 * to its end is returned, exactly once.
 *
 * One piece because searching, splitting, merging and walking share what a page knows, and V8 inlines the steps between them.
 *
 * Sources: Fagin et al., Extendible Hashing, 1979; Dragonfly's dashtable; Valkey 8.1's hashtable; F14 for the overflow counts.
 */

import { hashBytes } from "../../bytes/hash.js";
import { equalBytes, type Region } from "../../bytes/region.js";
import { copyWords } from "../../bytes/words.js";
import { type Arena, OutOfMemory } from "../../memory/arena.js";
import { Ref, type Segment } from "../../memory/segment.js";
import {
  bitsAhead,
  clearPage,
  DictPage,
  fingerprint,
  homeBucket,
  placeInPage,
  placeKnown,
  removeFromPage,
  slotAhead,
} from "./dict-page.js";

const enum Root {
  TOP = 0,
  TOP_DEPTH = 1,
  COUNT = 2,
  VOLATILE = 3,
  PAGES = 4,
  SWEEP = 5,
  DRAIN = 6,
  NEXT = 7,
  BYTES = 32,
}

const enum Table {
  PREFIX = 0,
  DEPTH = 1,
  PAGES = 2,
  /** A table decodes at most this many bits: 1024 pages, 4 KB. */
  MAX_DEPTH = 10,
}

/** What a page knows of an entry without reading it: fingerprint, home bucket, bits ahead. */
const enum Known {
  HOME_SHIFT = 8,
  AHEAD_SHIFT = 12,
  /** The first of the bits ahead. */
  FIRST_AHEAD = 0x8000,
}

/** Splitting stops here: more than 176 keys with 28 equal leading bits of a keyed hash do not happen by chance. */
const MAX_DEPTH = 28;

/** What is due is left lying no longer than this. */
const SWEEP_DELAY_MS = 1000;

/** The most keys `lookAhead` prepares at a time. */
export const DICT_AHEAD_LIMIT = 32;

/** Receives an entry while a dict is walked. */
export type EntryVisitor = (ref: number) => void;

/** What `visitPage` returns when there is no further page: prefixes have 32 bits. */
export const PAGES_END = 2 ** 32;

/**
 * Who sees the pages of some dicts before they change: a snapshot that is being taken in slices. A page that bears its epoch has been seen, or
 * is younger than the snapshot; pages that come of splitting and merging bear the epoch of those they come of.
 */
export interface PageGuard {
  /** A number that no page of a dict bears before the guard has begun to look after it. */
  readonly epoch: number;
  /** Does it look after this dict? */
  guards(root: number): boolean;
  /** The entries of the page are about to change, or are about to go, and have not been seen. */
  willChange(root: number, page: number): void;
  /** The dict is gone. */
  released(root: number): void;
}

export abstract class Dict {
  /** Who looks after dicts now; null when nobody does. */
  guard: PageGuard | null = null;
  /** Where the last successful `find` was; consumed by the methods named …Found, before any other change. */
  #foundPage = 0;
  #foundBucket = 0;
  #foundSlot = 0;
  #foundHash = 0;
  /** What that was, in which dict: asked for again, it is at hand while no dict has changed since. 0 after a change. */
  #foundRef = 0;
  #foundRoot = 0;
  readonly #segments: Segment[];
  /** What `lookAhead` has prepared, in the order the keys will be asked for. */
  readonly #aheadHash = new Int32Array(DICT_AHEAD_LIMIT);
  readonly #aheadOffset = new Int32Array(DICT_AHEAD_LIMIT);
  readonly #aheadLength = new Int32Array(DICT_AHEAD_LIMIT);
  /** The page of each, then its entry; 0 for a key that was just looked up. */
  readonly #aheadPage = new Uint32Array(DICT_AHEAD_LIMIT);
  readonly #aheadWord = new Int32Array(DICT_AHEAD_LIMIT);
  #aheadRegion: Region | null = null;
  /** The next keys may be the one found last, so that it is worth trying `findAgain`. */
  mayRepeat = false;
  #aheadCount = 0;
  #aheadNext = 0;
  #touched = 0;
  /** What `find` searched last; 0 when that may be gone. */
  #lastRoot = 0;
  readonly #scratchRefs = new Uint32Array(DictPage.SLOTS);
  readonly #scratchVolatile = new Uint8Array(DictPage.SLOTS);
  readonly #scratchKnown = new Uint32Array(DictPage.SLOTS);
  readonly #soonest = new Float64Array(DictPage.SLOTS / 20 + 1);

  constructor(
    readonly arena: Arena,
    readonly hashKey0: number,
    readonly hashKey1: number,
  ) {
    this.#segments = arena.segments;
  }

  /** Makes an empty dict; returns its root. */
  create(): number {
    this.#foundRef = 0;
    const [page, table, top, root] = this.#allocateAll(DictPage.BYTES, (Table.PAGES + 1) * 4, 4, Root.BYTES) as [
      number,
      number,
      number,
      number,
    ];
    clearPage(this.#segment(page), word(page), 0, 0);
    const tableWords = this.#segment(table).u32;
    tableWords[word(table) + Table.PREFIX] = 0;
    tableWords[word(table) + Table.DEPTH] = 0;
    tableWords[word(table) + Table.PAGES] = page;
    this.#segment(top).u32[word(top)] = table;
    const u32 = this.#segment(root).u32;
    u32.fill(0, word(root), word(root) + Root.BYTES / 4);
    u32[word(root) + Root.TOP] = top;
    u32[word(root) + Root.PAGES] = 1;
    return root;
  }

  count(root: number): number {
    return this.#segment(root).u32[word(root) + Root.COUNT]!;
  }

  volatileCount(root: number): number {
    return this.#segment(root).u32[word(root) + Root.VOLATILE]!;
  }

  pageCount(root: number): number {
    return this.#segment(root).u32[word(root) + Root.PAGES]!;
  }

  hash(region: Region, offset: number, length: number): number {
    const next = this.#aheadNext;
    if (next < this.#aheadCount && this.#aheadOffset[next] === offset && this.#aheadRegion === region) {
      this.#aheadNext = next + 1;
      if (this.#aheadLength[next] === length) return this.#aheadHash[next]!;
    }
    return hashBytes(region, offset, length, this.hashKey0, this.hashKey1);
  }

  /**
   * Prepares for looking up several keys in this order: fetches the bucket and the entry of each into the processor's cache, all of
   * them at once, so that the waits overlap. `hash` then knows their hashes, until `forgetAhead`, which must be called before the bytes
   * change. At most DICT_AHEAD_LIMIT keys. Measured on Node 20.20, a million keys, pipeline 64: see docs/design/0001-memory.md.
   *
   * Returns false when all of them are one key: then the next ones will be, most likely, and `findAgain` is quicker.
   */
  lookAhead(root: number, region: Region, offsets: Int32Array, lengths: Int32Array, count: number): boolean {
    const hashes = this.#aheadHash;
    let areSame = true;
    for (let i = 0; i < count; i++) {
      const offset = offsets[i]!;
      const length = lengths[i]!;
      this.#aheadOffset[i] = offset;
      this.#aheadLength[i] = length;
      // Many a client works on one key for a while.
      const isRepeated =
        i > 0 && length === lengths[i - 1]! && equalBytes(region, offset, region, offsets[i - 1]!, length);
      areSame &&= isRepeated || i === 0;
      hashes[i] = isRepeated ? hashes[i - 1]! : hashBytes(region, offset, length, this.hashKey0, this.hashKey1);
      this.#aheadPage[i] = isRepeated ? 0 : this.#pageOf(root, hashes[i]!);
    }
    this.#aheadRegion = region;
    this.#aheadCount = count;
    this.#aheadNext = 0;
    this.#touched |= this.#fetchAhead(count);
    return !areSame;
  }

  /**
   * Fetches the buckets, then the entries. A loop that fetches does nothing else: the processor sees some 300 instructions ahead, and
   * only waits that begin within those overlap.
   */
  #fetchAhead(count: number): number {
    const segments = this.#segments;
    const hashes = this.#aheadHash;
    const refs = this.#aheadPage;
    const words = this.#aheadWord;
    for (let i = 0; i < count; i++) {
      words[i] = word(refs[i]!) + DictPage.HEADER_WORDS + homeBucket(hashes[i]!) * DictPage.BUCKET_WORDS;
    }
    let touched = 0;
    for (let i = 0; i < count; i++) touched ^= segments[refs[i]! >>> Ref.SEGMENT_SHIFT]!.u32[words[i]!]!;
    for (let i = 0; i < count; i++) {
      const page = refs[i]!;
      if (page === 0) continue;
      const ref = candidate(segments[page >>> Ref.SEGMENT_SHIFT]!.u32, words[i]!, fingerprint(hashes[i]!));
      // A key that is not there is about to be inserted, maybe: that changes the header.
      if (ref !== 0) refs[i] = ref;
    }
    for (let i = 0; i < count; i++) touched ^= segments[refs[i]! >>> Ref.SEGMENT_SHIFT]!.u32[word(refs[i]!)]!;
    return touched;
  }

  /**
   * Fetches the first `count` of these entries into the processor's cache, and where they lie in the dict: they are about to be taken
   * out one by one, and now the waits overlap.
   */
  fetch(root: number, refs: Uint32Array, count: number): void {
    let touched = 0;
    for (let i = 0; i < count; i++) touched ^= this.#segment(refs[i]!).u32[word(refs[i]!)]!;
    for (let i = 0; i < count; i++) {
      const hash = this.hashOf(refs[i]!);
      const page = this.#pageOf(root, hash);
      const u32 = this.#segment(page).u32;
      const at = word(page) + DictPage.HEADER_WORDS + homeBucket(hash) * DictPage.BUCKET_WORDS;
      touched ^= u32[at]! ^ u32[word(page)]!;
    }
    // Kept so that the loads are not optimised away.
    this.#touched = touched | this.#touched;
  }

  /** True when the dict that was searched last has at least `count` entries. */
  isLastLarge(count: number): boolean {
    return this.#lastRoot !== 0 && this.count(this.#lastRoot) >= count;
  }

  /** As `lookAhead`, in the dict that was searched last, which must be there: see `isLastLarge`. */
  lookAheadInLast(region: Region, offsets: Int32Array, lengths: Int32Array, count: number): boolean {
    return this.lookAhead(this.#lastRoot, region, offsets, lengths, count);
  }

  /** Forgets the hashes `lookAhead` has prepared: the bytes of their keys are about to change. True when none of them was asked for. */
  forgetAhead(): boolean {
    const isUnused = this.#aheadCount > 0 && this.#aheadNext === 0;
    this.#aheadCount = 0;
    this.mayRepeat = false;
    return isUnused;
  }

  /** The entry found last if it has this key, 0 when it has another; everything else is left to `find`. Spares the hash. */
  findAgain(root: number, region: Region, offset: number, length: number): number {
    const last = this.#foundRef;
    if (last === 0 || root !== this.#foundRoot) return 0;
    return this.hasKey(last, region, offset, length) ? last : 0;
  }

  /** The entry of a key, 0 when there is none. */
  find(root: number, region: Region, offset: number, length: number, hash: number): number {
    this.#lastRoot = root;
    const last = this.#foundRef;
    // Many a client works on one key for a while.
    if (
      last !== 0 &&
      hash === this.#foundHash &&
      root === this.#foundRoot &&
      this.hasKey(last, region, offset, length)
    ) {
      return last;
    }
    const segments = this.#segments;
    const page = this.#pageOf(root, hash);
    const u32 = segments[page >>> Ref.SEGMENT_SHIFT]!.u32;
    const buckets = ((page & Ref.UNIT) << 1) + DictPage.HEADER_WORDS;
    const prints = Math.imul(fingerprint(hash), 0x01010101);
    let bucket = homeBucket(hash);
    for (let probes = 0; probes < DictPage.BUCKETS; probes++) {
      const at = buckets + bucket * DictPage.BUCKET_WORDS;
      for (let i = 0; i < 3; i++) {
        const differing = u32[at + i]! ^ prints;
        let zero = (differing - 0x01010101) & ~differing & 0x80808080;
        while (zero !== 0) {
          const slot = (i << 2) + ((31 - Math.clz32(zero & -zero)) >> 3);
          const ref = u32[at + DictPage.REFS + slot]!;
          if (ref !== 0 && this.hasKey(ref, region, offset, length)) {
            this.#foundPage = page;
            this.#foundBucket = at;
            this.#foundSlot = slot;
            this.#foundHash = hash;
            this.#foundRef = ref;
            this.#foundRoot = root;
            return ref;
          }
          zero &= zero - 1;
        }
      }
      if (u32[at + DictPage.FLAGS]! < DictPage.OVERFLOW_ONE) return 0;
      bucket = (bucket + 1) & (DictPage.BUCKETS - 1);
    }
    return 0;
  }

  /** Like `find`, by the entry's ref: false when no entry of that hash lies there any more. Reads no key. */
  findRef(root: number, ref: number, hash: number): boolean {
    this.#foundRef = 0;
    const page = this.#pageOf(root, hash);
    const u32 = this.#segment(page).u32;
    const prints = Math.imul(fingerprint(hash), 0x01010101);
    let bucket = homeBucket(hash);
    for (let probes = 0; probes < DictPage.BUCKETS; probes++) {
      const at = word(page) + DictPage.HEADER_WORDS + bucket * DictPage.BUCKET_WORDS;
      for (let i = 0; i < 3; i++) {
        const differing = u32[at + i]! ^ prints;
        let zero = (differing - 0x01010101) & ~differing & 0x80808080;
        for (; zero !== 0; zero &= zero - 1) {
          const slot = (i << 2) + ((31 - Math.clz32(zero & -zero)) >> 3);
          if (u32[at + DictPage.REFS + slot] !== ref) continue;
          this.#foundPage = page;
          this.#foundBucket = at;
          this.#foundSlot = slot;
          this.#foundHash = hash;
          return true;
        }
      }
      if (u32[at + DictPage.FLAGS]! < DictPage.OVERFLOW_ONE) return false;
      bucket = (bucket + 1) & (DictPage.BUCKETS - 1);
    }
    return false;
  }

  /** True when the entry at `ref` has this key. */
  abstract hasKey(ref: number, region: Region, offset: number, length: number): boolean;

  /** The hash of the key of the entry at `ref`. */
  abstract hashOf(ref: number): number;

  /** When the entry at `ref` expires, ms since 1970; 0 = never. */
  abstract expireAtOf(ref: number): number;

  /** Adds an entry whose key is not in the dict. `expireAtMs` 0 = not volatile. Throws OutOfMemory with nothing changed. */
  insert(root: number, hash: number, ref: number, expireAtMs: number): void {
    this.#foundRef = 0;
    let page = this.#pageOf(root, hash);
    if (this.guard !== null) this.#willChange(this.guard, root, page);
    while (this.#segment(page).u32[word(page) + DictPage.COUNT]! >= DictPage.SPLIT_AT) {
      this.#split(root, page, hash);
      page = this.#pageOf(root, hash);
    }
    const segment = this.#segment(page);
    placeInPage(segment, word(page), hash, ref, expireAtMs !== 0);
    const u32 = this.#segment(root).u32;
    u32[word(root) + Root.COUNT]!++;
    if (expireAtMs !== 0) {
      u32[word(root) + Root.VOLATILE]!++;
      lowerDue(segment, page, expireAtMs);
    }
  }

  /** What the found entry holds is about to change where it lies. */
  changeFound(root: number): void {
    if (this.guard !== null) this.#willChange(this.guard, root, this.#foundPage);
  }

  /** The found entry has moved to `ref`; the old block is still whole. */
  replaceFound(root: number, ref: number): void {
    if (this.guard !== null) this.#willChange(this.guard, root, this.#foundPage);
    this.#foundRef = 0;
    this.#segment(this.#foundPage).u32[this.#foundBucket + DictPage.REFS + this.#foundSlot] = ref;
  }

  /** The found entry now expires at `expireAtMs`, or never (0). */
  expireFound(root: number, expireAtMs: number): void {
    const page = this.#foundPage;
    const segment = this.#segment(page);
    const u32 = segment.u32;
    const flags = this.#foundBucket + DictPage.FLAGS;
    const bit = 1 << this.#foundSlot;
    if ((u32[flags]! & bit) === 0) {
      if (expireAtMs === 0) return;
      u32[flags]! |= bit;
      u32[word(page) + DictPage.VOLATILE]!++;
      this.#segment(root).u32[word(root) + Root.VOLATILE]!++;
    } else if (expireAtMs === 0) {
      u32[flags]! &= ~bit;
      u32[word(page) + DictPage.VOLATILE]!--;
      this.#segment(root).u32[word(root) + Root.VOLATILE]!--;
      return;
    }
    lowerDue(segment, page, expireAtMs);
  }

  /** Takes the found entry out; its block is still whole. */
  removeFound(root: number): void {
    this.#foundRef = 0;
    const page = this.#foundPage;
    if (this.guard !== null) this.#willChange(this.guard, root, page);
    const segment = this.#segment(page);
    const u32 = this.#segment(root).u32;
    if ((segment.u32[this.#foundBucket + DictPage.FLAGS]! & (1 << this.#foundSlot)) !== 0) {
      u32[word(root) + Root.VOLATILE]!--;
    }
    u32[word(root) + Root.COUNT]!--;
    removeFromPage(segment, word(page), this.#foundHash, this.#foundBucket, this.#foundSlot);
    if (segment.u32[word(page) + DictPage.COUNT]! <= DictPage.MERGE_AT) this.#mergeOften(root, page, this.#foundHash);
  }

  /**
   * Visits the entries of one home bucket of one page, at the place `cursor` says; returns the next cursor, 0 when that was the last
   * place. A cursor is home bucket * 2^32 + hash: all entries before that place have been visited. Any other number leads somewhere,
   * and from there to the end. `visit` must not change the dict.
   */
  scan(root: number, cursor: number, visit: EntryVisitor): number {
    const bucket = (cursor / 2 ** 32) & (DictPage.BUCKETS - 1);
    const hash = cursor >>> 0;
    const page = this.#pageOf(root, hash);
    this.#visitHome(page, bucket, hash, visit);
    const next = bucket * 2 ** 32 + this.#endOf(page, hash);
    return next >= DictPage.BUCKETS * 2 ** 32 ? 0 : next;
  }

  /**
   * Visits the entries from `prefix` (32 leading bits of the hash) to the end of the page that holds it; returns the prefix where the next page
   * starts, PAGES_END at the end. Whoever goes on from there meets each entry that stays exactly once, though pages split and merge between
   * the calls. `visit` must not change the dict.
   */
  visitPage(root: number, prefix: number, visit: EntryVisitor): number {
    const page = this.#pageOf(root, prefix);
    const end = this.#endOf(page, prefix);
    const start = end - 2 ** (32 - this.#segment(page).u32[word(page) + DictPage.DEPTH]!);
    if (start === prefix) this.visitEntries(page, visit);
    else {
      // It has merged with the one before, whose entries have been met.
      this.visitEntries(page, (ref) => {
        if (this.hashOf(ref) >>> 0 >= prefix) visit(ref);
      });
    }
    return end;
  }

  /** Visits all entries of a page. `visit` must not change the dict. */
  visitEntries(page: number, visit: EntryVisitor): void {
    const u32 = this.#segment(page).u32;
    for (let bucket = 0; bucket < DictPage.BUCKETS; bucket++) {
      const at = word(page) + DictPage.HEADER_WORDS + bucket * DictPage.BUCKET_WORDS + DictPage.REFS;
      for (let slot = 0; slot < DictPage.BUCKET_SLOTS; slot++) if (u32[at + slot] !== 0) visit(u32[at + slot]!);
    }
  }

  /** Has the guard see the page that holds `prefix`, unless it has; returns the prefix where the next page starts, PAGES_END at the end. */
  guardPage(guard: PageGuard, root: number, prefix: number): number {
    const page = this.#pageOf(root, prefix);
    this.#willChange(guard, root, page);
    return this.#endOf(page, prefix);
  }

  /**
   * The expire cycle's step: looks at the page holding `prefix` and collects into `due` the refs of entries that expired before
   * `nowMs`, setting the page's next due time. Returns how many it collected; `sweepNext` tells where to go on.
   *
   * The page is not looked at again until a twentieth of its volatile entries are due, or a second after the first is: so a sweep
   * reads at most about 20 entries for each one it expires, or each page once a second, and of what is due it leaves no more than
   * 5 %, less than Redis tolerates, none for longer than a second.
   */
  sweepPage(root: number, prefix: number, nowMs: number, due: Uint32Array): number {
    const page = this.#pageOf(root, prefix);
    this.sweepNext = this.#endOf(page, prefix);
    const segment = this.#segment(page);
    const volatileCount = segment.u32[word(page) + DictPage.VOLATILE]!;
    const dueIndex = (word(page) >> 1) + DictPage.DUE_F64;
    if (volatileCount === 0 || segment.f64[dueIndex]! >= nowMs) return 0;
    const soonest = this.#soonest;
    const tolerated = toleratedDue(volatileCount);
    soonest.fill(Number.POSITIVE_INFINITY, 0, tolerated);
    let expired = 0;
    for (let bucket = 0; bucket < DictPage.BUCKETS; bucket++) {
      const at = word(page) + DictPage.HEADER_WORDS + bucket * DictPage.BUCKET_WORDS;
      for (let bits = segment.u32[at + DictPage.FLAGS]! & DictPage.VOLATILE_MASK; bits !== 0; bits &= bits - 1) {
        const ref = segment.u32[at + DictPage.REFS + (31 - Math.clz32(bits & -bits))]!;
        const expireAt = this.expireAtOf(ref);
        if (expireAt < nowMs) {
          due[expired++] = ref;
        } else if (expireAt < soonest[tolerated - 1]!) {
          let at = tolerated - 1;
          for (; at > 0 && soonest[at - 1]! > expireAt; at--) soonest[at] = soonest[at - 1]!;
          soonest[at] = expireAt;
        }
      }
    }
    segment.f64[dueIndex] = Math.min(soonest[toleratedDue(volatileCount - expired) - 1]!, soonest[0]! + SWEEP_DELAY_MS);
    return expired;
  }

  /** Where the page after the one last swept starts; 2^32 at the end. */
  sweepNext = 0;

  /** Where the expire cycle goes on in this dict: 32 leading bits of a hash. */
  sweepPosition(root: number): number {
    return this.#segment(root).u32[word(root) + Root.SWEEP]!;
  }

  setSweepPosition(root: number, prefix: number): void {
    this.#segment(root).u32[word(root) + Root.SWEEP] = prefix;
  }

  /**
   * Visits up to `limit` entries, volatile ones only on request: those that follow a random slot of the page of `start` (32 random
   * bits), then those of the next pages, giving up after `maxPages` pages; returns how many it visited.
   */
  sample(
    root: number,
    start: number,
    limit: number,
    volatileOnly: boolean,
    maxPages: number,
    visit: EntryVisitor,
  ): number {
    let prefix = start >>> 0;
    let visited = 0;
    const first = prefix % DictPage.SLOTS;
    maxPages = Math.min(maxPages, this.pageCount(root));
    for (let pages = 0; pages < maxPages; pages++) {
      const page = this.#pageOf(root, prefix);
      const u32 = this.#segment(page).u32;
      let candidates = u32[word(page) + (volatileOnly ? DictPage.VOLATILE : DictPage.COUNT)]!;
      for (let pick = first; candidates > 0; pick = pick + 1 === DictPage.SLOTS ? 0 : pick + 1) {
        const at = bucketWord(page, pick);
        const slot = pick % DictPage.BUCKET_SLOTS;
        const ref = u32[at + DictPage.REFS + slot]!;
        if (ref === 0 || (volatileOnly && (u32[at + DictPage.FLAGS]! & (1 << slot)) === 0)) continue;
        candidates--;
        visit(ref);
        if (++visited === limit) return visited;
      }
      const next = this.#endOf(page, prefix);
      prefix = next >= PAGES_END ? 0 : next;
    }
    return visited;
  }

  /**
   * A random entry, 0 when empty. `random` returns 32 random bits.
   *
   * A random hash meets a page in proportion to 2^-depth. Taking the page with a probability in proportion to its entries and to 2^depth,
   * and then any of its used slots, makes all entries equally likely. Pages have the usual depth or one less, whether the dict grew
   * or shrank; what a page of a given depth holds is a matter of chance around a known mean, so six deviations above that are the
   * bound. The few pages beyond either limit, under 1 %, get less than their share. About two pages are met.
   */
  random(root: number, random: () => number): number {
    const count = this.count(root);
    if (count === 0) return 0;
    const pages = this.pageCount(root);
    if (pages === 1) return this.#randomOf(this.#pageOf(root, 0), count, random);
    const usualDepth = Math.ceil(Math.log2(pages));
    const mean = count / 2 ** usualDepth;
    const bound = Math.ceil(mean + 6 * Math.sqrt(mean));
    for (let tries = 0; tries < 200; tries++) {
      const page = this.#pageOf(root, random());
      const u32 = this.#segment(page).u32;
      const missing = Math.max(0, usualDepth - u32[word(page) + DictPage.DEPTH]!);
      const entries = u32[word(page) + DictPage.COUNT]!;
      if (below(random(), bound << missing) < entries) return this.#randomOf(page, entries, random);
    }
    let found = 0;
    this.sample(root, random(), 1, false, this.pageCount(root) + 1, (ref) => {
      found = ref;
    });
    return found;
  }

  /**
   * A random one of the entries that `accepts` takes, in the first page behind a random place that has any; 0 when no page has. For when nearly
   * none is taken, and `random` would meet none: it may look at all entries.
   */
  randomAmong(root: number, random: () => number, accepts: (ref: number) => boolean): number {
    let chosen = 0;
    let seen = 0;
    const consider = (ref: number): void => {
      if (accepts(ref) && below(random(), ++seen) === 0) chosen = ref;
    };
    let prefix = random() >>> 0;
    // The page in which it begins is met twice, from there on and then as a whole.
    for (let pages = this.pageCount(root) + 1; pages > 0 && chosen === 0; pages--) {
      prefix = this.visitPage(root, prefix, consider);
      if (prefix >= PAGES_END) prefix = 0;
    }
    return chosen;
  }

  /** A random one of the entries of a page, which has so many. */
  #randomOf(page: number, entries: number, random: () => number): number {
    if (entries < DictPage.SLOTS / 8) return this.#nthOf(page, below(random(), entries));
    const u32 = this.#segment(page).u32;
    const buckets = word(page) + DictPage.HEADER_WORDS + DictPage.REFS;
    for (;;) {
      const bits = random();
      const slot = below(bits << 4, DictPage.BUCKET_SLOTS);
      const ref = u32[buckets + (bits >>> 28) * DictPage.BUCKET_WORDS + slot]!;
      if (ref !== 0) return ref;
    }
  }

  /**
   * Takes a dict apart page by page: gives the entries of the next pages to `visit` (which frees them) and frees the pages, until
   * `limit` entries are visited. Returns true when the dict is gone, its root included. Between calls only `drain` may use it.
   */
  drain(root: number, limit: number, visit: EntryVisitor): boolean {
    this.#foundRef = 0;
    if (root === this.#lastRoot) this.#lastRoot = 0;
    const u32 = this.#segment(root).u32;
    let prefix: number = u32[word(root) + Root.DRAIN]!;
    let visited = 0;
    for (;;) {
      const page = this.#pageOf(root, prefix);
      if (this.guard !== null) this.#willChange(this.guard, root, page);
      visited += this.#segment(page).u32[word(page) + DictPage.COUNT]! + 1;
      prefix = this.visitPage(root, prefix, visit);
      this.arena.free(page);
      if (prefix >= PAGES_END) break;
      if (visited >= limit) {
        u32[word(root) + Root.DRAIN] = prefix;
        return false;
      }
    }
    this.#eachTable(root, (table) => this.arena.free(table));
    this.arena.free(u32[word(root) + Root.TOP]!);
    this.arena.free(root);
    this.guard?.released(root);
    return true;
  }

  /** Where `drain` goes on: the entries before this place are gone. */
  drainPosition(root: number): number {
    return this.#segment(root).u32[word(root) + Root.DRAIN]!;
  }

  /** The dict behind this one in the list that whoever owns them keeps; 0 at its end. */
  next(root: number): number {
    return this.#segment(root).u32[word(root) + Root.NEXT]!;
  }

  setNext(root: number, next: number): void {
    this.#segment(root).u32[word(root) + Root.NEXT] = next;
  }

  /** Visits the ref of every block the dict itself owns; for `Arena.verify`. */
  eachBlock(root: number, visit: (ref: number) => void): void {
    visit(root);
    visit(this.#segment(root).u32[word(root) + Root.TOP]!);
    this.#eachTable(root, visit);
    for (let prefix = this.drainPosition(root); prefix < PAGES_END; ) {
      const page = this.#pageOf(root, prefix);
      visit(page);
      prefix = this.#endOf(page, prefix);
    }
  }

  /** Bytes of pages and directory. */
  overheadBytes(root: number): number {
    let bytes = 0;
    bytes +=
      this.pageCount(root) * DictPage.BYTES + Root.BYTES + this.arena.capacity(this.#segment(root).u32[word(root)]!);
    this.#eachTable(root, (table) => {
      bytes += this.arena.capacity(table);
    });
    return bytes;
  }

  /** Checks every invariant; returns what is wrong, in words. */
  verify(root: number): string[] {
    const problems: string[] = [];
    let count = 0;
    let volatileCount = 0;
    let pages = 0;
    for (let prefix = 0; prefix < PAGES_END; ) {
      const page = this.#pageOf(root, prefix);
      const u32 = this.#segment(page).u32;
      count += u32[word(page) + DictPage.COUNT]!;
      volatileCount += u32[word(page) + DictPage.VOLATILE]!;
      pages++;
      this.#verifyPage(root, page, prefix, problems);
      prefix = this.#endOf(page, prefix);
    }
    if (count !== this.count(root)) problems.push(`count is ${this.count(root)}, pages have ${count}`);
    if (volatileCount !== this.volatileCount(root))
      problems.push(`volatile count is ${this.volatileCount(root)}, not ${volatileCount}`);
    if (pages !== this.pageCount(root)) problems.push(`page count is ${this.pageCount(root)}, not ${pages}`);
    this.#verifyDirectory(root, problems);
    return problems;
  }

  /** Every table must fill its part of the top, and every page its part of a table. */
  #verifyDirectory(root: number, problems: string[]): void {
    const u32 = this.#segment(root).u32;
    const topDepth = u32[word(root) + Root.TOP_DEPTH]!;
    const top = u32[word(root) + Root.TOP]!;
    for (let i = 0; i < 2 ** topDepth; ) {
      const table = this.#segment(top).u32[word(top) + i]!;
      const words = this.#segment(table).u32;
      const prefix = words[word(table) + Table.PREFIX]!;
      const size = 2 ** words[word(table) + Table.DEPTH]!;
      const span = 2 ** (topDepth - prefix);
      if (!(span >= 1) || i % span !== 0) return void problems.push(`table ${table} has prefix ${prefix} at ${i}`);
      for (let k = i; k < i + span; k++) {
        if (this.#segment(top).u32[word(top) + k] !== table)
          problems.push(`table ${table} lacks place ${k} of the top`);
      }
      for (let at = 0; at < size; ) {
        const page = words[word(table) + Table.PAGES + at]!;
        const depth = this.#segment(page).u32[word(page) + DictPage.DEPTH]!;
        const run = size / 2 ** (depth - prefix);
        if (!(run >= 1) || at % run !== 0)
          return void problems.push(`page ${page} has depth ${depth} in table ${table}`);
        for (let k = at; k < at + run; k++) {
          if (words[word(table) + Table.PAGES + k] !== page)
            problems.push(`page ${page} lacks place ${k} of table ${table}`);
        }
        at += run;
      }
      i += span;
    }
  }

  #verifyPage(root: number, page: number, prefix: number, problems: string[]): void {
    const segment = this.#segment(page);
    const u32 = segment.u32;
    const depth = u32[word(page) + DictPage.DEPTH]!;
    const overflow = new Array<number>(DictPage.BUCKETS).fill(0);
    let count = 0;
    let volatileCount = 0;
    let soonest = Number.POSITIVE_INFINITY;
    for (let bucket = 0; bucket < DictPage.BUCKETS; bucket++) {
      const at = word(page) + DictPage.HEADER_WORDS + bucket * DictPage.BUCKET_WORDS;
      for (let slot = 0; slot < DictPage.BUCKET_SLOTS; slot++) {
        const print = (u32[at + (slot >> 2)]! >>> ((slot & 3) << 3)) & 0xff;
        const ref = u32[at + DictPage.REFS + slot]!;
        const isVolatile = (u32[at + DictPage.FLAGS]! & (1 << slot)) !== 0;
        if ((print === 0) !== (ref === 0)) problems.push(`page ${page}: fingerprint and ref disagree`);
        if (ref === 0) {
          if (isVolatile) problems.push(`page ${page}: an empty slot is volatile`);
          continue;
        }
        count++;
        const hash = this.hashOf(ref);
        if (fingerprint(hash) !== print) problems.push(`page ${page}: wrong fingerprint of ${ref}`);
        if (this.#pageOf(root, hash) !== page) problems.push(`page ${page}: ${ref} belongs elsewhere`);
        if (slotAhead(segment, word(page), bucket, slot) !== bitsAhead(hash, u32[word(page) + DictPage.BASE]!))
          problems.push(`page ${page}: wrong bits ahead of ${ref}`);
        const isDisplaced = ((u32[at + DictPage.FLAGS]! >>> (slot + DictPage.DISPLACED_SHIFT)) & 1) === 1;
        if (isDisplaced !== (homeBucket(hash) !== bucket))
          problems.push(`page ${page}: displaced bit of ${ref} is wrong`);
        if (depth > 0 && hash >>> (32 - depth) !== prefix >>> (32 - depth))
          problems.push(`page ${page}: ${ref} has another prefix`);
        for (let b = homeBucket(hash); b !== bucket; b = (b + 1) & 15) overflow[b]!++;
        const expireAt = this.expireAtOf(ref);
        if ((expireAt !== 0) !== isVolatile) problems.push(`page ${page}: volatile bit of ${ref} is wrong`);
        if (isVolatile) {
          volatileCount++;
          soonest = Math.min(soonest, expireAt);
        }
      }
    }
    for (let bucket = 0; bucket < DictPage.BUCKETS; bucket++) {
      const flags = u32[word(page) + DictPage.HEADER_WORDS + bucket * DictPage.BUCKET_WORDS + DictPage.FLAGS]!;
      if (flags >>> DictPage.OVERFLOW_SHIFT !== overflow[bucket])
        problems.push(`page ${page}: overflow of bucket ${bucket} is wrong`);
    }
    if (count !== u32[word(page) + DictPage.COUNT]) problems.push(`page ${page}: wrong count`);
    if (volatileCount !== u32[word(page) + DictPage.VOLATILE]) problems.push(`page ${page}: wrong volatile count`);
    const due = this.#segment(page).f64[(word(page) >> 1) + DictPage.DUE_F64]!;
    if (due > soonest + SWEEP_DELAY_MS)
      problems.push(`page ${page}: due at ${due}, but an entry expires at ${soonest}`);
  }

  /** Has the guard see a page, unless it has or does not look after this dict. */
  #willChange(guard: PageGuard, root: number, page: number): void {
    const u32 = this.#segment(page).u32;
    const epoch = word(page) + DictPage.EPOCH;
    if (u32[epoch] === guard.epoch || !guard.guards(root)) return;
    u32[epoch] = guard.epoch;
    guard.willChange(root, page);
  }

  #segment(ref: number): Segment {
    return this.#segments[ref >>> Ref.SEGMENT_SHIFT]!;
  }

  /** The page for a hash, or for 32 leading bits of one. */
  #pageOf(root: number, hash: number): number {
    const segments = this.#segments;
    const rootWords = segments[root >>> Ref.SEGMENT_SHIFT]!.u32;
    const rootWord = (root & Ref.UNIT) << 1;
    const top = rootWords[rootWord + Root.TOP]!;
    const topDepth = rootWords[rootWord + Root.TOP_DEPTH]!;
    const topIndex = topDepth === 0 ? 0 : hash >>> (32 - topDepth);
    const table = segments[top >>> Ref.SEGMENT_SHIFT]!.u32[((top & Ref.UNIT) << 1) + topIndex]!;
    const words = segments[table >>> Ref.SEGMENT_SHIFT]!.u32;
    const tableWord = (table & Ref.UNIT) << 1;
    const depth = words[tableWord + Table.DEPTH]!;
    const index = depth === 0 ? 0 : (hash << words[tableWord + Table.PREFIX]!) >>> (32 - depth);
    return words[tableWord + Table.PAGES + index]!;
  }

  #tableOf(root: number, hash: number): number {
    const u32 = this.#segment(root).u32;
    const top = u32[word(root) + Root.TOP]!;
    const depth = u32[word(root) + Root.TOP_DEPTH]!;
    return this.#segment(top).u32[word(top) + (depth === 0 ? 0 : hash >>> (32 - depth))]!;
  }

  #eachTable(root: number, visit: (table: number) => void): void {
    const u32 = this.#segment(root).u32;
    const top = u32[word(root) + Root.TOP]!;
    const size = 2 ** u32[word(root) + Root.TOP_DEPTH]!;
    let last = 0;
    for (let i = 0; i < size; i++) {
      const table = this.#segment(top).u32[word(top) + i]!;
      if (table !== last) visit(table);
      last = table;
    }
  }

  #endOf(page: number, prefix: number): number {
    const depth = this.#segment(page).u32[word(page) + DictPage.DEPTH]!;
    if (depth === 0) return PAGES_END;
    return (((prefix >>> (32 - depth)) << (32 - depth)) >>> 0) + 2 ** (32 - depth);
  }

  /** Entry number `n` of a page, in the order of its slots. */
  #nthOf(page: number, n: number): number {
    const u32 = this.#segment(page).u32;
    for (let pick = 0; ; pick++) {
      const ref = u32[bucketWord(page, pick) + DictPage.REFS + (pick % DictPage.BUCKET_SLOTS)]!;
      if (ref !== 0 && n-- === 0) return ref;
    }
  }

  /** Visits the entries of a page with this home bucket and a hash of at least `from`. */
  #visitHome(page: number, home: number, from: number, visit: EntryVisitor): void {
    const u32 = this.#segment(page).u32;
    for (let i = 0, bucket = home; i < DictPage.BUCKETS; i++, bucket = (bucket + 1) & 15) {
      const at = word(page) + DictPage.HEADER_WORDS + bucket * DictPage.BUCKET_WORDS;
      for (let slot = 0; slot < DictPage.BUCKET_SLOTS; slot++) {
        const ref = u32[at + DictPage.REFS + slot]!;
        if (ref === 0) continue;
        const hash = this.hashOf(ref) >>> 0;
        if (homeBucket(hash) === home && hash >= from) visit(ref);
      }
      if (u32[at + DictPage.FLAGS]! < DictPage.OVERFLOW_ONE) return;
    }
  }

  /** Allocates several blocks, all or none. */
  #allocateAll(...sizes: number[]): number[] {
    const refs: number[] = [];
    try {
      for (const size of sizes) refs.push(this.arena.allocate(size));
    } catch (error) {
      for (const ref of refs) this.arena.free(ref);
      throw error;
    }
    return refs;
  }

  /** Splits the page that `hash` leads to by its next bit. */
  #split(root: number, page: number, hash: number): void {
    const depth = this.#segment(page).u32[word(page) + DictPage.DEPTH]!;
    if (depth >= MAX_DEPTH) throw new OutOfMemory();
    let table = this.#tableOf(root, hash);
    let words = this.#segment(table).u32;
    while (depth === words[word(table) + Table.PREFIX]! + words[word(table) + Table.DEPTH]!) {
      this.#growDirectory(root, table, hash);
      table = this.#tableOf(root, hash);
      words = this.#segment(table).u32;
    }
    const upper = this.arena.allocate(DictPage.BYTES);
    const prefix = words[word(table) + Table.PREFIX]!;
    const tableDepth = words[word(table) + Table.DEPTH]!;
    const span = 2 ** (prefix + tableDepth - depth);
    const index = (hash << prefix) >>> (32 - tableDepth);
    const first = word(table) + Table.PAGES + index - (index % span);
    words.fill(upper, first + span / 2, first + span);
    const segment = this.#segment(page);
    const upperSegment = this.#segment(upper);
    const due = segment.f64[(word(page) >> 1) + DictPage.DUE_F64]!;
    const base = segment.u32[word(page) + DictPage.BASE]!;
    const epoch = segment.u32[word(page) + DictPage.EPOCH]!;
    const isKnown = depth - base < DictPage.AHEAD_BITS;
    const count = isKnown ? this.#unloadKnown(page, 0) : this.#unload(page);
    /** The bit ahead that tells the halves apart. */
    const upperBit = Known.FIRST_AHEAD >>> (depth - base);
    if (!isKnown) this.#touch(count);
    clearPage(segment, word(page), depth + 1, isKnown ? base : depth + 1);
    clearPage(upperSegment, word(upper), depth + 1, isKnown ? base : depth + 1);
    segment.f64[(word(page) >> 1) + DictPage.DUE_F64] = due;
    upperSegment.f64[(word(upper) >> 1) + DictPage.DUE_F64] = due;
    segment.u32[word(page) + DictPage.EPOCH] = epoch;
    upperSegment.u32[word(upper) + DictPage.EPOCH] = epoch;
    for (let i = 0; i < count; i++) {
      const ref = this.#scratchRefs[i]!;
      const isVolatile = this.#scratchVolatile[i] === 1;
      if (isKnown) {
        const known = this.#scratchKnown[i]!;
        const isUpper = (known & upperBit) !== 0;
        const home = (known >>> Known.HOME_SHIFT) & 15;
        const ahead = (known >>> Known.AHEAD_SHIFT) & 15;
        const target = isUpper ? word(upper) : word(page);
        placeKnown(isUpper ? upperSegment : segment, target, home, known & 0xff, ahead, ref, isVolatile);
      } else {
        const refHash = this.hashOf(ref);
        const isUpper = ((refHash >>> (31 - depth)) & 1) !== 0;
        placeInPage(isUpper ? upperSegment : segment, isUpper ? word(upper) : word(page), refHash, ref, isVolatile);
      }
    }
    this.#segment(root).u32[word(root) + Root.PAGES]!++;
  }

  /** Fetches the first `count` entries of the scratch arrays into the processor's cache, their waits overlapping. */
  #touch(count: number): void {
    let touched = 0;
    for (let i = 0; i < count; i++) {
      const ref = this.#scratchRefs[i]!;
      touched ^= this.#segment(ref).u32[word(ref)]!;
    }
    this.#touched = touched;
  }

  /**
   * Copies a page into the scratch arrays from `count` on, with what it knows of its entries' hashes; returns the new length. Only
   * displaced entries have to be read.
   */
  #unloadKnown(page: number, count: number): number {
    const segment = this.#segment(page);
    const u32 = segment.u32;
    for (let bucket = 0; bucket < DictPage.BUCKETS; bucket++) {
      const base = word(page) + DictPage.HEADER_WORDS + bucket * DictPage.BUCKET_WORDS;
      const flags = u32[base + DictPage.FLAGS]!;
      for (let slot = 0; slot < DictPage.BUCKET_SLOTS; slot++) {
        const ref = u32[base + DictPage.REFS + slot]!;
        if (ref === 0) continue;
        const isDisplaced = (flags >>> (slot + DictPage.DISPLACED_SHIFT)) & 1;
        const home = isDisplaced ? homeBucket(this.hashOf(ref)) : bucket;
        const ahead = slotAhead(segment, word(page), bucket, slot);
        const print = (u32[base + (slot >> 2)]! >>> ((slot & 3) << 3)) & 0xff;
        this.#scratchRefs[count] = ref;
        this.#scratchVolatile[count] = (flags >>> slot) & 1;
        this.#scratchKnown[count++] = print | (home << Known.HOME_SHIFT) | (ahead << Known.AHEAD_SHIFT);
      }
    }
    return count;
  }

  /** Copies a page's refs and volatile bits into the scratch arrays; returns how many there are. */
  #unload(page: number): number {
    const u32 = this.#segment(page).u32;
    let at = 0;
    for (let bucket = 0; bucket < DictPage.BUCKETS; bucket++) {
      const base = word(page) + DictPage.HEADER_WORDS + bucket * DictPage.BUCKET_WORDS;
      const flags = u32[base + DictPage.FLAGS]!;
      for (let slot = 0; slot < DictPage.BUCKET_SLOTS; slot++) {
        const ref = u32[base + DictPage.REFS + slot]!;
        if (ref === 0) continue;
        this.#scratchRefs[at] = ref;
        this.#scratchVolatile[at++] = (flags >>> slot) & 1;
      }
    }
    return at;
  }

  /** Lets the table that `hash` leads to decode one more bit: doubles it, or splits it in two when it has its full size. */
  #growDirectory(root: number, table: number, hash: number): void {
    const words = this.#segment(table).u32;
    const prefix = words[word(table) + Table.PREFIX]!;
    const depth = words[word(table) + Table.DEPTH]!;
    if (depth < Table.MAX_DEPTH) {
      const grown = this.arena.allocate(tableSize(depth + 1));
      this.#startTable(grown, prefix, depth + 1);
      const target = this.#segment(grown).u32;
      const size = 2 ** depth;
      for (let i = 0; i < size; i++) {
        const page = words[word(table) + Table.PAGES + i]!;
        target[word(grown) + Table.PAGES + 2 * i] = page;
        target[word(grown) + Table.PAGES + 2 * i + 1] = page;
      }
      this.#replaceTable(root, hash, prefix, grown, grown);
      this.arena.free(table);
      return;
    }
    if (this.#segment(root).u32[word(root) + Root.TOP_DEPTH] === prefix) this.#growTop(root);
    const size = tableSize(depth - 1);
    const [lower, upper] = this.#allocateAll(size, size) as [number, number];
    this.#startTable(lower, prefix + 1, depth - 1);
    this.#startTable(upper, prefix + 1, depth - 1);
    const half = 2 ** (depth - 1);
    const from = word(table) + Table.PAGES;
    copyWords(words, from, this.#segment(lower).u32, word(lower) + Table.PAGES, half);
    copyWords(words, from + half, this.#segment(upper).u32, word(upper) + Table.PAGES, half);
    this.#replaceTable(root, hash, prefix, lower, upper);
    this.arena.free(table);
  }

  #startTable(table: number, prefix: number, depth: number): void {
    const u32 = this.#segment(table).u32;
    u32[word(table) + Table.PREFIX] = prefix;
    u32[word(table) + Table.DEPTH] = depth;
  }

  /** Points the part of the top that shares `prefix` bits with `hash` to `lower` (first half) and `upper`. */
  #replaceTable(root: number, hash: number, prefix: number, lower: number, upper: number): void {
    const u32 = this.#segment(root).u32;
    const top = u32[word(root) + Root.TOP]!;
    const topDepth = u32[word(root) + Root.TOP_DEPTH]!;
    const span = 2 ** (topDepth - prefix);
    const index = topDepth === 0 ? 0 : hash >>> (32 - topDepth);
    const first = word(top) + index - (index % span);
    const half = Math.ceil(span / 2);
    this.#segment(top).u32.fill(lower, first, first + half);
    if (span > 1) this.#segment(top).u32.fill(upper, first + half, first + span);
  }

  #growTop(root: number): void {
    const u32 = this.#segment(root).u32;
    const top = u32[word(root) + Root.TOP]!;
    const size = 2 ** u32[word(root) + Root.TOP_DEPTH]!;
    const grown = this.arena.allocate(size * 8);
    for (let i = 0; i < size; i++) {
      const table = this.#segment(top).u32[word(top) + i]!;
      this.#segment(grown).u32[word(grown) + 2 * i] = table;
      this.#segment(grown).u32[word(grown) + 2 * i + 1] = table;
    }
    u32[word(root) + Root.TOP] = grown;
    u32[word(root) + Root.TOP_DEPTH]!++;
    this.arena.free(top);
  }

  /**
   * Merges a nearly empty page with the neighbour that differs in the last shared bit, again and again while that is possible.
   * A merged page is at most half full, so that it does not split again soon.
   */
  #mergeOften(root: number, page: number, hash: number): void {
    while (this.#mergeOnce(root, page, hash)) {}
  }

  /** Puts entries of the scratch arrays, with these leading bits of the hash and bits ahead from `base` on, into a page with `mergedBase`. */
  #placeMerged(page: number, from: number, to: number, leading: number, base: number, mergedBase: number): void {
    const segment = this.#segment(page);
    for (let i = from; i < to; i++) {
      const known = this.#scratchKnown[i]!;
      const ahead = (((known >>> Known.AHEAD_SHIFT) & 15) << 28) >>> base;
      const home = (known >>> Known.HOME_SHIFT) & 15;
      const isVolatile = this.#scratchVolatile[i] === 1;
      const bits = bitsAhead(leading | ahead, mergedBase);
      placeKnown(segment, word(page), home, known & 0xff, bits, this.#scratchRefs[i]!, isVolatile);
    }
  }

  #mergeOnce(root: number, page: number, hash: number): boolean {
    const segment = this.#segment(page);
    const depth = segment.u32[word(page) + DictPage.DEPTH]!;
    if (depth === 0) return false;
    const otherHash = (hash ^ (1 << (32 - depth))) >>> 0;
    const other = this.#pageOf(root, otherHash);
    const otherSegment = this.#segment(other);
    if (otherSegment.u32[word(other) + DictPage.DEPTH] !== depth) return false;
    const total = segment.u32[word(page) + DictPage.COUNT]! + otherSegment.u32[word(other) + DictPage.COUNT]!;
    if (total > DictPage.MERGED_MAX) return false;
    // The one that shrank has been seen.
    if (this.guard !== null) this.#willChange(this.guard, root, other);
    const epoch = segment.u32[word(page) + DictPage.EPOCH]!;
    const due = Math.min(
      segment.f64[(word(page) >> 1) + DictPage.DUE_F64]!,
      otherSegment.f64[(word(other) >> 1) + DictPage.DUE_F64]!,
    );
    // Of a hash a page knows the leading bits, which its entries share, and those ahead.
    const base = segment.u32[word(page) + DictPage.BASE]!;
    const otherBase = otherSegment.u32[word(other) + DictPage.BASE]!;
    const known = Math.max(depth, Math.min(base, otherBase) + DictPage.AHEAD_BITS);
    const mergedBase = Math.min(known - DictPage.AHEAD_BITS, depth - 1);
    const own = this.#unloadKnown(page, 0);
    const count = this.#unloadKnown(other, own);
    clearPage(segment, word(page), depth - 1, mergedBase);
    segment.f64[(word(page) >> 1) + DictPage.DUE_F64] = due;
    segment.u32[word(page) + DictPage.EPOCH] = epoch;
    this.#placeMerged(page, 0, own, knownBits(hash, depth), base, mergedBase);
    this.#placeMerged(page, own, count, knownBits(otherHash, depth), otherBase, mergedBase);
    const table = this.#tableOf(root, hash);
    const words = this.#segment(table).u32;
    let prefix = words[word(table) + Table.PREFIX]!;
    if (prefix === depth) {
      // Both pages fill their tables. One table is enough now, and needs no new block.
      const otherTable = this.#tableOf(root, otherHash);
      words[word(table) + Table.PREFIX] = --prefix;
      this.#replaceTable(root, hash, prefix, table, table);
      this.arena.free(otherTable);
    }
    const tableDepth = words[word(table) + Table.DEPTH]!;
    const span = 2 ** (prefix + tableDepth - depth + 1);
    const index = tableDepth === 0 ? 0 : (hash << prefix) >>> (32 - tableDepth);
    const first = word(table) + Table.PAGES + index - (index % span);
    words.fill(page, first, first + span);
    this.arena.free(other);
    this.#segment(root).u32[word(root) + Root.PAGES]!--;
    return true;
  }
}

/** The leading `depth` bits of a hash, the others 0. */
function knownBits(hash: number, depth: number): number {
  return depth === 0 ? 0 : hash & (-1 << (32 - depth));
}

/** The first ref in a bucket whose fingerprint fits, 0 when there is none. */
function candidate(u32: Uint32Array, at: number, print: number): number {
  const prints = Math.imul(print, 0x01010101);
  for (let i = 0; i < 3; i++) {
    const differing = u32[at + i]! ^ prints;
    const zero = (differing - 0x01010101) & ~differing & 0x80808080;
    if (zero !== 0) return u32[at + DictPage.REFS + (i << 2) + ((31 - Math.clz32(zero & -zero)) >> 3)]!;
  }
  return 0;
}

/** Index of the first word of a block in its segment. */
function word(ref: number): number {
  return (ref & Ref.UNIT) << 1;
}

/** Word of the bucket that holds slot `pick` (0 to 191) of a page. */
function bucketWord(page: number, pick: number): number {
  return word(page) + DictPage.HEADER_WORDS + ((pick / DictPage.BUCKET_SLOTS) | 0) * DictPage.BUCKET_WORDS;
}

/** Bytes of a table that decodes `depth` bits. */
function tableSize(depth: number): number {
  return (Table.PAGES + 2 ** depth) * 4;
}

/** How many of a page's volatile entries may be due before the page is: a twentieth, at least one. */
function toleratedDue(volatileCount: number): number {
  return Math.max(1, Math.floor(volatileCount / 20));
}

function lowerDue(segment: Segment, page: number, expireAtMs: number): void {
  const index = (word(page) >> 1) + DictPage.DUE_F64;
  if (segment.f64[index]! > expireAtMs) segment.f64[index] = expireAtMs;
}

/** A number from 0 to `limit` - 1 from 32 random bits: a product, where a remainder would be a division. */
function below(bits: number, limit: number): number {
  return ((bits >>> 0) * (limit / 2 ** 32)) | 0;
}
