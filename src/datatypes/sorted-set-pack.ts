/**
 * Small sorted sets: the payload is a run of listpack elements (structures/packed/listpack.ts) with their number in front, member and score
 * in turn, ordered by score and then by the bytes of the member:
 *
 *     listpack    | elements, 2 | member | score | member | score ...
 *
 * A score is stored as Redis 7.2 does: an integer when it is one and not beyond 2^62 (-0 becomes 0), else its shortest text.
 *
 * Everything here looks at all the members before a place, at about 3 ns each: there are at most zset-max-listpack-entries. A place is
 * an offset in the segment, valid until the next change. A payload that becomes larger does so before anything changes.
 */
import { formatDouble, parseDouble } from "../bytes/double.js";
import { compareBytes, Region } from "../bytes/region.js";
import type { Segment } from "../memory/segment.js";
import { ElementView } from "../structures/entry/element-view.js";
import * as listpack from "../structures/packed/listpack.js";
import { compareScoreText } from "./score-text.js";
import type { ValueSlot, ValueView } from "./value-slot.js";

export const enum SortedPack {
  COUNT_BYTES = 2,
  /** The number of elements must fit its bytes. */
  MAX_MEMBERS = 32_767,
  /** No run becomes longer than this. */
  MAX_BYTES = 0x20000000,
  /** Longest text of a score, and some room. */
  SCORE_BYTES = 40,
}

/** Beyond this a whole score is stored as text. */
const INTEGER_LIMIT = 2 ** 62;
const WORD = 2 ** 32;

/** Where the first member is, or the end. */
export function packStart(set: ValueView): number {
  return set.offset + SortedPack.COUNT_BYTES;
}

/** Where the run ends. */
export function packEnd(set: ValueView): number {
  return set.offset + set.length;
}

/** Number of members. */
export function packCount(set: ValueView): number {
  return set.segment.dv.getUint16(set.offset, true) >>> 1;
}

export function setPackCount(slot: ValueSlot, members: number): void {
  slot.segment.dv.setUint16(slot.offset, members * 2, true);
}

/** Place of the member with this rank; the end for as many members as there are. */
export function placeOfRank(set: ValueView, rank: number): number {
  const end = packEnd(set);
  const count = packCount(set);
  if (rank >= count) return end;
  return listpack.seekIndex(set.segment, packStart(set), end, rank * 2, count * 2);
}

/** Place of a member, -1 when it is not there. */
export function findInPack(set: ValueView, source: Region, offset: number, length: number): number {
  return listpack.find(set.segment, packStart(set), packEnd(set), source, offset, length, 1);
}

/** Number of members before a place. */
export function rankOfPlace(set: ValueView, at: number): number {
  return listpack.countElements(set.segment, packStart(set), at) / 2;
}

/** Takes `count` members from a place on out. */
export function removeFromPack(slot: ValueSlot, at: number, count: number): void {
  const end = packEnd(slot);
  const newEnd = listpack.remove(slot.segment, at, end, count * 2);
  setPackCount(slot, packCount(slot) - count);
  slot.resize(slot.length - (end - newEnd));
}

/** What reads and writes scores in runs, and so needs room of its own. */
export class SortedPacks {
  readonly #view = new ElementView();
  readonly #text = Region.allocate(SortedPack.SCORE_BYTES);
  #textLength = 0;

  /** The score in the element at `at`. */
  scoreAt(region: Region, at: number): number {
    const integer = listpack.readInteger(region, at);
    if (!Number.isNaN(integer)) return integer;
    const view = this.#view;
    listpack.load(region, at, view);
    return parseDouble(view.region, view.offset, view.length);
  }

  /** Orders the score in the element at `at` against another. */
  compareScoreAt(region: Region, at: number, score: number): number {
    const integer = listpack.readInteger(region, at);
    if (!Number.isNaN(integer)) return integer - score;
    const view = this.#view;
    listpack.load(region, at, view);
    return compareScoreText(view.region, view.offset, view.length, score);
  }

  /** Orders the member at `at` against another. */
  compareMemberAt(region: Region, at: number, source: Region, offset: number, length: number): number {
    const view = this.#view;
    listpack.load(region, at, view);
    return compareBytes(view.region, view.offset, view.length, source, offset, length);
  }

  /** Number of members with a lower score, or (`isAfter`) with no higher one. */
  rankOfScore(set: ValueView, score: number, isAfter: boolean): number {
    const { segment } = set;
    const end = packEnd(set);
    let rank = 0;
    for (let at = packStart(set); at < end; rank++) {
      const scoreAt = listpack.next(segment, at);
      const order = this.compareScoreAt(segment, scoreAt, score);
      if (isAfter ? order > 0 : order >= 0) break;
      at = listpack.next(segment, scoreAt);
    }
    return rank;
  }

  /** Where a member that is not there goes. */
  placeFor(set: ValueView, score: number, source: Region, offset: number, length: number): number {
    return this.#placeBefore(set.segment, packStart(set), packEnd(set), score, source, offset, length);
  }

  /** Bytes that a member with its score takes. */
  pairSize(score: number, source: Region, offset: number, length: number): number {
    return listpack.sizeOfString(source, offset, length) + this.#prepare(score);
  }

  /** Inserts a member at the place where it belongs. */
  insert(slot: ValueSlot, at: number, score: number, source: Region, offset: number, length: number): void {
    const size = this.pairSize(score, source, offset, length);
    const place = at - slot.offset;
    const oldLength = slot.length;
    slot.resize(oldLength + size);
    const { segment } = slot;
    at = slot.offset + place;
    listpack.openGap(segment, at, slot.offset + oldLength, size);
    this.#writeScore(segment, listpack.writeString(segment, at, source, offset, length), score);
    setPackCount(slot, packCount(slot) + 1);
  }

  /** Gives the member at `at`, whose text is also given, another score, and moves it to where it then belongs. */
  rescore(slot: ValueSlot, at: number, score: number, source: Region, offset: number, length: number): void {
    const oldLength = slot.length;
    const pairSize = listpack.skip(slot.segment, at, packEnd(slot), 2) - at;
    const newSize = this.pairSize(score, source, offset, length);
    const place = at - slot.offset;
    if (newSize > pairSize) slot.resize(oldLength - pairSize + newSize);
    const { segment } = slot;
    const end = listpack.closeGap(segment, slot.offset + place, slot.offset + oldLength, pairSize);
    at = this.#placeBefore(segment, packStart(slot), end, score, source, offset, length);
    listpack.openGap(segment, at, end, newSize);
    // Looking for the place has used the room of the score's text.
    this.#prepare(score);
    this.#writeScore(segment, listpack.writeString(segment, at, source, offset, length), score);
    if (newSize < pairSize) slot.resize(oldLength - pairSize + newSize);
  }

  #placeBefore(
    segment: Segment,
    at: number,
    end: number,
    score: number,
    source: Region,
    offset: number,
    length: number,
  ): number {
    while (at < end) {
      const scoreAt = listpack.next(segment, at);
      const order = this.compareScoreAt(segment, scoreAt, score);
      if (order > 0 || (order === 0 && this.compareMemberAt(segment, at, source, offset, length) > 0)) break;
      at = listpack.next(segment, scoreAt);
    }
    return at;
  }

  /** Writes a member and its score at the end of a run being built in a region, and returns the new end. */
  writePair(region: Region, at: number, score: number, source: Region, offset: number, length: number): number {
    this.#prepare(score);
    return this.#writeScore(region, listpack.writeString(region, at, source, offset, length), score);
  }

  /** What is wrong with the order or the number of members, in words; for tests. */
  verify(set: ValueView): string[] {
    const { segment } = set;
    const problems: string[] = [];
    let members = 0;
    let before = Number.NEGATIVE_INFINITY;
    const view = new ElementView();
    for (let at = packStart(set); at < packEnd(set); members++) {
      const scoreAt = listpack.next(segment, at);
      const order = this.compareScoreAt(segment, scoreAt, before);
      const isAbove = order > 0 || members === 0;
      if (!isAbove && (order < 0 || this.compareMemberAt(segment, at, view.region, view.offset, view.length) <= 0))
        problems.push(`member ${members} is not above the one before`);
      before = this.scoreAt(segment, scoreAt);
      listpack.load(segment, at, view);
      at = listpack.next(segment, scoreAt);
    }
    if (members !== packCount(set)) problems.push(`${members} members, counted as ${packCount(set)}`);
    return problems;
  }

  /** Bytes of a score's element; its text, if it has one, is then in `#text`. */
  #prepare(score: number): number {
    if (Number.isSafeInteger(score)) return listpack.sizeOfInteger(score);
    if (isStoredInteger(score)) return listpack.sizeOfWords(Math.floor(score / WORD), score | 0);
    const text = formatDouble(score);
    for (let i = 0; i < text.length; i++) this.#text.u8[i] = text.charCodeAt(i);
    this.#textLength = text.length;
    return listpack.sizeOfString(this.#text, 0, text.length);
  }

  /** Writes the score that was prepared, and returns the end of its element. */
  #writeScore(region: Region, at: number, score: number): number {
    if (Number.isSafeInteger(score)) return listpack.writeInteger(region, at, score);
    if (isStoredInteger(score)) return listpack.writeWords(region, at, Math.floor(score / WORD), score | 0);
    return listpack.writeString(region, at, this.#text, 0, this.#textLength);
  }
}

function isStoredInteger(score: number): boolean {
  return Number.isInteger(score) && Math.abs(score) <= INTEGER_LIMIT;
}
