/**
 * Sorted sets: members with a score, ordered by score and then by the bytes of the member.
 *
 *     small   a run of listpack elements, "listpack"         sorted-set-pack.ts
 *     big     a dict and an index of elements, "skiplist"    sorted-set-big.ts
 *
 * A sorted set becomes big when it gets more than zset-max-listpack-entries members or one longer than zset-max-listpack-value, and
 * does not become small again, except when a command makes it anew (ZUNIONSTORE).
 *
 * A value is given as a ValueSlot, or where it is only read as a ValueView. Members are slices of a region, which must not be
 * the value itself when it changes. All that adds throws OutOfMemory with the members as they were, though the set may have become big.
 */
import type { Argv } from "../bytes/argv.js";
import { copyBytes, Region } from "../bytes/region.js";
import type { Segment } from "../memory/segment.js";
import type { ElementView } from "../structures/entry/element-view.js";
import { Encoding } from "../structures/entry/entry.js";
import * as listpack from "../structures/packed/listpack.js";
import type { Collection } from "./collection.js";
import type { DataTypeParts } from "./data-types.js";
import type { EncodingLimits } from "./limits.js";
import type { Sets } from "./sets.js";
import { SortedSetAlgebra } from "./sorted-set-algebra.js";
import { BigPayload, BigSortedSets, setRoots } from "./sorted-set-big.js";
import { SortedSetCursor } from "./sorted-set-cursor.js";
import { RangeLocator } from "./sorted-set-locate.js";
import {
  findInPack,
  packCount,
  packEnd,
  packStart,
  placeOfRank,
  rankOfPlace,
  removeFromPack,
  SortedPack,
  SortedPacks,
  setPackCount,
} from "./sorted-set-pack.js";
import { SortedSetRange } from "./sorted-set-range.js";
import { SortedSetSampler } from "./sorted-set-sample.js";
import type { ValueSlot, ValueView } from "./value-slot.js";

/** Conditions of `add`: bits. */
export const enum AddIf {
  ALWAYS = 0,
  /** Only members that are not there. */
  NEW = 1,
  /** Only members that are there. */
  EXISTING = 2,
  /** Members that are there only get a higher score. */
  GREATER = 4,
  /** Members that are there only get a lower score. */
  LESS = 8,
  /** The score is added to the one that is there. */
  INCREMENT = 16,
}

/** What `add` did. */
export const enum Added {
  /** The sum is no number; nothing was changed. */
  NAN = -1,
  /** A condition forbade it. */
  NOTHING = 0,
  /** The member has that score already. */
  SAME = 1,
  UPDATED = 2,
  ADDED = 3,
}

/** Receives an element while a sorted set is walked; the view is valid during the call. */
type MemberVisitor = (member: ElementView, score: number) => void;

/** Room for conversions that is kept. */
const SCRATCH_KEPT = 65_536;

export class SortedSets implements Collection {
  /** For whoever walks one set at a time. */
  readonly cursor: SortedSetCursor;
  /** For whoever works on one range at a time. */
  readonly range = new SortedSetRange();
  readonly algebra: SortedSetAlgebra;
  readonly sampler: SortedSetSampler;
  /** The score that the last `find`, `rank` or `add` was about. */
  score = 0;
  /** How many members the last `addPairs` added, and of how many it changed the score. */
  added = 0;
  updated = 0;
  /** Pairs it came to: fewer than it was given when memory ran out. */
  tried = 0;
  /** For commands that read all their scores first. */
  scores = new Float64Array(64);
  readonly #big: BigSortedSets;
  readonly #packs = new SortedPacks();
  readonly #locator: RangeLocator;
  readonly #limits: EncodingLimits;
  readonly #own: SortedSetCursor;
  #scratch = Region.allocate(1024);

  constructor(parts: DataTypeParts, sets: Sets) {
    this.#big = new BigSortedSets(parts.arena, parts.elements);
    this.#locator = new RangeLocator(this.#big.index, this.#packs);
    this.#limits = parts.limits;
    this.cursor = this.createCursor();
    this.#own = this.createCursor();
    this.algebra = new SortedSetAlgebra(this, this.#big, sets, parts.elements);
    this.sampler = new SortedSetSampler(this, this.#big, parts.random);
  }

  /** A cursor for whoever walks a set beside others. */
  createCursor(): SortedSetCursor {
    return new SortedSetCursor(this.#big, this.#packs);
  }

  // Reading

  /** Number of members. */
  count(set: ValueView): number {
    return set.encoding === Encoding.LISTPACK ? packCount(set) : this.#big.count(set);
  }

  /** Looks for a member and leaves its score in `score`; false when it is not there. */
  find(set: ValueView, source: Region, offset: number, length: number): boolean {
    if (set.encoding === Encoding.LISTPACK) {
      const at = findInPack(set, source, offset, length);
      if (at < 0) return false;
      this.score = this.#packs.scoreAt(set.segment, listpack.next(set.segment, at));
      return true;
    }
    const ref = this.#big.find(set, source, offset, length);
    if (ref === 0) return false;
    this.score = this.#big.scoreOf(ref);
    return true;
  }

  /** Number of members before a member, whose score is left in `score`; -1 when it is not there. */
  rank(set: ValueView, source: Region, offset: number, length: number): number {
    if (set.encoding === Encoding.LISTPACK) {
      const at = findInPack(set, source, offset, length);
      if (at < 0) return -1;
      this.score = this.#packs.scoreAt(set.segment, listpack.next(set.segment, at));
      return rankOfPlace(set, at);
    }
    const ref = this.#big.find(set, source, offset, length);
    if (ref === 0) return -1;
    this.score = this.#big.scoreOf(ref);
    return this.#big.rankOf(set, ref);
  }

  /** Finds the ranks that a range covers: sets its `from` and `to`. */
  locate(set: ValueView, range: SortedSetRange): void {
    this.#locator.locate(set, this.count(set), range);
  }

  /** Visits every member in order. `visit` must not change data. */
  each(set: ValueView, visit: MemberVisitor): void {
    const cursor = this.createCursor();
    cursor.open(set);
    while (cursor.next()) visit(cursor.member, cursor.score);
  }

  /**
   * Visits handles of about `count` members from `cursor` on, all of a small set; returns the next cursor, 0 at the end. `load` shows
   * the member of a handle.
   */
  scan(set: ValueView, cursor: number, count: number, visit: (handle: number) => void): number {
    if (set.encoding === Encoding.SKIPLIST) return this.#big.scan(set, cursor, count, visit);
    const end = packEnd(set);
    for (let at = packStart(set); at < end; at = listpack.skip(set.segment, at, end, 2)) visit(at);
    return 0;
  }

  /** Shows the member of a handle. */
  load(set: ValueView, handle: number, member: ElementView): void {
    if (set.encoding === Encoding.SKIPLIST) this.#big.load(handle, member);
    else listpack.load(set.segment, handle, member);
  }

  /** Score of the member of a handle. */
  scoreOf(set: ValueView, handle: number): number {
    if (set.encoding === Encoding.SKIPLIST) return this.#big.scoreOf(handle);
    return this.#packs.scoreAt(set.segment, listpack.next(set.segment, handle));
  }

  // Making

  /** The encoding of a new set for so many members of this length at most. */
  encodingFor(members: number, longest: number): Encoding.LISTPACK | Encoding.SKIPLIST {
    const limits = this.#limits;
    return members <= this.#maxPacked && longest <= limits.zsetMaxListpackValue ? Encoding.LISTPACK : Encoding.SKIPLIST;
  }

  /** Bytes of the payload of an empty set. */
  emptySize(encoding: Encoding): number {
    return encoding === Encoding.LISTPACK ? SortedPack.COUNT_BYTES : BigPayload.BYTES;
  }

  /** Makes a new payload of `emptySize` an empty set. When it throws OutOfMemory, the payload owns nothing it does not know of. */
  clear(slot: ValueSlot): void {
    if (slot.encoding === Encoding.LISTPACK) setPackCount(slot, 0);
    else this.#big.create(slot);
  }

  /** Bytes of the payload of a small set of one member. */
  singleSize(score: number, source: Region, offset: number, length: number): number {
    return SortedPack.COUNT_BYTES + this.#packs.pairSize(score, source, offset, length);
  }

  /** Makes a new payload of `singleSize` a small set of one member. */
  fillSingle(slot: ValueSlot, score: number, source: Region, offset: number, length: number): void {
    setPackCount(slot, 1);
    this.#packs.writePair(slot.segment, packStart(slot), score, source, offset, length);
  }

  /** Makes the first `count` numbers of `scores` usable. */
  reserveScores(count: number): Float64Array {
    if (this.scores.length < count) this.scores = new Float64Array(Math.max(count, this.scores.length * 2));
    return this.scores;
  }

  // Changing

  /** Makes a small set big when so many members are too much for it. */
  expect(slot: ValueSlot, members: number): void {
    if (slot.encoding === Encoding.LISTPACK && this.encodingFor(members, 0) === Encoding.SKIPLIST) this.#makeBig(slot);
  }

  /** Adds a member or changes its score, as the conditions (bits of AddIf) allow; leaves the new score in `score`. */
  add(slot: ValueSlot, score: number, conditions: AddIf, source: Region, offset: number, length: number): Added {
    if (slot.encoding === Encoding.LISTPACK) {
      const at = findInPack(slot, source, offset, length);
      if (at >= 0) {
        const old = this.#packs.scoreAt(slot.segment, listpack.next(slot.segment, at));
        const outcome = this.#decide(old, score, conditions);
        if (outcome === Added.UPDATED) this.#packs.rescore(slot, at, this.score, source, offset, length);
        return outcome;
      }
      if ((conditions & AddIf.EXISTING) !== 0) return Added.NOTHING;
      if (this.#fits(slot, length)) {
        const place = this.#packs.placeFor(slot, score, source, offset, length);
        this.#packs.insert(slot, place, score, source, offset, length);
        this.score = score;
        return Added.ADDED;
      }
      this.#makeBig(slot);
    }
    const ref = this.#big.find(slot, source, offset, length);
    if (ref === 0) {
      if ((conditions & AddIf.EXISTING) !== 0) return Added.NOTHING;
      this.#big.insert(slot, score, source, offset, length);
      this.score = score;
      return Added.ADDED;
    }
    const outcome = this.#decide(this.#big.scoreOf(ref), score, conditions);
    if (outcome === Added.UPDATED) this.#big.rescore(slot, ref, this.score);
    return outcome;
  }

  /**
   * Adds the members of pairs of arguments from `from` on with the numbers in `scores`, as `add` does; `added` and `updated` count
   * them, also when this throws OutOfMemory with some of them added.
   */
  addPairs(slot: ValueSlot, conditions: AddIf, argv: Argv, from: number): void {
    const { scores } = this;
    this.added = 0;
    this.updated = 0;
    this.tried = 0;
    for (let i = from; i < argv.count; i += 2) {
      const score = scores[(i - from) >> 1]!;
      const outcome = this.add(slot, score, conditions, argv.source, argv.offset[i + 1]!, argv.length[i + 1]!);
      if (outcome === Added.ADDED) this.added++;
      else if (outcome === Added.UPDATED) this.updated++;
      this.tried++;
    }
  }

  /** What becomes of a member that is there; its new score is then in `score`. */
  #decide(old: number, score: number, conditions: AddIf): Added {
    if ((conditions & AddIf.NEW) !== 0) return Added.NOTHING;
    if ((conditions & AddIf.INCREMENT) !== 0) {
      score += old;
      if (Number.isNaN(score)) return Added.NAN;
    }
    if ((conditions & AddIf.LESS) !== 0 && score >= old) return Added.NOTHING;
    if ((conditions & AddIf.GREATER) !== 0 && score <= old) return Added.NOTHING;
    this.score = score;
    return score === old ? Added.SAME : Added.UPDATED;
  }

  /** Adds a member that comes after all others. */
  append(slot: ValueSlot, score: number, source: Region, offset: number, length: number): void {
    if (slot.encoding === Encoding.LISTPACK) {
      if (this.#fits(slot, length)) return this.#packs.insert(slot, packEnd(slot), score, source, offset, length);
      this.#makeBig(slot);
    }
    this.#big.append(slot, score, source, offset, length);
  }

  /** Removes a member; false when it is not there. A set without members is the caller's to remove. */
  remove(slot: ValueSlot, source: Region, offset: number, length: number): boolean {
    if (slot.encoding === Encoding.LISTPACK) {
      const at = findInPack(slot, source, offset, length);
      if (at < 0) return false;
      removeFromPack(slot, at, 1);
      return true;
    }
    const ref = this.#big.find(slot, source, offset, length);
    if (ref === 0) return false;
    this.#big.remove(slot, ref);
    return true;
  }

  /** Removes the members of rank `from` to `to` (exclusive). */
  removeRange(slot: ValueSlot, from: number, to: number): void {
    if (from >= to) return;
    if (slot.encoding === Encoding.LISTPACK) removeFromPack(slot, placeOfRank(slot, from), to - from);
    else this.#big.removeRange(slot, from, to);
  }

  /** Makes a big set a small one if the limits allow it; for sets that were made anew. Throws OutOfMemory with nothing changed. */
  makeSmall(slot: ValueSlot): void {
    const count = this.count(slot);
    if (slot.encoding === Encoding.LISTPACK || count > this.#maxPacked) return;
    const own = this.#own;
    let size: number = SortedPack.COUNT_BYTES;
    own.open(slot);
    while (own.next()) {
      const { region, offset, length } = own.member;
      if (length > this.#limits.zsetMaxListpackValue) return;
      size += this.#packs.pairSize(own.score, region, offset, length);
    }
    if (size > SortedPack.MAX_BYTES) return;
    // The roots are in the payload, so the run is made elsewhere.
    if (this.#scratch.u8.length < size) this.#scratch = Region.allocate(size);
    const scratch = this.#scratch;
    let at: number = SortedPack.COUNT_BYTES;
    own.open(slot);
    while (own.next()) {
      const { region, offset, length } = own.member;
      at = this.#packs.writePair(scratch, at, own.score, region, offset, length);
    }
    slot.resize(Math.max(size, BigPayload.BYTES));
    this.#big.release(slot, Number.POSITIVE_INFINITY);
    slot.encoding = Encoding.LISTPACK;
    slot.resize(size);
    copyBytes(scratch, 0, slot.segment, slot.offset, size);
    setPackCount(slot, count);
    if (scratch.u8.length > SCRATCH_KEPT) this.#scratch = Region.allocate(1024);
  }

  get #maxPacked(): number {
    return Math.min(this.#limits.zsetMaxListpackEntries, SortedPack.MAX_MEMBERS);
  }

  /** True when a small set may get one more member, of this length. */
  #fits(slot: ValueSlot, length: number): boolean {
    return (
      this.encodingFor(packCount(slot) + 1, length) === Encoding.LISTPACK && slot.length + length < SortedPack.MAX_BYTES
    );
  }

  #makeBig(slot: ValueSlot): void {
    const own = this.#own;
    const made = { segment: Region.allocate(BigPayload.BYTES), offset: 0 };
    try {
      this.#big.create(made);
      own.open(slot);
      while (own.next()) {
        const { region, offset, length } = own.member;
        this.#big.append(made, own.score, region, offset, length);
      }
      slot.resize(BigPayload.BYTES);
    } catch (error) {
      this.#big.release(made, Number.POSITIVE_INFINITY);
      throw error;
    }
    const { dv } = made.segment;
    setRoots(slot, dv.getUint32(0, true), dv.getUint32(BigPayload.INDEX, true));
    slot.encoding = Encoding.SKIPLIST;
  }

  // Owning

  isStructured(encoding: Encoding): boolean {
    return encoding === Encoding.SKIPLIST;
  }

  structureOf(segment: Segment, offset: number): number {
    return segment.dv.getUint32(offset, true);
  }

  weight(segment: Segment, offset: number): number {
    return this.#big.count({ segment, offset });
  }

  release(segment: Segment, offset: number, _encoding: Encoding, limit: number): boolean {
    return this.#big.release({ segment, offset }, limit);
  }

  duplicate(segment: Segment, offset: number): void {
    this.#big.duplicate({ segment, offset });
  }

  eachBlock(segment: Segment, offset: number, _encoding: Encoding, visit: (ref: number) => void): void {
    this.#big.eachBlock({ segment, offset }, visit);
  }

  memoryBytes(segment: Segment, offset: number, _encoding: Encoding, samples: number): number {
    return this.#big.memoryBytes({ segment, offset }, samples);
  }

  /** What is wrong with a set, in words; for tests. */
  verify(set: ValueView): string[] {
    return set.encoding === Encoding.SKIPLIST ? this.#big.verify(set) : this.#packs.verify(set);
  }
}
