/**
 * Random members of a sorted set (ZRANDMEMBER), as handles for `SortedSets.load`. Every choice is equally likely; the order of
 * different ones is not random.
 */
import { Encoding } from "../structures/entry/entry.js";
import * as listpack from "../structures/packed/listpack.js";
import type { BigSortedSets } from "./sorted-set-big.js";
import { packCount, packEnd, packStart, placeOfRank } from "./sorted-set-pack.js";
import type { SortedSets } from "./sorted-sets.js";
import type { ValueView } from "./value-slot.js";

/** A set of up to so many times the wanted members is walked (Redis' ZRANDMEMBER_SUB_STRATEGY_MUL). */
const WALK_FACTOR = 3;

/** Receives the handle of a member. */
type HandleVisitor = (handle: number) => void;

export class SortedSetSampler {
  readonly #sortedSets: SortedSets;
  readonly #big: BigSortedSets;
  readonly #random: () => number;

  constructor(sortedSets: SortedSets, big: BigSortedSets, random: () => number) {
    this.#sortedSets = sortedSets;
    this.#big = big;
    this.#random = random;
  }

  /** A random member. */
  pick(set: ValueView): number {
    if (set.encoding === Encoding.SKIPLIST) return this.#big.random(set, this.#random);
    return placeOfRank(set, this.#random() % packCount(set));
  }

  /** Visits `count` different members, or all if there are no more. */
  distinct(set: ValueView, count: number, visit: HandleVisitor): void {
    const size = this.#sortedSets.count(set);
    if (set.encoding === Encoding.LISTPACK) this.#chooseInPack(set, count, size, visit);
    else if (count * WALK_FACTOR <= size) this.#draw(set, count, visit);
    else this.#chooseInBig(set, count, size, visit);
  }

  /** Takes each with the probability wanted / left (Knuth's algorithm S). */
  #chooseInPack(set: ValueView, count: number, left: number, visit: HandleVisitor): void {
    const end = packEnd(set);
    for (let at = packStart(set); at < end && count > 0; at = listpack.skip(set.segment, at, end, 2)) {
      if (this.#random() % left-- >= count) continue;
      count--;
      visit(at);
    }
  }

  #chooseInBig(set: ValueView, count: number, left: number, visit: HandleVisitor): void {
    const choose = (ref: number): void => {
      if (this.#random() % left-- >= count) return;
      count--;
      visit(ref);
    };
    for (let cursor = 0; count > 0; ) {
      cursor = this.#big.scan(set, cursor, 1, choose);
      if (cursor === 0) return;
    }
  }

  /** Draws members, and again when one was drawn before. */
  #draw(set: ValueView, count: number, visit: HandleVisitor): void {
    const bits = Math.max(4, Math.ceil(Math.log2(count * 2)));
    // Refs by a hash of theirs, open addressing; 0 is none.
    const drawn = new Uint32Array(2 ** bits);
    while (count > 0) {
      const ref = this.#big.random(set, this.#random);
      let at = Math.imul(ref, 0x9e3779b1) >>> (32 - bits);
      while (drawn[at] !== 0 && drawn[at] !== ref) at = (at + 1) & (drawn.length - 1);
      if (drawn[at] === ref) continue;
      drawn[at] = ref;
      count--;
      visit(ref);
    }
  }
}
