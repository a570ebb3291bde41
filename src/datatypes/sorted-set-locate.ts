/** Finding the ranks that a range covers (sorted-set-range.ts), in small sorted sets by walking, in big ones in O(log n). */
import { compareBytes } from "../bytes/region.js";
import { ElementView } from "../structures/entry/element-view.js";
import { Encoding } from "../structures/entry/entry.js";
import * as listpack from "../structures/packed/listpack.js";
import type { SortedCursor, SortedIndex } from "../structures/tree/sorted-index.js";
import { indexOf } from "./sorted-set-big.js";
import { packCount, packEnd, packStart, type SortedPacks } from "./sorted-set-pack.js";
import { type MemberBound, RangeBy, type SortedSetRange } from "./sorted-set-range.js";
import type { ValueView } from "./value-slot.js";

export class RangeLocator {
  readonly #index: SortedIndex;
  readonly #packs: SortedPacks;
  readonly #cursor: SortedCursor;
  readonly #view = new ElementView();

  constructor(index: SortedIndex, packs: SortedPacks) {
    this.#index = index;
    this.#packs = packs;
    this.#cursor = index.cursor();
  }

  /** Sets the ranks that a range covers in a set of `count` members. */
  locate(set: ValueView, count: number, range: SortedSetRange): void {
    switch (range.by) {
      case RangeBy.RANK:
        return locateRanks(count, range);
      case RangeBy.SCORE:
        return range.cut(
          this.#rankOfScore(set, range.min, range.isMinOut),
          this.#rankOfScore(set, range.max, !range.isMaxOut),
        );
      default:
        if (isEmptyByMember(range)) return range.clear();
        if (set.encoding === Encoding.LISTPACK) return this.#locateInPack(set, range);
        return range.cut(
          this.#rankOfBound(set, count, range.first, false),
          this.#rankOfBound(set, count, range.last, true),
        );
    }
  }

  #rankOfScore(set: ValueView, score: number, isAfter: boolean): number {
    if (set.encoding === Encoding.LISTPACK) return this.#packs.rankOfScore(set, score, isAfter);
    return this.#index.rankOfScore(indexOf(set), score, isAfter);
  }

  #rankOfBound(set: ValueView, count: number, bound: MemberBound, isLast: boolean): number {
    if (bound.end !== 0) return bound.end < 0 ? 0 : count;
    const { region, offset, length } = bound;
    this.#index.seekMember(indexOf(set), region, offset, length, bound.isOut !== isLast, this.#cursor);
    return this.#cursor.rank;
  }

  /**
   * By member in a run, as Redis walks it: where scores differ, members are in no order, and then what Redis finds is what follows from
   * where it begins and which members it looks at.
   */
  #locateInPack(set: ValueView, range: SortedSetRange): void {
    const count = packCount(set);
    const { skip, limit, isReverse } = range;
    range.clear();
    if (skip < 0) return;
    const lastAt = listpack.previous(set.segment, listpack.previous(set.segment, packEnd(set)));
    if (!this.#isAtLeast(set, lastAt, range.first) || !this.#isAtMost(set, packStart(set), range.last)) return;

    const step = isReverse ? -1 : 1;
    let rank = isReverse ? count - 1 : 0;
    let at = isReverse ? lastAt : packStart(set);
    const move = (): void => {
      rank += step;
      if (rank >= 0 && rank < count) at = isReverse ? stepBack(set, at) : stepOn(set, at);
    };
    const isBegun = (): boolean =>
      isReverse ? this.#isAtMost(set, at, range.last) : this.#isAtLeast(set, at, range.first);
    const isInside = (): boolean =>
      isReverse ? this.#isAtLeast(set, at, range.first) : this.#isAtMost(set, at, range.last);
    while (rank >= 0 && rank < count && !isBegun()) move();
    if (rank < 0 || rank >= count || !isInside()) return;
    for (let left = skip; left > 0 && rank >= 0 && rank < count; left--) move();
    const begin = rank;
    let left = limit < 0 ? count : limit;
    for (; left > 0 && rank >= 0 && rank < count && isInside(); left--) move();
    range.from = isReverse ? rank + 1 : begin;
    range.to = isReverse ? begin + 1 : rank;
  }

  #isAtLeast(set: ValueView, at: number, bound: MemberBound): boolean {
    const order = this.#order(set, at, bound);
    return bound.isOut ? order > 0 : order >= 0;
  }

  #isAtMost(set: ValueView, at: number, bound: MemberBound): boolean {
    const order = this.#order(set, at, bound);
    return bound.isOut ? order < 0 : order <= 0;
  }

  /** Orders the member at `at` against a bound. */
  #order(set: ValueView, at: number, bound: MemberBound): number {
    if (bound.end !== 0) return -bound.end;
    const view = this.#view;
    listpack.load(set.segment, at, view);
    return compareBytes(view.region, view.offset, view.length, bound.region, bound.offset, bound.length);
  }
}

function locateRanks(count: number, range: SortedSetRange): void {
  const start = Math.max(0, range.start < 0 ? count + range.start : range.start);
  const stop = Math.min(count - 1, range.stop < 0 ? count + range.stop : range.stop);
  if (start > stop) return range.clear();
  range.from = range.isReverse ? count - 1 - stop : start;
  range.to = range.isReverse ? count - start : stop + 1;
}

/** True when no member could be in a range by member, whatever the set. */
function isEmptyByMember({ first, last }: SortedSetRange): boolean {
  let order = first.end - last.end;
  if (first.end === 0 && last.end === 0)
    order = compareBytes(first.region, first.offset, first.length, last.region, last.offset, last.length);
  return order > 0 || (order === 0 && (first.isOut || last.isOut || first.end !== 0));
}

function stepOn(set: ValueView, at: number): number {
  return listpack.skip(set.segment, at, packEnd(set), 2);
}

function stepBack(set: ValueView, at: number): number {
  return listpack.previous(set.segment, listpack.previous(set.segment, at));
}
