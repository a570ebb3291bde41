/** A place between two elements of a sorted index. */
import { Ref, type Segment } from "../../memory/segment.js";
import { Path } from "./counted-tree.js";
import { type ElementTree, Item } from "./element-order.js";

/**
 * Made once and placed again and again by the seeks of a SortedIndex. It stands in a gap: before the first element, between two, or
 * behind the last. Valid until the index changes.
 */
export class SortedCursor {
  /** Which leaf; for the index, which then calls `place`. */
  readonly path = new Path();
  readonly #tree: ElementTree;
  #segment!: Segment;
  #base = 0;
  #items = 0;
  #at = 0;

  constructor(tree: ElementTree) {
    this.#tree = tree;
  }

  /** The gap before item `at` of the path's leaf. */
  place(at: number): void {
    this.#enter();
    this.#at = at;
  }

  /** Number of elements before the gap; O(log n). */
  get rank(): number {
    return this.#tree.position(this.path) + this.#at;
  }

  /** Passes the next element and returns its ref; 0, and stays, at the end. */
  next(): number {
    if (this.#at === this.#items) {
      if (!this.#tree.next(this.path)) return 0;
      this.#enter();
      this.#at = 0;
    }
    return this.#segment.u32[this.#base + this.#at++ * Item.WORDS + Item.REF]!;
  }

  /** Passes the previous element and returns its ref; 0, and stays, at the start. */
  previous(): number {
    if (this.#at === 0) {
      if (!this.#tree.previous(this.path)) return 0;
      this.#enter();
      this.#at = this.#items;
    }
    return this.#segment.u32[this.#base + --this.#at * Item.WORDS + Item.REF]!;
  }

  #enter(): void {
    const leaf = this.path.leaf;
    this.#segment = this.#tree.arena.segments[leaf >>> Ref.SEGMENT_SHIFT]!;
    this.#base = (leaf & Ref.UNIT) << 1;
    this.#items = leaf === 0 ? 0 : this.#tree.leafItems(this.path);
  }
}
