/**
 * Walks the members of a set, whatever its encoding, without allocating: a cursor belongs to whoever walks and is used again and
 * again. The set must not change meanwhile.
 *
 *     cursor.open(set);
 *     while (cursor.next()) use(cursor.member);
 *
 * A big set is walked page by page: the refs of a page are copied, then shown one by one.
 */
import { offsetOf, segmentOf } from "../memory/ref.js";
import { PAGES_END } from "../structures/dict/dict.js";
import { DictPage } from "../structures/dict/dict-page.js";
import type { ElementDict } from "../structures/dict/element-dict.js";
import { elementKeyLength, elementKeyOffset } from "../structures/entry/element.js";
import { ElementView } from "../structures/entry/element-view.js";
import { Encoding } from "../structures/entry/entry.js";
import * as intset from "../structures/packed/intset.js";
import * as listpack from "../structures/packed/listpack.js";
import { SetRun } from "./set-packed.js";
import type { ValueView } from "./value-slot.js";

export class SetCursor {
  /** The member `next` has come to; its text lies in the set or in the view. */
  readonly member = new ElementView();
  readonly #elements: ElementDict;
  #set!: ValueView;
  /** Index of the next integer, offset of the next element of the run, index of the next ref of the page. */
  #next = 0;
  /** Where `#next` ends. */
  #end = 0;
  #root = 0;
  /** Where the next page starts, as a prefix of hashes. */
  #prefix = 0;
  readonly #refs = new Uint32Array(DictPage.SLOTS);
  readonly #collect = (ref: number): void => {
    this.#refs[this.#end++] = ref;
  };

  constructor(elements: ElementDict) {
    this.#elements = elements;
  }

  /** Starts before the first member. */
  open(set: ValueView): void {
    this.#set = set;
    const { segment, offset } = set;
    if (set.encoding === Encoding.HASHTABLE) return this.openRoot(segment.dv.getUint32(offset, true));
    this.#root = 0;
    this.#next = set.encoding === Encoding.INTSET ? 0 : offset + SetRun.COUNT_BYTES;
    this.#end = set.encoding === Encoding.INTSET ? intset.count(segment, offset) : offset + set.length;
  }

  /** Starts before the first member of a big set given by the root of its dict. */
  openRoot(root: number): void {
    this.#root = root;
    this.#prefix = 0;
    this.#next = 0;
    this.#end = 0;
  }

  /** Shows the next member; false when there is none. */
  next(): boolean {
    if (this.#root !== 0) return this.#nextOfDict();
    if (this.#next >= this.#end) return false;
    const { segment, offset, encoding } = this.#set;
    if (encoding === Encoding.INTSET) {
      intset.load(segment, offset, this.#next++, this.member);
    } else {
      listpack.load(segment, this.#next, this.member);
      this.#next = listpack.next(segment, this.#next);
    }
    return true;
  }

  #nextOfDict(): boolean {
    while (this.#next === this.#end) {
      if (this.#prefix >= PAGES_END) return false;
      this.#next = 0;
      this.#end = 0;
      this.#prefix = this.#elements.visitPage(this.#root, this.#prefix, this.#collect);
    }
    const ref = this.#refs[this.#next++]!;
    const segment = segmentOf(this.#elements.arena.segments, ref);
    const start = offsetOf(ref);
    this.member.setText(segment, elementKeyOffset(segment, start), elementKeyLength(segment, start));
    return true;
  }
}
