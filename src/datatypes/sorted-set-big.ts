/**
 * Big sorted sets: elements with a score (structures/entry/element.ts), which a dict finds by member and an index by score and rank
 * (structures/tree/sorted-index.ts). The payload keeps both roots:
 *
 *     skiplist    | dict root, 4 | index root, 4 |
 *
 * A member of 12 bytes takes 21 in a block of 24, 7.4 to 10.8 bytes of the dict and 8.1 to 10.3 of the index: about 43.
 *
 * One object serves all big sorted sets; every method takes the payload it works on. The index reads scores from the elements, so an
 * element leaves the index before it is freed, and moves in it before its score is written.
 */
import type { Region } from "../bytes/region.js";
import type { Arena } from "../memory/arena.js";
import { offsetOf, segmentOf } from "../memory/ref.js";
import { PAGES_END } from "../structures/dict/dict.js";
import type { ElementDict } from "../structures/dict/element-dict.js";
import {
  elementHeadSize,
  elementKeyLength,
  elementKeyOffset,
  elementScore,
  setElementScore,
  writeElementHead,
} from "../structures/entry/element.js";
import type { ElementView } from "../structures/entry/element-view.js";
import type { SortedCursor } from "../structures/tree/sorted-cursor.js";
import { SortedIndex } from "../structures/tree/sorted-index.js";

export const enum BigPayload {
  INDEX = 4,
  BYTES = 8,
}

const SCORE_BYTES = 8;
/** So many members are fetched ahead of those who pop them, from sets too large for the processor's cache. */
const FETCHED = 8;
const FETCH_SIZE = 16384;

/** Where the two roots lie; every payload is one. */
interface Roots {
  readonly segment: Region;
  readonly offset: number;
}

export class BigSortedSets {
  readonly index: SortedIndex;
  readonly #arena: Arena;
  readonly #dict: ElementDict;
  readonly #free = (ref: number): void => this.#arena.free(ref);
  readonly #cursor: SortedCursor;
  readonly #fetched = new Uint32Array(FETCHED);
  /** The dict that a range is being taken out of. */
  #shrinking = 0;
  readonly #removeFromDict = (ref: number): void => {
    this.#dict.findRef(this.#shrinking, ref, this.#dict.hashOf(ref));
    this.#dict.removeFound(this.#shrinking);
    this.#arena.free(ref);
  };

  constructor(arena: Arena, dict: ElementDict) {
    this.#arena = arena;
    this.#dict = dict;
    this.index = new SortedIndex(arena);
    this.#cursor = this.index.cursor();
  }

  /** Makes a payload an empty set. When this throws OutOfMemory, the payload owns nothing and says so. */
  create(set: Roots): void {
    setRoots(set, 0, 0);
    const dict = this.#dict.create();
    setRoots(set, dict, 0);
    setRoots(set, dict, this.index.create());
  }

  count(set: Roots): number {
    const dict = dictOf(set);
    return dict === 0 ? 0 : this.#dict.count(dict);
  }

  /** The element of a member, 0 when it is not there. */
  find(set: Roots, source: Region, offset: number, length: number): number {
    return this.#dict.find(dictOf(set), source, offset, length, this.#dict.hash(source, offset, length));
  }

  scoreOf(ref: number): number {
    return elementScore(segmentOf(this.#arena.segments, ref), offsetOf(ref));
  }

  /** Shows the member of an element. */
  load(ref: number, member: ElementView): void {
    const segment = segmentOf(this.#arena.segments, ref);
    const start = offsetOf(ref);
    member.setText(segment, elementKeyOffset(segment, start), elementKeyLength(segment, start));
  }

  /** Adds a member that is not there. Throws OutOfMemory with nothing changed. */
  insert(set: Roots, score: number, source: Region, offset: number, length: number): void {
    const ref = this.#createElement(score, source, offset, length);
    const dict = dictOf(set);
    const index = indexOf(set);
    try {
      this.index.insert(index, ref);
      try {
        this.#dict.insert(dict, this.#dict.hash(source, offset, length), ref, 0);
      } catch (error) {
        this.index.remove(index, ref);
        throw error;
      }
    } catch (error) {
      this.#arena.free(ref);
      throw error;
    }
  }

  /** As `insert`, for a member that comes after all others. */
  append(set: Roots, score: number, source: Region, offset: number, length: number): void {
    const ref = this.#createElement(score, source, offset, length);
    const dict = dictOf(set);
    const index = indexOf(set);
    try {
      this.index.append(index, ref);
      try {
        this.#dict.insert(dict, this.#dict.hash(source, offset, length), ref, 0);
      } catch (error) {
        this.index.remove(index, ref);
        throw error;
      }
    } catch (error) {
      this.#arena.free(ref);
      throw error;
    }
  }

  /** Adds a member that is not there to the dict alone: scores may then be set as one likes, until `indexAll`. Throws like `insert`. */
  insertUnordered(set: Roots, score: number, source: Region, offset: number, length: number): void {
    const ref = this.#createElement(score, source, offset, length);
    try {
      this.#dict.insert(dictOf(set), this.#dict.hash(source, offset, length), ref, 0);
    } catch (error) {
      this.#arena.free(ref);
      throw error;
    }
  }

  /** Changes the score of a member that was inserted unordered. */
  setScore(ref: number, score: number): void {
    setElementScore(segmentOf(this.#arena.segments, ref), offsetOf(ref), score);
  }

  /** Puts all members that were inserted unordered into the index. Throws OutOfMemory with some of them there. */
  indexAll(set: Roots): void {
    const dict = dictOf(set);
    const index = indexOf(set);
    const insert = (ref: number): void => this.index.insert(index, ref);
    for (let prefix = 0; prefix < PAGES_END; ) prefix = this.#dict.visitPage(dict, prefix, insert);
  }

  /** Gives a member another score. Throws OutOfMemory with nothing changed. */
  rescore(set: Roots, ref: number, score: number): void {
    if (this.#dict.guard !== null) this.#guard(dictOf(set), ref);
    this.index.rescore(indexOf(set), ref, score);
    this.setScore(ref, score);
  }

  #guard(dict: number, ref: number): void {
    this.#dict.findRef(dict, ref, this.#dict.hashOf(ref));
    this.#dict.changeFound(dict);
  }

  /** Removes a member. */
  remove(set: Roots, ref: number): void {
    const dict = dictOf(set);
    this.index.remove(indexOf(set), ref);
    this.#dict.findRef(dict, ref, this.#dict.hashOf(ref));
    this.#dict.removeFound(dict);
    this.#arena.free(ref);
  }

  /** Removes the members of rank `from` to `to` (exclusive). */
  removeRange(set: Roots, from: number, to: number): void {
    this.#shrinking = dictOf(set);
    this.index.removeRange(indexOf(set), from, to, this.#removeFromDict);
    // Whoever pops a member pops the next.
    const count = this.count(set);
    const isPop = to - from === 1 && (from === 0 || from === count);
    if (isPop && count >= FETCH_SIZE && count % FETCHED === 0) this.#fetchEnd(set, from);
  }

  #fetchEnd(set: Roots, rank: number): void {
    const cursor = this.#cursor;
    this.index.seekRank(indexOf(set), rank, cursor);
    for (let i = 0; i < FETCHED; i++) this.#fetched[i] = rank === 0 ? cursor.next() : cursor.previous();
    this.#dict.fetch(dictOf(set), this.#fetched, FETCHED);
  }

  rankOf(set: Roots, ref: number): number {
    return this.index.rankOf(indexOf(set), ref);
  }

  /** A random member; every one is equally likely. */
  random(set: Roots, random: () => number): number {
    return this.#dict.random(dictOf(set), random);
  }

  /** Visits about `count` members from `cursor` on, as Dict.scan; returns the next cursor, 0 at the end. */
  scan(set: Roots, cursor: number, count: number, visit: (ref: number) => void): number {
    const dict = dictOf(set);
    let visited = 0;
    let steps = count * 10;
    const counting = (ref: number): void => {
      visited++;
      visit(ref);
    };
    do cursor = this.#dict.scan(dict, cursor, counting);
    while (cursor !== 0 && visited < count && --steps > 0);
    return cursor;
  }

  /** The payload is a copy of another's: gives it elements and structures of its own. On OutOfMemory it owns nothing. */
  duplicate(set: Roots): void {
    const dict = dictOf(set);
    const cursor = this.index.cursor();
    this.index.seekRank(indexOf(set), 0, cursor);
    try {
      this.create(set);
      for (let left = this.#dict.count(dict); left > 0; left--) {
        const ref = cursor.next();
        const segment = segmentOf(this.#arena.segments, ref);
        const start = offsetOf(ref);
        const key = elementKeyOffset(segment, start);
        this.append(set, elementScore(segment, start), segment, key, elementKeyLength(segment, start));
      }
    } catch (error) {
      this.release(set, Number.POSITIVE_INFINITY);
      throw error;
    }
  }

  /** Frees about `limit` blocks; true when the set is gone but for its payload. */
  release(set: Roots, limit: number): boolean {
    const index = indexOf(set);
    const dict = dictOf(set);
    if (index !== 0) {
      if (!this.index.drain(index, limit)) return false;
      setRoots(set, dict, 0);
    }
    if (dict !== 0) {
      if (!this.#dict.drain(dict, limit, this.#free)) return false;
      setRoots(set, 0, 0);
    }
    return true;
  }

  /** Visits every block of a set, also of one that is being released. */
  eachBlock(set: Roots, visit: (ref: number) => void): void {
    const index = indexOf(set);
    const dict = dictOf(set);
    if (index !== 0) this.index.eachBlock(index, visit);
    if (dict === 0) return;
    this.#dict.eachBlock(dict, visit);
    for (let prefix = this.#dict.drainPosition(dict); prefix < PAGES_END; ) {
      prefix = this.#dict.visitPage(dict, prefix, visit);
    }
  }

  /** Bytes of all blocks, those of the elements estimated from `samples` of them (0: all). */
  memoryBytes(set: Roots, samples: number): number {
    const dict = dictOf(set);
    const count = this.#dict.count(dict);
    let sampled = 0;
    let bytes = 0;
    const weigh = (ref: number): void => {
      bytes += this.#arena.capacity(ref);
      sampled++;
    };
    if (samples === 0) for (let prefix = 0; prefix < PAGES_END; ) prefix = this.#dict.visitPage(dict, prefix, weigh);
    else this.#dict.sample(dict, 0, samples, false, Number.POSITIVE_INFINITY, weigh);
    const elements = sampled === 0 ? 0 : Math.round((bytes / sampled) * count);
    return this.#dict.overheadBytes(dict) + this.index.sizeBytes(indexOf(set)) + elements;
  }

  /** What is wrong with a set, in words; for tests. */
  verify(set: Roots): string[] {
    const dict = dictOf(set);
    const problems = [...this.#dict.verify(dict), ...this.index.verify(indexOf(set))];
    const counts = [this.#dict.count(dict), this.index.count(indexOf(set))];
    if (counts[0] !== counts[1]) problems.push(`the dict has ${counts[0]} members, the index ${counts[1]}`);
    return problems;
  }

  #createElement(score: number, source: Region, offset: number, length: number): number {
    const ref = this.#arena.allocate(elementHeadSize(length, false) + SCORE_BYTES);
    const segment = segmentOf(this.#arena.segments, ref);
    const at = writeElementHead(segment, offsetOf(ref), source, offset, length, 0, false);
    segment.dv.setFloat64(at, score, true);
    return ref;
  }
}

/** Root of the dict, 0 when there is none yet or no more. */
function dictOf(set: Roots): number {
  return set.segment.dv.getUint32(set.offset, true);
}

/** Root of the index, 0 when there is none yet or no more. */
export function indexOf(set: Roots): number {
  return set.segment.dv.getUint32(set.offset + BigPayload.INDEX, true);
}

export function setRoots(set: Roots, dict: number, index: number): void {
  set.segment.dv.setUint32(set.offset, dict, true);
  set.segment.dv.setUint32(set.offset + BigPayload.INDEX, index, true);
}
