/**
 * The sorted index: the elements of a big sorted set by score and member, with ranks.
 *
 *     counted tree, K = 2: the first item of each leaf       (counted-tree.ts)
 *           |
 *     leaf: up to 128 items of 8 bytes, packed                1024 bytes
 *           [ digest | ref ][ digest | ref ] ...              (element-order.ts)
 *
 * The elements belong to the dict of the sorted set; the index never writes or frees them, but reads them to tell apart scores whose
 * digests are equal. So an element must be removed here before it is freed or its score written; see `rescore`.
 *
 * A full leaf first evens out with the emptier neighbour under the same node, and splits when both are nearly full. That fills leaves to
 * 82 % on average with random inserts, where plain splitting gives 69 %; inserts at either end leave full leaves behind. The only
 * leaf of a small set starts with 8 items and doubles. A leaf with less than a quarter merges with a neighbour if they fill no more than
 * three quarters.
 *
 * Bytes an item, nodes included, at a million: 9.9 when inserted in random order, 8.1 in ascending or descending order, 10.3 when
 * nearly so. On Node 20.20 a random insert then takes 0.5 to 0.6 µs, finding a rank or an element by rank 0.4 to 1.1 µs, most of
 * it waiting for memory; with scores that differ only below 20 bits (milliseconds within a quarter of an hour) or not at all, each step
 * of the search reads an element, and an insert takes 0.6 to 1.8 µs (sorted-index.bench.ts).
 */

import type { Region } from "../../bytes/region.js";
import { moveWords } from "../../bytes/words.js";
import type { Arena } from "../../memory/arena.js";
import { Ref } from "../../memory/segment.js";
import { Path } from "./counted-tree.js";
import { ElementTree, Item } from "./element-order.js";
import { SortedCursor } from "./sorted-cursor.js";
import { verifyIndex } from "./sorted-index-verify.js";
import { closeItems, copyItems, openItem } from "./sorted-leaf.js";

export { SortedCursor } from "./sorted-cursor.js";

const enum Leaf {
  ITEMS = 128,
  BYTES = 1024,
  FIRST_ITEMS = 8,
  /** A leaf with fewer items looks for a neighbour to merge with … */
  MERGE_BELOW = 32,
  /** … if both together have no more than this. */
  MERGED_MAX = 96,
  /** A neighbour with no more items than this takes some of a full leaf. */
  ROOMY = 112,
}

/** One object serves all sorted indexes of an arena: every method takes the root it works on. */
export class SortedIndex {
  readonly tree: ElementTree;
  readonly #path = new Path();
  readonly #other = new Path();
  readonly #cursor: SortedCursor;

  constructor(readonly arena: Arena) {
    this.tree = new ElementTree(arena);
    this.#cursor = new SortedCursor(this.tree);
  }

  /** Makes an empty index; returns its root. */
  create(): number {
    return this.tree.create();
  }

  count(root: number): number {
    return this.tree.items(root);
  }

  /** Adds an element that is not in the index. Throws OutOfMemory with nothing changed. */
  insert(root: number, ref: number): void {
    const tree = this.tree;
    const path = this.#path;
    tree.aimAt(ref);
    tree.seekKey(root, path);
    if (path.leaf === 0) this.#addLeaf(path, Leaf.FIRST_ITEMS, tree.digest, ref, true);
    else this.#insertAt(path, tree.lowerBound(path.leaf, tree.leafItems(path)), tree.digest, ref);
  }

  /** Adds an element above all others, which is not checked: to build an index from a sorted sequence. Throws like `insert`. */
  append(root: number, ref: number): void {
    const tree = this.tree;
    const path = this.#path;
    tree.aimAt(ref);
    tree.last(root, path);
    if (path.leaf === 0) this.#addLeaf(path, Leaf.FIRST_ITEMS, tree.digest, ref, true);
    else this.#insertAt(path, tree.leafItems(path), tree.digest, ref);
  }

  /** Takes an element out, while it still has the score it was inserted with. */
  remove(root: number, ref: number): void {
    this.#removeAt(this.#path, this.#find(root, ref));
  }

  /** The block of an element has moved to `moved`, a copy; both are still readable. */
  replace(root: number, ref: number, moved: number): void {
    const path = this.#path;
    const at = this.#find(root, ref);
    this.#words(path.leaf)[itemWord(path.leaf, at) + Item.REF] = moved;
    if (at === 0) this.#setKey(path);
  }

  /**
   * Moves an element to where it belongs with another score. Call it before the score is written into the element; write it right
   * after. Throws OutOfMemory with nothing changed.
   */
  rescore(root: number, ref: number, score: number): void {
    const tree = this.tree;
    const path = this.#path;
    const at = this.#find(root, ref);
    tree.aimAtRescored(ref, score);
    const items = tree.leafItems(path);
    const segment = tree.arena.segments[path.leaf >>> Ref.SEGMENT_SHIFT]!;
    const word = itemWord(path.leaf, at);
    if (
      at > 0 &&
      at + 1 < items &&
      tree.compareItem(segment, word - Item.WORDS) < 0 &&
      tree.compareItem(segment, word + Item.WORDS) > 0
    ) {
      segment.u32[word] = tree.digest;
      return;
    }
    const other = this.#other;
    tree.seekKey(root, other);
    const to = tree.lowerBound(other.leaf, tree.leafItems(other));
    if (other.leaf === path.leaf) {
      this.#moveWithin(path, at, to > at ? to - 1 : to, tree.digest, ref);
      return;
    }
    if (this.#hasRoom(other)) {
      // Nothing is restructured, so the path to the old place stays valid.
      this.#place(other, to, tree.digest, ref);
      this.#removeAt(path, at);
      return;
    }
    // Inserting comes first because it may fail; then the element is in the index twice, and the old place is found by its rank.
    const rank = tree.position(path) + at;
    const isBelow = tree.position(other) + to <= rank;
    this.#insertIntoFull(other, to, tree.digest, ref);
    tree.seekPosition(root, isBelow ? rank + 1 : rank, path);
    this.#removeAt(path, path.offset);
  }

  /** Number of elements below this one, which is in the index. */
  rankOf(root: number, ref: number): number {
    const at = this.#find(root, ref);
    return this.tree.position(this.#path) + at;
  }

  /** The element with `rank` elements below it; 0 when there are not so many. */
  refAt(root: number, rank: number): number {
    const path = this.#path;
    if (rank < 0 || rank >= this.tree.items(root)) return 0;
    this.tree.seekPosition(root, rank, path);
    return this.#words(path.leaf)[itemWord(path.leaf, path.offset) + Item.REF]!;
  }

  /** A cursor for the seeks. */
  cursor(): SortedCursor {
    return new SortedCursor(this.tree);
  }

  /** Places the cursor before the element of that rank; behind the last for `count` and above. */
  seekRank(root: number, rank: number, cursor: SortedCursor): void {
    this.tree.seekPosition(root, rank, cursor.path);
    cursor.place(cursor.path.offset);
  }

  /**
   * Places the cursor before all elements of a score (or where they would be), or after them. So the first with a score >= s is
   * `next` from before s, > s `next` from after; the last <= s is `previous` from after, < s `previous` from before.
   */
  seekScore(root: number, score: number, isAfter: boolean, cursor: SortedCursor): void {
    this.tree.aimAtScore(score, isAfter);
    this.#seek(root, cursor);
  }

  /**
   * Places the cursor before a member (or where it would be), or after it, in a set whose elements all have the same score. Where
   * they have not, it is somewhere, as in Redis.
   */
  seekMember(
    root: number,
    member: Region,
    offset: number,
    length: number,
    isAfter: boolean,
    cursor: SortedCursor,
  ): void {
    const first = this.refAt(root, 0);
    if (first === 0) return this.seekRank(root, 0, cursor);
    this.tree.aimAt(first);
    this.tree.aimAtMember(this.tree.score, member, offset, length, isAfter);
    this.#seek(root, cursor);
  }

  /** Places the cursor before an element of the index. */
  seekRef(root: number, ref: number, cursor: SortedCursor): void {
    this.tree.aimAt(ref);
    this.#seek(root, cursor);
  }

  /** Number of elements with a score below `score`, or not above it (`isAfter`). */
  rankOfScore(root: number, score: number, isAfter: boolean): number {
    this.seekScore(root, score, isAfter, this.#cursor);
    return this.#cursor.rank;
  }

  /** Number of elements from `min` to `max`, each bound excluded on request. */
  countBetween(root: number, min: number, isMinOut: boolean, max: number, isMaxOut: boolean): number {
    return Math.max(0, this.rankOfScore(root, max, !isMaxOut) - this.rankOfScore(root, min, isMinOut));
  }

  /**
   * Takes out the elements of rank `from` to `to` (exclusive), giving each in order to `visit`, which may free it but must not use
   * the index.
   */
  removeRange(root: number, from: number, to: number, visit: (ref: number) => void): void {
    const tree = this.tree;
    const path = this.#path;
    let left = Math.min(to, tree.items(root)) - from;
    if (left <= 0) return;
    tree.seekPosition(root, from, path);
    let isFirst = true;
    for (let at = path.offset; left > 0; at = 0) {
      const items = tree.leafItems(path);
      const leaf = path.leaf;
      const count = Math.min(left, items - at);
      const u32 = this.#words(leaf);
      for (let i = at; i < at + count; i++) visit(u32[itemWord(leaf, i) + Item.REF]!);
      left -= count;
      if (count === items) {
        tree.remove(path);
        this.arena.free(leaf);
        isFirst = false;
        continue;
      }
      closeItems(u32, itemWord(leaf, 0), at, count, items);
      tree.addItems(path, -count);
      if (at === 0) this.#setKey(path);
      // Taking a few out of one leaf, as popping does, ends here.
      if (left === 0 && isFirst && items - count >= Leaf.MERGE_BELOW) return;
      isFirst = false;
      if (at !== 0) tree.next(path);
    }
    this.#mergeAt(root, from);
    this.#mergeAt(root, from - 1);
  }

  /** Merges the leaf that has an item of this rank, if there is one and it is nearly empty. */
  #mergeAt(root: number, rank: number): void {
    if (rank < 0 || rank >= this.tree.items(root)) return;
    this.tree.seekPosition(root, rank, this.#path);
    this.#merge(this.#path);
  }

  /** Frees an index in slices of up to `limit` leaves; true when it is gone. Between calls only `drain` and `eachBlock` may use it. */
  drain(root: number, limit: number): boolean {
    return this.tree.drain(root, limit, (leaf) => this.arena.free(leaf));
  }

  /** Visits the ref of every block of the index; for `Arena.verify`. */
  eachBlock(root: number, visit: (ref: number) => void): void {
    this.tree.eachLeaf(root, visit);
    this.tree.eachBlock(root, visit);
  }

  /** Bytes of all blocks of the index. */
  sizeBytes(root: number): number {
    const leaves = this.tree.leaves(root);
    if (leaves !== 1) return this.tree.overheadBytes(root) + leaves * Leaf.BYTES;
    this.tree.first(root, this.#path);
    return this.tree.overheadBytes(root) + this.arena.capacity(this.#path.leaf);
  }

  /** Checks every invariant, the order of all elements among them; returns what is wrong, in words. */
  verify(root: number): string[] {
    return verifyIndex(this.tree, root);
  }

  #words(ref: number): Uint32Array {
    return this.arena.segments[ref >>> Ref.SEGMENT_SHIFT]!.u32;
  }

  /** Brings `#path` to the leaf of an element; returns which item it is. */
  #find(root: number, ref: number): number {
    const tree = this.tree;
    const path = this.#path;
    tree.aimAt(ref);
    tree.seekKey(root, path);
    const leaf = path.leaf;
    if (leaf !== 0) {
      const items = tree.leafItems(path);
      const at = tree.lowerBound(leaf, items);
      if (at < items && this.#words(leaf)[itemWord(leaf, at) + Item.REF] === ref) return at;
    }
    throw new Error(`element ${ref} is not in the index`);
  }

  /** Places the cursor before the first item that is not below the target. */
  #seek(root: number, cursor: SortedCursor): void {
    const tree = this.tree;
    const path = cursor.path;
    tree.seekKey(root, path);
    cursor.place(path.leaf === 0 ? 0 : tree.lowerBound(path.leaf, tree.leafItems(path)));
  }

  /** The first item of the leaf has changed. */
  #setKey(path: Path): void {
    const u32 = this.#words(path.leaf);
    this.tree.key[0] = u32[itemWord(path.leaf, 0)]!;
    this.tree.key[1] = u32[itemWord(path.leaf, 0) + Item.REF]!;
    this.tree.setKey(path);
  }

  #insertAt(path: Path, at: number, digest: number, ref: number): void {
    if (this.#hasRoom(path)) this.#place(path, at, digest, ref);
    else this.#insertIntoFull(path, at, digest, ref);
  }

  /** Is there room for an item in the leaf? Only the leaf of a tree that has no other may be smaller than the rest. */
  #hasRoom(path: Path): boolean {
    const items = this.tree.leafItems(path);
    if (items === Leaf.ITEMS) return false;
    return this.tree.leaves(path.root) > 1 || items * Item.BYTES < this.arena.capacity(path.leaf);
  }

  /** Puts an item into a leaf with room. */
  #place(path: Path, at: number, digest: number, ref: number): void {
    const u32 = this.#words(path.leaf);
    const word = openItem(u32, itemWord(path.leaf, 0), at, this.tree.leafItems(path));
    u32[word + Item.DIGEST] = digest;
    u32[word + Item.REF] = ref;
    this.tree.addItems(path, 1);
    if (at === 0) this.#setKey(path);
  }

  #insertIntoFull(path: Path, at: number, digest: number, ref: number): void {
    const tree = this.tree;
    const items = tree.leafItems(path);
    if (items < Leaf.ITEMS) {
      this.#growLeaf(path, items);
      return this.#place(path, at, digest, ref);
    }
    if (at === items && tree.isLast(path)) return this.#addLeaf(path, Leaf.ITEMS, digest, ref, true);
    if (at === 0 && tree.isFirst(path)) return this.#addLeaf(path, Leaf.ITEMS, digest, ref, false);
    const left = tree.siblingItems(path, -1);
    const right = tree.siblingItems(path, 1);
    if (right !== -1 && right <= Leaf.ROOMY && (left === -1 || right <= left)) at = this.#shareRight(path, at, right);
    else if (left !== -1 && left <= Leaf.ROOMY) at = this.#shareLeft(path, at, left);
    else at = this.#split(path, at);
    this.#place(path, at, digest, ref);
  }

  /** Adds a leaf with a single item after or before the path's, or as the first one. */
  #addLeaf(path: Path, capacity: number, digest: number, ref: number, isAfter: boolean): void {
    const leaf = this.arena.allocate(capacity * Item.BYTES);
    const u32 = this.#words(leaf);
    u32[itemWord(leaf, 0)] = digest;
    u32[itemWord(leaf, 0) + Item.REF] = ref;
    this.#insertLeaf(path, leaf, 1, isAfter);
  }

  #insertLeaf(path: Path, leaf: number, items: number, isAfter: boolean): void {
    const u32 = this.#words(leaf);
    this.tree.key[0] = u32[itemWord(leaf, 0)]!;
    this.tree.key[1] = u32[itemWord(leaf, 0) + Item.REF]!;
    try {
      if (isAfter) this.tree.insertAfter(path, leaf, items);
      else this.tree.insertBefore(path, leaf, items);
    } catch (error) {
      this.arena.free(leaf);
      throw error;
    }
  }

  #growLeaf(path: Path, items: number): void {
    const leaf = path.leaf;
    const grown = this.arena.allocate(Math.min(items * 2, Leaf.ITEMS) * Item.BYTES);
    copyItems(this.#words(leaf), itemWord(leaf, 0), this.#words(grown), itemWord(grown, 0), items);
    this.tree.replaceLeaf(path, grown);
    this.arena.free(leaf);
  }

  /** Splits a full leaf in halves; leads the path to where item `at` goes, and returns its place there. */
  #split(path: Path, at: number): number {
    const tree = this.tree;
    const half = Leaf.ITEMS >>> 1;
    const leaf = path.leaf;
    const upper = this.arena.allocate(Leaf.BYTES);
    copyItems(this.#words(leaf), itemWord(leaf, half), this.#words(upper), itemWord(upper, 0), half);
    this.#insertLeaf(path, upper, half, true);
    tree.previous(path);
    tree.addItems(path, -half);
    if (at <= half) return at;
    tree.next(path);
    return at - half;
  }

  /** Gives the last items of a full leaf to the next leaf, so that both have equally many; returns like `#split`. */
  #shareRight(path: Path, at: number, inRight: number): number {
    const tree = this.tree;
    const moved = (Leaf.ITEMS - inRight) >>> 1;
    const left = path.leaf;
    tree.addItems(path, -moved);
    tree.next(path);
    const right = path.leaf;
    const u32 = this.#words(right);
    moveWords(u32, itemWord(right, 0), itemWord(right, moved), inRight * Item.WORDS);
    copyItems(this.#words(left), itemWord(left, Leaf.ITEMS - moved), u32, itemWord(right, 0), moved);
    tree.addItems(path, moved);
    this.#setKey(path);
    if (at > Leaf.ITEMS - moved) return at - (Leaf.ITEMS - moved);
    tree.previous(path);
    return at;
  }

  /** Gives the first items of a full leaf to the previous leaf. */
  #shareLeft(path: Path, at: number, inLeft: number): number {
    const tree = this.tree;
    const moved = (Leaf.ITEMS - inLeft) >>> 1;
    const right = path.leaf;
    const u32 = this.#words(right);
    tree.previous(path);
    const left = path.leaf;
    copyItems(u32, itemWord(right, 0), this.#words(left), itemWord(left, inLeft), moved);
    tree.addItems(path, moved);
    tree.next(path);
    closeItems(u32, itemWord(right, 0), 0, moved, Leaf.ITEMS);
    tree.addItems(path, -moved);
    this.#setKey(path);
    if (at > moved) return at - moved;
    tree.previous(path);
    return inLeft + at;
  }

  /** Moves item `at` to become item `to` of the same leaf, with another digest. */
  #moveWithin(path: Path, at: number, to: number, digest: number, ref: number): void {
    const leaf = path.leaf;
    const u32 = this.#words(leaf);
    if (to > at) moveWords(u32, itemWord(leaf, at + 1), itemWord(leaf, at), (to - at) * Item.WORDS);
    else moveWords(u32, itemWord(leaf, to), itemWord(leaf, to + 1), (at - to) * Item.WORDS);
    u32[itemWord(leaf, to)] = digest;
    u32[itemWord(leaf, to) + Item.REF] = ref;
    if (at === 0 || to === 0) this.#setKey(path);
  }

  #removeAt(path: Path, at: number): void {
    const tree = this.tree;
    const items = tree.leafItems(path);
    const leaf = path.leaf;
    if (items === 1) {
      tree.remove(path);
      this.arena.free(leaf);
      return;
    }
    closeItems(this.#words(leaf), itemWord(leaf, 0), at, 1, items);
    tree.addItems(path, -1);
    if (at === 0) this.#setKey(path);
    if (items <= Leaf.MERGE_BELOW) this.#merge(path);
  }

  /** Merges a nearly empty leaf with a neighbour under the same node, if they fit well into one. */
  #merge(path: Path): void {
    const tree = this.tree;
    const items = tree.leafItems(path);
    if (items >= Leaf.MERGE_BELOW) return;
    const before = tree.siblingItems(path, -1);
    if (before !== -1 && before + items <= Leaf.MERGED_MAX) tree.previous(path);
    else {
      const after = tree.siblingItems(path, 1);
      if (after === -1 || after + items > Leaf.MERGED_MAX) return;
    }
    const left = path.leaf;
    const inLeft = tree.leafItems(path);
    tree.next(path);
    const right = path.leaf;
    const inRight = tree.leafItems(path);
    copyItems(this.#words(right), itemWord(right, 0), this.#words(left), itemWord(left, inLeft), inRight);
    if (tree.remove(path)) tree.previous(path);
    tree.addItems(path, inRight);
    this.arena.free(right);
  }
}

/** Word of item number `at` of a leaf. */
function itemWord(leaf: number, at: number): number {
  return ((leaf & Ref.UNIT) << 1) + at * Item.WORDS;
}
