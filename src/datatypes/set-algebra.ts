/**
 * Intersection, union and difference of sets, by Redis' algorithms. A result is pulled member by member, so that it costs no memory:
 *
 *     algebra.clear(); algebra.add(set); algebra.add(set) ...
 *     algebra.startIntersection();
 *     while (algebra.nextCommon()) use(algebra.member);
 *
 * Members of a union or difference can also be put into a set, which pays when every member would be looked for in many others.
 * The sets must not change meanwhile, except the one that is built.
 */
import type { Segment } from "../memory/segment.js";
import type { ElementDict } from "../structures/dict/element-dict.js";
import type { ElementView } from "../structures/entry/element-view.js";
import { Encoding } from "../structures/entry/entry.js";
import { SetCursor } from "./set-cursor.js";
import type { Sets } from "./sets.js";
import type { ValueSlot, ValueView } from "./value-slot.js";

/** Unions of more sets than this are built rather than pulled: adding a member costs as much as looking for it in some sets. */
const PULLED_UNION_SETS = 4;

/** A set that takes part, as it was when it was added. */
class Operand implements ValueView {
  segment!: Segment;
  offset = 0;
  length = 0;
  encoding: Encoding = Encoding.RAW;
  count = 0;
}

export class SetAlgebra {
  readonly #sets: Sets;
  readonly #cursor: SetCursor;
  /** Used again and again; the first `#count` of them take part. */
  readonly #operands: Operand[] = [];
  #count = 0;
  /** The operand being walked. */
  #walked = 0;

  constructor(sets: Sets, elements: ElementDict) {
    this.#sets = sets;
    this.#cursor = new SetCursor(elements);
  }

  /** The member that the last `next…` has come to. */
  get member(): ElementView {
    return this.#cursor.member;
  }

  clear(): void {
    this.#count = 0;
  }

  /** Lets a set take part. */
  add(set: ValueView): void {
    if (this.#count === this.#operands.length) this.#operands.push(new Operand());
    const operand = this.#operands[this.#count++]!;
    operand.segment = set.segment;
    operand.offset = set.offset;
    operand.length = set.length;
    operand.encoding = set.encoding;
    operand.count = this.#sets.count(set);
  }

  /** Walks the smallest set, looking for its members in the others from the next smallest on. */
  startIntersection(): void {
    this.#sort(0, (a, b) => a.count - b.count);
    this.#cursor.open(this.#operands[0]!);
  }

  /** Encoding of the smallest set, which is that of a result not yet known; after `startIntersection`. */
  get walkedEncoding(): Encoding {
    return this.#operands[0]!.encoding;
  }

  /** Shows the next member that all sets have; false when there is none. */
  nextCommon(): boolean {
    const sets = this.#sets;
    const operands = this.#operands;
    const count = this.#count;
    while (this.#cursor.next()) {
      const { region, offset, length } = this.#cursor.member;
      let i = 1;
      while (i < count && (isSame(operands[i]!, operands[0]!) || sets.has(operands[i]!, region, offset, length))) i++;
      if (i === count) return true;
    }
    return false;
  }

  /** True when looking for each member of the first set in the others costs less than taking theirs out of a copy of it. */
  get isDifferencePulled(): boolean {
    const operands = this.#operands;
    const first = operands[0]!;
    let total = 0;
    for (let i = 0; i < this.#count; i++) {
      if (i > 0 && isSame(operands[i]!, first)) return true;
      total += operands[i]!.count;
    }
    return (first.count * this.#count) / 2 <= total;
  }

  /** Walks the first set, looking for its members in the others from the largest on. */
  startDifference(): void {
    this.#sort(1, (a, b) => b.count - a.count);
    this.#cursor.open(this.#operands[0]!);
  }

  /** Shows the next member of the first set that no other has; false when there is none. */
  nextDifferent(): boolean {
    const sets = this.#sets;
    const operands = this.#operands;
    const count = this.#count;
    for (let i = 1; i < count; i++) if (isSame(operands[i]!, operands[0]!)) return false;
    while (this.#cursor.next()) {
      const { region, offset, length } = this.#cursor.member;
      let i = 1;
      while (i < count && !sets.has(operands[i]!, region, offset, length)) i++;
      if (i === count) return true;
    }
    return false;
  }

  get isUnionPulled(): boolean {
    return this.#count <= PULLED_UNION_SETS;
  }

  /** Walks the sets one after the other. */
  startUnion(): void {
    this.#walked = 0;
    if (this.#count > 0) this.#cursor.open(this.#operands[0]!);
  }

  /** Shows the next member that no set before had; false when there is none. */
  nextOfUnion(): boolean {
    const sets = this.#sets;
    const operands = this.#operands;
    while (this.#walked < this.#count) {
      while (this.#cursor.next()) {
        const { region, offset, length } = this.#cursor.member;
        let i = 0;
        while (i < this.#walked && !sets.has(operands[i]!, region, offset, length)) i++;
        if (i === this.#walked) return true;
      }
      if (++this.#walked < this.#count) this.#cursor.open(operands[this.#walked]!);
    }
    return false;
  }

  /** Adds all members of all sets to an empty set. */
  buildUnion(target: ValueSlot): void {
    for (let i = 0; i < this.#count; i++) this.#addAll(this.#operands[i]!, target);
  }

  /** Makes an empty set the difference. */
  buildDifference(target: ValueSlot): void {
    const sets = this.#sets;
    if (this.isDifferencePulled) {
      this.startDifference();
      while (this.nextDifferent()) sets.add(target, this.member.region, this.member.offset, this.member.length);
      return;
    }
    this.#addAll(this.#operands[0]!, target);
    for (let i = 1; i < this.#count && sets.count(target) > 0; i++) {
      this.#cursor.open(this.#operands[i]!);
      while (this.#cursor.next()) sets.remove(target, this.member.region, this.member.offset, this.member.length);
    }
  }

  #addAll(set: ValueView, target: ValueSlot): void {
    this.#cursor.open(set);
    while (this.#cursor.next()) this.#sets.add(target, this.member.region, this.member.offset, this.member.length);
  }

  /** Sorts the operands from `from` on. */
  #sort(from: number, compare: (a: Operand, b: Operand) => number): void {
    if (this.#count - from < 2) return;
    const sorted = this.#operands.slice(from, this.#count).sort(compare);
    for (let i = 0; i < sorted.length; i++) this.#operands[from + i] = sorted[i]!;
  }
}

/** True when two operands are the same key's value. */
function isSame(a: Operand, b: Operand): boolean {
  return a.segment === b.segment && a.offset === b.offset;
}
