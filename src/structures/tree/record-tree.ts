/**
 * An ordered set of records of fixed size under keys of 128 bits: the pending entries of a consumer group.
 *
 *     counted tree -> leaves       a leaf: records in the order of their keys, without gaps
 *     record    words 0-3 key, most significant first    then what the owner keeps with it
 *
 * A leaf grows by doubling up to `full` records; at the right edge, where records usually come, the next leaf begins when one is full,
 * so that leaves stay full. A leaf that shrank to a quarter joins the next one.
 *
 * The tree works at one place at a time, where the last `find`, `seek`, `first` or `next` led; a change makes the place invalid,
 * except that `insert` leaves it at the new record. A root of 0 is an empty tree for everything but `insert`.
 */
import { moveWords } from "../../bytes/words.js";
import { type Arena, isOutOfMemory } from "../../memory/arena.js";
import { Ref, type Segment } from "../../memory/segment.js";
import { CountedTree, Path } from "./counted-tree.js";

export const enum RecordLeaf {
  KEY_WORDS = 4,
  /** Records of a new leaf. */
  FIRST = 4,
}

export class RecordTree {
  readonly tree: CountedTree;
  readonly #path = new Path();
  /** The place: the record at word `at` of `segment`. */
  segment!: Segment;
  at = 0;
  #base = 0;
  #index = 0;
  /** Records of the leaf. */
  #items = 0;

  constructor(
    readonly arena: Arena,
    /** Words of a record, its key included. */
    readonly words: number,
    /** Records of a full leaf. */
    readonly full: number,
  ) {
    this.tree = new CountedTree(arena, RecordLeaf.KEY_WORDS);
  }

  create(): number {
    return this.tree.create();
  }

  count(root: number): number {
    return root === 0 ? 0 : this.tree.items(root);
  }

  /** Goes to the record with this key; false when there is none, and then `insert` would put it here. */
  find(root: number, key: Uint32Array): boolean {
    if (root === 0) return false;
    const { target } = this.tree;
    for (let i = 0; i < RecordLeaf.KEY_WORDS; i++) target[i] = key[i]!;
    this.tree.seekKey(root, this.#path);
    this.#enter();
    let low = 0;
    let high = this.#items;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle, key) < 0) low = middle + 1;
      else high = middle;
    }
    this.#goTo(low);
    return low < this.#items && this.#compare(low, key) === 0;
  }

  /** Goes to the first record whose key is not below this one; false when there is none. */
  seek(root: number, key: Uint32Array): boolean {
    if (root === 0) return false;
    this.find(root, key);
    return this.#index < this.#items || this.#nextLeaf();
  }

  /** Goes to the first record; false when there is none. */
  first(root: number): boolean {
    if (root === 0) return false;
    this.tree.first(root, this.#path);
    this.#enter();
    return this.#items > 0;
  }

  /** Goes to the last record; false when there is none. */
  last(root: number): boolean {
    if (root === 0) return false;
    this.tree.last(root, this.#path);
    this.#enter();
    if (this.#items > 0) this.#goTo(this.#items - 1);
    return this.#items > 0;
  }

  /** Goes to the next record; false when there is none. */
  next(): boolean {
    if (this.#index + 1 >= this.#items) return this.#nextLeaf();
    this.#goTo(this.#index + 1);
    return true;
  }

  /** Reads the key of the record at this place. */
  loadKey(key: Uint32Array): void {
    const { u32 } = this.segment;
    for (let i = 0; i < RecordLeaf.KEY_WORDS; i++) key[i] = u32[this.at + i]!;
  }

  /** Word `index` of the record at this place. */
  word(index: number): number {
    return this.segment.u32[this.at + index]!;
  }

  setWord(index: number, value: number): void {
    this.tree.changeLeaf(this.#path);
    this.segment.u32[this.at + index] = value;
  }

  /** Adds a record with this key, which `find` has just not found; its other words are undefined. Throws OutOfMemory with nothing changed. */
  insert(key: Uint32Array): void {
    const { tree, words } = this;
    const path = this.#path;
    if (path.leaf === 0) return this.#append(key);
    if (this.#items === this.full) {
      if (this.#index === this.#items && tree.isLast(path)) return this.#append(key);
      this.#split();
      this.find(path.root, key);
    }
    tree.changeLeaf(path);
    this.#reserve(this.#items + 1);
    const { u32 } = this.segment;
    moveWords(u32, this.at, this.at + words, (this.#items - this.#index) * words);
    for (let i = 0; i < RecordLeaf.KEY_WORDS; i++) u32[this.at + i] = key[i]!;
    this.#items++;
    tree.addItems(path, 1);
    if (this.#index > 0) return;
    this.#setTreeKey(key, 0);
    tree.setKey(path);
  }

  /** Removes the record at this place. */
  remove(): void {
    const { tree, words } = this;
    const path = this.#path;
    if (this.#items === 1) {
      const { leaf } = path;
      tree.remove(path);
      return this.arena.free(leaf);
    }
    tree.changeLeaf(path);
    moveWords(this.segment.u32, this.at + words, this.at, (this.#items - this.#index - 1) * words);
    this.#items--;
    tree.addItems(path, -1);
    if (this.#index === 0) {
      this.#setTreeKey(this.segment.u32, this.at);
      tree.setKey(path);
    }
    if (this.#items <= this.full >>> 2) this.#merge();
  }

  /** Frees about `limit` records from the end on; true when the tree is gone, its root included. */
  drain(root: number, limit: number): boolean {
    const leaves = Math.max(1, Math.ceil(limit / this.full));
    return this.tree.drain(root, leaves, (leaf) => this.arena.free(leaf));
  }

  /** Copies a tree; `adapt` may change the words of each copied leaf. Throws OutOfMemory having freed what it made. */
  copy(root: number, adapt?: (u32: Uint32Array, from: number, to: number) => void): number {
    if (root === 0) return 0;
    return this.tree.copy(
      root,
      (leaf, items) => {
        const size = items * this.words;
        const copied = this.arena.allocate(size * 4);
        const { u32 } = this.arena.segments[copied >>> Ref.SEGMENT_SHIFT]!;
        const source = this.arena.segments[leaf >>> Ref.SEGMENT_SHIFT]!.u32;
        const from = (leaf & Ref.UNIT) << 1;
        const to = (copied & Ref.UNIT) << 1;
        for (let i = 0; i < size; i++) u32[to + i] = source[from + i]!;
        adapt?.(u32, to, to + size);
        return copied;
      },
      (leaf) => this.arena.free(leaf),
    );
  }

  /** Visits every block of the tree. */
  eachBlock(root: number, visit: (ref: number) => void): void {
    if (root === 0) return;
    this.tree.eachBlock(root, visit);
    this.tree.eachLeaf(root, visit);
  }

  /** Bytes of all blocks, leaves taken as full. */
  bytes(root: number): number {
    return root === 0 ? 0 : this.tree.overheadBytes(root) + this.tree.items(root) * this.words * 4;
  }

  /** Checks the tree and the order of its records; returns what is wrong, in words. */
  verify(root: number): string[] {
    if (root === 0) return [];
    const problems = this.tree.verify(root);
    const before = new Uint32Array(RecordLeaf.KEY_WORDS);
    let count = 0;
    for (let more = this.first(root); more; more = this.next()) {
      if (count > 0 && this.#compare(this.#index, before) <= 0) problems.push(`record ${count} is out of order`);
      if (this.#index === 0 && !this.#hasExactKey()) problems.push(`the leaf of record ${count} has another key`);
      this.loadKey(before);
      count++;
    }
    if (count !== this.tree.items(root)) problems.push(`${count} records, the tree counts ${this.tree.items(root)}`);
    return problems;
  }

  /** Shows the leaf the path leads to. */
  #enter(): void {
    const { leaf } = this.#path;
    this.#index = 0;
    this.#items = leaf === 0 ? 0 : this.tree.leafItems(this.#path);
    this.segment = this.arena.segments[leaf >>> Ref.SEGMENT_SHIFT]!;
    this.#base = (leaf & Ref.UNIT) << 1;
    this.at = this.#base;
  }

  #goTo(index: number): void {
    this.#index = index;
    this.at = this.#base + index * this.words;
  }

  #nextLeaf(): boolean {
    if (this.#path.leaf === 0 || !this.tree.next(this.#path)) return false;
    this.#enter();
    return true;
  }

  #compare(index: number, key: Uint32Array): number {
    const { u32 } = this.segment;
    const at = this.#base + index * this.words;
    for (let i = 0; i < RecordLeaf.KEY_WORDS; i++) {
      const word = u32[at + i]!;
      if (word !== key[i]!) return word < key[i]! ? -1 : 1;
    }
    return 0;
  }

  #setTreeKey(words: Uint32Array, at: number): void {
    for (let i = 0; i < RecordLeaf.KEY_WORDS; i++) this.tree.key[i] = words[at + i]!;
  }

  /** Begins a leaf after the last one. */
  #append(key: Uint32Array): void {
    const leaf = this.arena.allocate(RecordLeaf.FIRST * this.words * 4);
    this.#setTreeKey(key, 0);
    this.#insertLeaf(leaf, 1);
    this.#enter();
    for (let i = 0; i < RecordLeaf.KEY_WORDS; i++) this.setWord(i, key[i]!);
  }

  /** Whether the tree has the key of the first record of this leaf as the leaf's. */
  #hasExactKey(): boolean {
    this.tree.loadKey(this.#path);
    return this.#compare(0, this.tree.key) === 0;
  }

  #insertLeaf(leaf: number, items: number): void {
    try {
      this.tree.insertAfter(this.#path, leaf, items);
    } catch (error) {
      this.arena.free(leaf);
      throw error;
    }
  }

  /** Moves the upper half of a full leaf to a new one. */
  #split(): void {
    const { arena, words, tree } = this;
    const path = this.#path;
    const kept = this.#items >>> 1;
    const moved = this.#items - kept;
    tree.changeLeaf(path);
    const leaf = arena.allocate(this.full * words * 4);
    const { u32 } = arena.segments[leaf >>> Ref.SEGMENT_SHIFT]!;
    const to = (leaf & Ref.UNIT) << 1;
    const from = this.#base + kept * words;
    for (let i = 0; i < moved * words; i++) u32[to + i] = this.segment.u32[from + i]!;
    this.#setTreeKey(u32, to);
    this.#insertLeaf(leaf, moved);
    tree.previous(path);
    tree.addItems(path, -moved);
  }

  /** Makes the block of this leaf large enough for so many records, staying at the place. */
  #reserve(items: number): void {
    const { arena, words } = this;
    const { leaf } = this.#path;
    if (items * words * 4 <= arena.capacity(leaf)) return;
    const grown = arena.allocate(Math.min(this.full, Math.max(items, this.#items * 2)) * words * 4);
    const { u32 } = arena.segments[grown >>> Ref.SEGMENT_SHIFT]!;
    const to = (grown & Ref.UNIT) << 1;
    for (let i = 0; i < this.#items * words; i++) u32[to + i] = this.segment.u32[this.#base + i]!;
    this.tree.replaceLeaf(this.#path, grown);
    arena.free(leaf);
    const index = this.#index;
    this.#enter();
    this.#goTo(index);
  }

  /** Takes the next leaf's records in, when both together leave room. Without memory for that, leaves everything as it is. */
  #merge(): void {
    const { arena, words, tree } = this;
    const path = this.#path;
    const more = tree.siblingItems(path, 1);
    if (more <= 0 || this.#items + more > (this.full * 3) >>> 2) return;
    tree.changeLeaf(path);
    try {
      this.#reserve(this.#items + more);
    } catch (error) {
      if (isOutOfMemory(error)) return;
      throw error;
    }
    const { u32 } = this.segment;
    const to = this.#base + this.#items * words;
    tree.addItems(path, more);
    tree.next(path);
    const { leaf } = path;
    const source = arena.segments[leaf >>> Ref.SEGMENT_SHIFT]!.u32;
    const from = (leaf & Ref.UNIT) << 1;
    for (let i = 0; i < more * words; i++) u32[to + i] = source[from + i]!;
    tree.remove(path);
    arena.free(leaf);
  }
}
