/**
 * Union, intersection and difference of sorted sets and sets, whose members have the score 1. By Redis' algorithms, because the order in
 * which scores are added shows in their last digits:
 *
 *     algebra.clear(); algebra.add(set, isSet) ... algebra.weigh(i, 2) ...
 *     algebra.unite(target);
 *
 * A target is an empty big sorted set that no key has yet. When memory runs out it has some of the members, and is still to be freed.
 */
import type { Region } from "../bytes/region.js";
import type { Segment } from "../memory/segment.js";
import type { ElementDict } from "../structures/dict/element-dict.js";
import type { ElementView } from "../structures/entry/element-view.js";
import { Encoding } from "../structures/entry/entry.js";
import { SetCursor } from "./set-cursor.js";
import type { Sets } from "./sets.js";
import type { BigSortedSets } from "./sorted-set-big.js";
import type { SortedSetCursor } from "./sorted-set-cursor.js";
import type { SortedSets } from "./sorted-sets.js";
import type { ValueSlot, ValueView } from "./value-slot.js";

/** How the scores of a member that several sets have become one. */
export const enum Aggregate {
  SUM = 0,
  MIN = 1,
  MAX = 2,
}

/** A set that takes part, as it was when it was added; one that is missing has no members. */
class Operand implements ValueView {
  segment!: Segment;
  offset = -1;
  length = 0;
  encoding: Encoding = Encoding.RAW;
  isSet = false;
  count = 0;
  weight = 1;
}

export class SortedSetAlgebra {
  aggregate: Aggregate = Aggregate.SUM;
  readonly #sortedSets: SortedSets;
  readonly #big: BigSortedSets;
  readonly #sets: Sets;
  /** The set being walked: a sorted one, or one that is not. */
  #walked!: Operand;
  #inSorted: SortedSetCursor | null = null;
  readonly #inSet: SetCursor;
  #operands: Operand[] = [];

  constructor(sortedSets: SortedSets, big: BigSortedSets, sets: Sets, elements: ElementDict) {
    this.#sortedSets = sortedSets;
    this.#big = big;
    this.#sets = sets;
    this.#inSet = new SetCursor(elements);
  }

  /** Starts anew: no sets, scores are added up. */
  clear(): void {
    this.#operands = [];
    this.aggregate = Aggregate.SUM;
  }

  /** Lets a sorted set or a set take part; null is an empty one. */
  add(set: ValueView | null, isSet: boolean): void {
    const operand = new Operand();
    this.#operands.push(operand);
    if (set === null) return;
    operand.segment = set.segment;
    operand.offset = set.offset;
    operand.length = set.length;
    operand.encoding = set.encoding;
    operand.isSet = isSet;
    operand.count = isSet ? this.#sets.count(set) : this.#sortedSets.count(set);
  }

  /** Multiplies the scores of set number `i` by a weight. */
  weigh(i: number, weight: number): void {
    this.#operands[i]!.weight = weight;
  }

  /** Gives an empty target the members of all sets. */
  unite(target: ValueSlot): void {
    const operands = this.#ascending();
    const big = this.#big;
    for (const operand of operands) {
      if (operand.count === 0) continue;
      this.#open(operand);
      while (this.#next()) {
        const { region, offset, length } = this.#member;
        const score = weighted(this.#score, operand.weight);
        const ref = big.find(target, region, offset, length);
        if (ref === 0) big.insertUnordered(target, score, region, offset, length);
        else big.setScore(ref, this.#join(big.scoreOf(ref), score));
      }
    }
    big.indexAll(target);
  }

  /** Gives an empty target the members that all sets have. */
  intersect(target: ValueSlot): void {
    this.#eachCommon((member, score) => {
      this.#big.insert(target, score, member.region, member.offset, member.length);
      return true;
    });
  }

  /** The number of members that all sets have, or `limit` if there are more; 0 is no limit. */
  countCommon(limit: number): number {
    let count = 0;
    this.#eachCommon(() => ++count !== limit);
    return count;
  }

  /** Walks the smallest set, looking for its members in the others; `visit` returns false to end. */
  #eachCommon(visit: (member: ElementView, score: number) => boolean): void {
    const operands = this.#ascending();
    const smallest = operands[0]!;
    if (smallest.count === 0) return;
    this.#open(smallest);
    while (this.#next()) {
      const own = this.#score;
      const { region, offset, length } = this.#member;
      let score = weighted(own, smallest.weight);
      let i = 1;
      for (; i < operands.length; i++) {
        const other = operands[i]!;
        const value = isSame(other, smallest) ? own : this.#scoreIn(other, region, offset, length);
        if (Number.isNaN(value)) break;
        score = this.#join(score, value * other.weight);
      }
      if (i === operands.length && !visit(this.#member, score)) return;
    }
  }

  /** Gives an empty target the members of the first set that no other has. */
  subtract(target: ValueSlot): void {
    const operands = this.#operands;
    const first = operands[0]!;
    if (first.count === 0) return;
    let total = 0;
    for (const [i, operand] of operands.entries()) {
      if (i > 0 && isSame(operand, first)) return;
      total += operand.count;
    }
    // Looking for each member of the first set in the others, or theirs in a copy of it: whatever is less work.
    if ((first.count * operands.length) / 2 <= total) this.#keepOwn(target);
    else this.#takeOthers(target);
  }

  #keepOwn(target: ValueSlot): void {
    const [first, ...others] = this.#operands as [Operand, ...Operand[]];
    others.sort((a, b) => b.count - a.count);
    this.#open(first);
    while (this.#next()) {
      const { region, offset, length } = this.#member;
      if (others.some((other) => !Number.isNaN(this.#scoreIn(other, region, offset, length)))) continue;
      this.#big.insert(target, this.#score, region, offset, length);
    }
  }

  #takeOthers(target: ValueSlot): void {
    const big = this.#big;
    for (const [i, operand] of this.#operands.entries()) {
      if (operand.count === 0) continue;
      this.#open(operand);
      while (this.#next()) {
        const { region, offset, length } = this.#member;
        if (i === 0) {
          big.insert(target, this.#score, region, offset, length);
          continue;
        }
        const ref = big.find(target, region, offset, length);
        if (ref !== 0) big.remove(target, ref);
      }
    }
  }

  /** The operands from the smallest to the largest; equal ones in the order they came. */
  #ascending(): Operand[] {
    return this.#operands.sort((a, b) => a.count - b.count);
  }

  /** Score of a member in a set, NaN when it is not there. */
  #scoreIn(operand: Operand, region: Region, offset: number, length: number): number {
    if (operand.count === 0) return Number.NaN;
    if (operand.isSet) return this.#sets.has(operand, region, offset, length) ? 1 : Number.NaN;
    return this.#sortedSets.find(operand, region, offset, length) ? this.#sortedSets.score : Number.NaN;
  }

  #join(score: number, value: number): number {
    // Not Math.min: what is no number changes nothing, and neither does the other zero.
    if (this.aggregate === Aggregate.MIN && !(value < score)) return score;
    if (this.aggregate === Aggregate.MAX && !(value > score)) return score;
    if (this.aggregate !== Aggregate.SUM) return value;
    const sum = score + value;
    // Infinities of both signs.
    return Number.isNaN(sum) ? 0 : sum;
  }

  // Walking

  #open(operand: Operand): void {
    this.#walked = operand;
    if (operand.isSet) return this.#inSet.open(operand);
    this.#inSorted ??= this.#sortedSets.createCursor();
    this.#inSorted.open(operand);
  }

  #next(): boolean {
    return this.#walked.isSet ? this.#inSet.next() : this.#inSorted!.next();
  }

  get #member(): ElementView {
    return this.#walked.isSet ? this.#inSet.member : this.#inSorted!.member;
  }

  get #score(): number {
    return this.#walked.isSet ? 1 : this.#inSorted!.score;
  }
}

/** A score times a weight; 0 where that is no number. */
function weighted(score: number, weight: number): number {
  const product = score * weight;
  return Number.isNaN(product) ? 0 : product;
}

/** True when two operands are the same key's value. */
function isSame(a: Operand, b: Operand): boolean {
  return a.count > 0 && a.segment === b.segment && a.offset === b.offset;
}
