/**
 * Several random members of a set at once: shown (SRANDMEMBER), or taken out (SPOP). Every choice of as many members is equally
 * likely; their order is not random.
 *
 * Members are chosen while the set is walked once: of those left, each with the probability wanted / left (Knuth's algorithm S). Only
 * when few are wanted of a big set they are drawn one by one, remembering which were drawn.
 */
import { moveBytes } from "../bytes/region.js";
import type { ElementView } from "../structures/entry/element-view.js";
import { ElementView as View } from "../structures/entry/element-view.js";
import { Encoding } from "../structures/entry/entry.js";
import * as intset from "../structures/packed/intset.js";
import * as listpack from "../structures/packed/listpack.js";
import { runCount, SetRun, setRunCount } from "./set-packed.js";
import type { Sets } from "./sets.js";
import type { ValueSlot, ValueView } from "./value-slot.js";

/** A set of up to so many times the wanted members is walked (Redis' SRANDMEMBER_SUB_STRATEGY_MUL). */
const WALK_FACTOR = 3;

/** Receives a member; its text is valid during the call. */
type MemberVisitor = (member: ElementView) => void;

export class SetSampler {
  readonly #sets: Sets;
  readonly #random: () => number;
  readonly #member = new View();

  constructor(sets: Sets, random: () => number) {
    this.#sets = sets;
    this.#random = random;
  }

  /** Visits `count` different members of a set that has more. */
  sample(set: ValueView, count: number, visit: MemberVisitor): void {
    const size = this.#sets.count(set);
    if (set.encoding === Encoding.HASHTABLE && count * WALK_FACTOR <= size) return this.#draw(set, count, visit);
    this.split(set, count, visit, null);
  }

  /** Visits all members: `count` random ones with `chosen`, the others with `rest`. */
  split(set: ValueView, count: number, chosen: MemberVisitor, rest: MemberVisitor | null): void {
    const { cursor } = this.#sets;
    let left = this.#sets.count(set);
    cursor.open(set);
    while ((count > 0 || rest !== null) && cursor.next()) {
      if (this.#chooses(count, left--)) {
        count--;
        chosen(cursor.member);
      } else if (rest !== null) rest(cursor.member);
    }
  }

  /** Takes `count` random members out of a set that has more, and visits them. */
  take(slot: ValueSlot, count: number, visit: MemberVisitor): void {
    if (slot.encoding === Encoding.INTSET) return this.#takeFromIntset(slot, count, visit);
    if (slot.encoding === Encoding.LISTPACK) return this.#takeFromRun(slot, count, visit);
    const sets = this.#sets;
    for (; count > 0; count--) {
      const handle = sets.pick(slot);
      sets.load(slot, handle, this.#member);
      visit(this.#member);
      sets.removeAt(slot, handle);
    }
  }

  #takeFromIntset(slot: ValueSlot, count: number, visit: MemberVisitor): void {
    const { segment, offset } = slot;
    const size = intset.count(segment, offset);
    const width = intset.width(segment, offset);
    const first = offset + intset.Intset.HEADER_BYTES;
    let wanted = count;
    let kept = 0;
    for (let i = 0; i < size; i++) {
      if (this.#chooses(wanted, size - i)) {
        wanted--;
        intset.load(segment, offset, i, this.#member);
        visit(this.#member);
      } else {
        if (kept < i) moveBytes(segment, first + i * width, first + kept * width, width);
        kept++;
      }
    }
    intset.removeAt(segment, offset, kept, count);
    slot.resize(intset.size(segment, offset));
  }

  #takeFromRun(slot: ValueSlot, count: number, visit: MemberVisitor): void {
    const { segment, offset } = slot;
    const end = offset + slot.length;
    let left = runCount(slot);
    let wanted = count;
    let to = offset + SetRun.COUNT_BYTES;
    for (let at = to; at < end; ) {
      const next = listpack.next(segment, at);
      if (this.#chooses(wanted, left--)) {
        wanted--;
        listpack.load(segment, at, this.#member);
        visit(this.#member);
      } else {
        if (to < at) moveBytes(segment, at, to, next - at);
        to += next - at;
      }
      at = next;
    }
    setRunCount(slot, runCount(slot) - count);
    slot.resize(to - offset);
  }

  /** Draws members, and again when one was drawn before. */
  #draw(set: ValueView, count: number, visit: MemberVisitor): void {
    const sets = this.#sets;
    const bits = Math.max(4, Math.ceil(Math.log2(count * 2)));
    // Handles by a hash of theirs, open addressing; 0 is none.
    const drawn = new Uint32Array(2 ** bits);
    while (count > 0) {
      const handle = sets.pick(set);
      let at = Math.imul(handle, 0x9e3779b1) >>> (32 - bits);
      while (drawn[at] !== 0 && drawn[at] !== handle) at = (at + 1) & (drawn.length - 1);
      if (drawn[at] === handle) continue;
      drawn[at] = handle;
      count--;
      sets.load(set, handle, this.#member);
      visit(this.#member);
    }
  }

  /** True for `wanted` of `left` cases. */
  #chooses(wanted: number, left: number): boolean {
    return this.#random() % left < wanted;
  }
}
