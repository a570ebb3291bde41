/**
 * The counted tree: the inner nodes of a B+ tree that counts items, so that a place can be found by position as well as by key.
 *
 *                     root                       leaves are blocks of whoever uses the tree: it knows of each
 *                      |                         its ref, how many items it holds and the smallest key in it
 *               [ 2 | e  e  - - ]   level 1      (K words; K = 0: a list, by position only)
 *                    /     \
 *         [ 3 | e e e ]  [ 2 | e e - - ]   level 0
 *               | | |          | |
 *            leaf leaf leaf leaf leaf
 *
 * One CountedTree object serves all trees of an arena that have the same K: every method takes a root, or a Path that it has
 * filled. The layout of the blocks is in counted-tree-node.ts. What a leaf costs on top of itself, in bytes:
 *
 *     K                                  0       2       4
 *     leaves added at the end          8.1    16.4    24.8    full nodes; so also when added at the start
 *     leaves added anywhere           11.7    23.6    36      nodes two thirds full
 *
 * With leaves of 100 items of a sorted set (K = 2) that is 0.16 to 0.24 bytes an item. Finding an item among a million of them takes
 * three levels. Nodes of 512 and of 2048 bytes were no faster (Node 20.20, counted-tree.bench.ts).
 *
 * Invariants: every node has a child; a top with a single child is on level 0; an entry's count is that of its subtree; its key is the
 * first key of its subtree, exactly. A node with less than a quarter of its entries merges with a neighbour if the two leave a
 * quarter free.
 *
 * One piece because every edit is a walk down and a walk up along the same path.
 *
 * Splitting at the right edge of the tree leaves the left node full, at the left edge the right one; elsewhere in halves.
 */
import { moveWords } from "../../bytes/words.js";
import type { Arena } from "../../memory/arena.js";
import { Ref, type Segment } from "../../memory/segment.js";
import {
  closeEntry,
  copyEntries,
  entryWord,
  fullCapacity,
  itemsBetween,
  nodeBytes,
  openEntry,
  TreeEntry,
  TreeNode,
  TreeRoot,
} from "./counted-tree-node.js";
import { Path, PathLimit } from "./counted-tree-path.js";
import { verifyTree } from "./counted-tree-verify.js";

export { Path } from "./counted-tree-path.js";

/** Receives a leaf and its count of items. */
export type LeafVisitor = (leaf: number, items: number) => void;

/** Who sees the leaves of some trees before they change: a snapshot that is being taken in slices. */
export interface LeafGuard {
  /** What this leaf of `items` items holds is about to change, or its block to go. */
  willChange(root: number, leaf: number, items: number): void;
  /** The tree is gone. */
  released(root: number): void;
}

export class CountedTree {
  /** Who looks after trees now; null when nobody does. */
  guard: LeafGuard | null = null;
  /** What `seekKey` seeks, K words; all compare as unsigned, unless `compareTie` says otherwise. */
  readonly target: Uint32Array;
  /** The key of the leaf that is inserted, or whose key is set. */
  readonly key: Uint32Array;
  /** Words of an entry. */
  readonly stride: number;
  /** Entries of a full-size node. */
  readonly capacity: number;
  protected readonly segments: Segment[];
  readonly #spares = new Uint32Array(PathLimit.HEIGHT + 1);
  #spareCount = 0;
  readonly #walk = new Path();
  readonly #build = new Path();

  constructor(
    readonly arena: Arena,
    readonly keyWords: number,
  ) {
    this.segments = arena.segments;
    this.stride = TreeEntry.KEY + keyWords;
    this.capacity = fullCapacity(this.stride);
    this.target = new Uint32Array(keyWords);
    this.key = new Uint32Array(keyWords);
  }

  /** Makes an empty tree; returns its root. */
  create(): number {
    const root = this.arena.allocate(TreeRoot.BYTES);
    this.#words(root).fill(0, word(root), word(root) + TreeRoot.BYTES / 4);
    return root;
  }

  /** Items in all leaves. */
  items(root: number): number {
    return this.#words(root)[word(root) + TreeRoot.ITEMS]!;
  }

  leaves(root: number): number {
    return this.#words(root)[word(root) + TreeRoot.LEAVES]!;
  }

  /** Levels of nodes. */
  height(root: number): number {
    return this.#words(root)[word(root) + TreeRoot.HEIGHT]!;
  }

  /** Bytes of root and nodes. */
  overheadBytes(root: number): number {
    return TreeRoot.BYTES + this.#words(root)[word(root) + TreeRoot.NODE_BYTES]!;
  }

  /** Reads word `index` (0 to 2) of those that belong to the owner of the tree. */
  userWord(root: number, index: number): number {
    return this.#words(root)[word(root) + TreeRoot.USER + index]!;
  }

  setUserWord(root: number, index: number, value: number): void {
    this.#words(root)[word(root) + TreeRoot.USER + index] = value;
  }

  /**
   * Orders the key at word `at` of `segment`, whose first word equals the target's, against the target: negative, 0 or positive.
   * Overridden where a key is more than its words.
   */
  compareTie(segment: Segment, at: number): number {
    const target = this.target;
    for (let i = 1; i < target.length; i++) {
      const key = segment.u32[at + i]!;
      if (key !== target[i]!) return key < target[i]! ? -1 : 1;
    }
    return 0;
  }

  /** Finds the last leaf whose key is not above the target; the first leaf when all are above. */
  seekKey(root: number, path: Path): void {
    const segments = this.segments;
    const stride = this.stride;
    const first = this.target[0]!;
    let ref = this.#start(root, path);
    for (let level = path.height - 1; level >= 0; level--) {
      const segment = segments[ref >>> Ref.SEGMENT_SHIFT]!;
      const u32 = segment.u32;
      const node = (ref & Ref.UNIT) << 1;
      let low = 0;
      let high = u32[node + TreeNode.CHILDREN]!;
      while (high - low > 1) {
        const middle = (low + high) >>> 1;
        const at = node + TreeNode.ENTRIES + TreeEntry.KEY + middle * stride;
        const key = u32[at]!;
        if (key < first || (key === first && this.compareTie(segment, at) <= 0)) low = middle;
        else high = middle;
      }
      path.nodes[level] = ref;
      path.slots[level] = low;
      ref = u32[node + TreeNode.ENTRIES + low * stride]!;
    }
    path.leaf = ref;
  }

  /** Finds the leaf with item number `position`, and its `offset` in there; beyond the last item: the end of the last leaf. */
  seekPosition(root: number, position: number, path: Path): void {
    const segments = this.segments;
    const stride = this.stride;
    let ref = this.#start(root, path);
    for (let level = path.height - 1; level >= 0; level--) {
      const u32 = segments[ref >>> Ref.SEGMENT_SHIFT]!.u32;
      const node = (ref & Ref.UNIT) << 1;
      const last = u32[node + TreeNode.CHILDREN]! - 1;
      let at = node + TreeNode.ENTRIES;
      let slot = 0;
      for (; slot < last && position >= u32[at + TreeEntry.ITEMS]!; slot++) {
        position -= u32[at + TreeEntry.ITEMS]!;
        at += stride;
      }
      path.nodes[level] = ref;
      path.slots[level] = slot;
      ref = u32[at + TreeEntry.REF]!;
    }
    path.leaf = ref;
    path.offset = ref === 0 ? 0 : Math.min(position, this.leafItems(path));
  }

  /** Goes to the first leaf. */
  first(root: number, path: Path): void {
    const top = this.#start(root, path);
    this.#descend(path, path.height, top, false);
  }

  /** Goes to the last leaf. */
  last(root: number, path: Path): void {
    const top = this.#start(root, path);
    this.#descend(path, path.height, top, true);
  }

  /** Goes to the next leaf; false, and stays, when there is none. */
  next(path: Path): boolean {
    for (let level = 0; level < path.height; level++) {
      const ref = path.nodes[level]!;
      const u32 = this.#words(ref);
      if (path.slots[level]! + 1 >= u32[word(ref) + TreeNode.CHILDREN]!) continue;
      const slot = ++path.slots[level]!;
      this.#descend(path, level, u32[entryWord(word(ref), this.stride, slot)]!, false);
      return true;
    }
    return false;
  }

  /** Goes to the previous leaf; false, and stays, when there is none. */
  previous(path: Path): boolean {
    for (let level = 0; level < path.height; level++) {
      if (path.slots[level] === 0) continue;
      const ref = path.nodes[level]!;
      const slot = --path.slots[level]!;
      this.#descend(path, level, this.#words(ref)[entryWord(word(ref), this.stride, slot)]!, true);
      return true;
    }
    return false;
  }

  isFirst(path: Path): boolean {
    for (let level = 0; level < path.height; level++) if (path.slots[level] !== 0) return false;
    return true;
  }

  isLast(path: Path): boolean {
    for (let level = 0; level < path.height; level++) {
      const ref = path.nodes[level]!;
      if (path.slots[level]! + 1 !== this.#words(ref)[word(ref) + TreeNode.CHILDREN]) return false;
    }
    return true;
  }

  /** Items in the leaf. */
  leafItems(path: Path): number {
    const ref = path.nodes[0]!;
    return this.#words(ref)[entryWord(word(ref), this.stride, path.slots[0]!) + TreeEntry.ITEMS]!;
  }

  /** Items in the leaf after (`step` 1) or before (-1) this one, if it has the same parent; else -1. */
  siblingItems(path: Path, step: number): number {
    const ref = path.nodes[0]!;
    const u32 = this.#words(ref);
    const slot = path.slots[0]! + step;
    if (slot < 0 || slot >= u32[word(ref) + TreeNode.CHILDREN]!) return -1;
    return u32[entryWord(word(ref), this.stride, slot) + TreeEntry.ITEMS]!;
  }

  /** Items in all leaves before this one. */
  position(path: Path): number {
    let items = 0;
    for (let level = 0; level < path.height; level++) {
      const ref = path.nodes[level]!;
      items += itemsBetween(this.#words(ref), word(ref), this.stride, 0, path.slots[level]!);
    }
    return items;
  }

  /** The leaf has `delta` items more. */
  addItems(path: Path, delta: number): void {
    const segments = this.segments;
    const stride = this.stride;
    for (let level = 0; level < path.height; level++) {
      const ref = path.nodes[level]!;
      const u32 = segments[ref >>> Ref.SEGMENT_SHIFT]!.u32;
      u32[((ref & Ref.UNIT) << 1) + TreeNode.ENTRIES + path.slots[level]! * stride + TreeEntry.ITEMS]! += delta;
    }
    this.#words(path.root)[word(path.root) + TreeRoot.ITEMS]! += delta;
  }

  /** What the leaf holds is about to change where it lies: to be called before, and before its block goes. */
  changeLeaf(path: Path): void {
    if (this.guard !== null) this.guard.willChange(path.root, path.leaf, this.leafItems(path));
  }

  /** The leaf has moved to `ref`; the old block is still whole. */
  replaceLeaf(path: Path, ref: number): void {
    this.changeLeaf(path);
    const node = path.nodes[0]!;
    this.#words(node)[entryWord(word(node), this.stride, path.slots[0]!)] = ref;
    path.leaf = ref;
  }

  /** The smallest key of the leaf is now `key`. */
  setKey(path: Path): void {
    const ref = path.nodes[0]!;
    this.#writeKey(this.#words(ref), entryWord(word(ref), this.stride, path.slots[0]!));
    if (path.slots[0] === 0) this.#raiseKey(path, 0);
  }

  /** Reads the leaf's key into `key`. */
  loadKey(path: Path): void {
    const ref = path.nodes[0]!;
    const at = entryWord(word(ref), this.stride, path.slots[0]!) + TreeEntry.KEY;
    for (let i = 0; i < this.keyWords; i++) this.key[i] = this.#words(ref)[at + i]!;
  }

  /**
   * Adds a leaf of `items` items whose key is in `key`, after the one at `path`, or into an empty tree; then `path` is at the new
   * leaf. Throws OutOfMemory with nothing changed.
   */
  insertAfter(path: Path, leaf: number, items: number): void {
    this.#insert(path, path.height === 0 ? 0 : path.slots[0]! + 1, leaf, items, false, this.isLast(path));
  }

  /** Like `insertAfter`, before the leaf at `path`. */
  insertBefore(path: Path, leaf: number, items: number): void {
    this.#insert(path, path.height === 0 ? 0 : path.slots[0]!, leaf, items, this.isFirst(path), false);
  }

  /**
   * Takes the leaf out of the tree; its block, still whole, stays the caller's. Then `path` is at the leaf that followed; false when none did,
   * and `path` is at the last leaf, or at none in a tree that is now empty.
   */
  remove(path: Path): boolean {
    const root = path.root;
    this.changeLeaf(path);
    this.addItems(path, -this.leafItems(path));
    this.#words(root)[word(root) + TreeRoot.LEAVES]!--;
    const level = this.#closeUp(path);
    if (level === path.height) {
      path.height = 0;
      path.leaf = 0;
      return false;
    }
    if (path.slots[level] === 0) this.#raiseKey(path, level);
    for (let i = level; i + 1 < path.height && this.#merge(path, i); ) i++;
    const hasNext = this.#settle(path, level);
    if (!hasNext) this.last(root, path);
    this.#dropTops(path);
    return hasNext;
  }

  /**
   * Takes a tree apart from its end: gives up to `limit` leaves to `visit` (which frees them) and frees the nodes. Returns true
   * when the tree is gone, its root included. Between calls only `drain` and `eachBlock` may use it.
   */
  drain(root: number, limit: number, visit: LeafVisitor): boolean {
    const path = this.#walk;
    for (this.last(root, path); path.height > 0 && limit > 0; this.last(root, path)) {
      const u32 = this.#words(path.nodes[0]!);
      const at = entryWord(word(path.nodes[0]!), this.stride, path.slots[0]!);
      const leaf = u32[at + TreeEntry.REF]!;
      const items = u32[at + TreeEntry.ITEMS]!;
      if (this.guard !== null) this.guard.willChange(root, leaf, items);
      this.#words(root)[word(root) + TreeRoot.ITEMS]! -= items;
      this.#words(root)[word(root) + TreeRoot.LEAVES]!--;
      this.#closeUp(path);
      visit(leaf, items);
      limit--;
    }
    if (path.height > 0) return false;
    this.arena.free(root);
    this.guard?.released(root);
    return true;
  }

  /**
   * Copies a tree, the owner's words included; `copyLeaf` returns a copy of a leaf. When memory runs out, the copies made are given to
   * `freeLeaf` and OutOfMemory is thrown. Keys are copied as they are; where they hold refs, build a new tree instead.
   */
  copy(root: number, copyLeaf: (leaf: number, items: number) => number, freeLeaf: LeafVisitor): number {
    const from = this.#walk;
    const to = this.#build;
    const copied = this.create();
    let leaf = 0;
    try {
      this.first(root, from);
      for (let more = from.height > 0; more; more = this.next(from)) {
        const items = this.leafItems(from);
        leaf = copyLeaf(from.leaf, items);
        this.loadKey(from);
        this.last(copied, to);
        this.insertAfter(to, leaf, items);
        leaf = 0;
      }
    } catch (error) {
      if (leaf !== 0) freeLeaf(leaf, this.leafItems(from));
      this.drain(copied, Number.POSITIVE_INFINITY, freeLeaf);
      throw error;
    }
    for (let i = 0; i < TreeRoot.BYTES / 4 - TreeRoot.USER; i++) this.setUserWord(copied, i, this.userWord(root, i));
    return copied;
  }

  /** Visits all leaves in order. */
  eachLeaf(root: number, visit: LeafVisitor): void {
    this.#eachChild(this.#words(root)[word(root) + TreeRoot.TOP]!, this.height(root) - 1, visit, undefined);
  }

  /** Visits the ref of every block the tree itself owns, without the leaves; for `Arena.verify`. */
  eachBlock(root: number, visit: (ref: number) => void): void {
    visit(root);
    this.#eachChild(this.#words(root)[word(root) + TreeRoot.TOP]!, this.height(root) - 1, undefined, visit);
  }

  /** Checks every invariant that needs no look into leaves; returns what is wrong, in words. */
  verify(root: number): string[] {
    return verifyTree(this, root);
  }

  #eachChild(
    ref: number,
    level: number,
    visitLeaf: LeafVisitor | undefined,
    visitNode: ((ref: number) => void) | undefined,
  ): void {
    if (ref === 0) return;
    const u32 = this.#words(ref);
    const children = u32[word(ref) + TreeNode.CHILDREN]!;
    for (let slot = 0; slot < children; slot++) {
      const at = entryWord(word(ref), this.stride, slot);
      if (level > 0) this.#eachChild(u32[at]!, level - 1, visitLeaf, visitNode);
      else visitLeaf?.(u32[at]!, u32[at + TreeEntry.ITEMS]!);
    }
    visitNode?.(ref);
  }

  #words(ref: number): Uint32Array {
    return this.segments[ref >>> Ref.SEGMENT_SHIFT]!.u32;
  }

  /** Begins a descent; returns the top node. */
  #start(root: number, path: Path): number {
    const u32 = this.segments[root >>> Ref.SEGMENT_SHIFT]!.u32;
    const at = (root & Ref.UNIT) << 1;
    path.root = root;
    path.height = u32[at + TreeRoot.HEIGHT]!;
    path.offset = 0;
    return u32[at + TreeRoot.TOP]!;
  }

  /** Fills the path below `level`, from the child `ref`, along the first or the last entries. */
  #descend(path: Path, level: number, ref: number, isLast: boolean): void {
    for (let below = level - 1; below >= 0; below--) {
      const u32 = this.#words(ref);
      const slot = isLast ? u32[word(ref) + TreeNode.CHILDREN]! - 1 : 0;
      path.nodes[below] = ref;
      path.slots[below] = slot;
      ref = u32[entryWord(word(ref), this.stride, slot)]!;
    }
    path.leaf = ref;
    path.offset = 0;
  }

  #insert(path: Path, slot: number, leaf: number, items: number, atStart: boolean, atEnd: boolean): void {
    const root = path.root;
    this.#reserve(path, atEnd);
    for (let level = 1; level < path.height; level++) {
      const node = path.nodes[level]!;
      this.#words(node)[entryWord(word(node), this.stride, path.slots[level]!) + TreeEntry.ITEMS]! += items;
    }
    this.#words(root)[word(root) + TreeRoot.ITEMS]! += items;
    this.#words(root)[word(root) + TreeRoot.LEAVES]!++;
    let ref = leaf;
    let key = this.key;
    let keyAt = 0;
    /** Does the path lead through the entry that is put, or through the one before it? */
    let leadsThrough = true;
    for (let level = 0; ; level++) {
      if (level === path.height) {
        this.#addTop(path, ref, items, key, keyAt, leadsThrough);
        break;
      }
      const pathSlot: number = leadsThrough ? slot : slot - 1;
      if (this.#hasRoom(path, level)) {
        this.#put(path.nodes[level]!, slot, ref, items, key, keyAt);
        path.slots[level] = pathSlot;
        break;
      }
      const left = path.nodes[level]!;
      const right = this.#spares[--this.#spareCount]!;
      const boundary = atEnd ? this.capacity : atStart ? 1 : (this.capacity + 1) >>> 1;
      this.#split(left, right, boundary, slot, ref, items, key, keyAt);
      leadsThrough = pathSlot >= boundary;
      path.nodes[level] = leadsThrough ? right : left;
      path.slots[level] = leadsThrough ? pathSlot - boundary : pathSlot;
      ref = right;
      key = this.#words(right);
      keyAt = word(right) + TreeNode.ENTRIES + TreeEntry.KEY;
      items = itemsBetween(key, word(right), this.stride, 0, key[word(right) + TreeNode.CHILDREN]!);
      if (level + 1 < path.height) {
        const parent = path.nodes[level + 1]!;
        slot = path.slots[level + 1]! + 1;
        this.#words(parent)[entryWord(word(parent), this.stride, slot - 1) + TreeEntry.ITEMS]! -= items;
      }
    }
    if (path.slots[0] === 0) this.#raiseKey(path, 0);
    path.leaf = leaf;
    path.offset = 0;
  }

  /** Allocates the nodes that an insert will need, so that it cannot fail half-way; the last one allocated is used first. */
  #reserve(path: Path, atEnd: boolean): void {
    const levels = path.height;
    let full = 0;
    let grown = TreeNode.FIRST_CAPACITY;
    for (; full < levels; full++) {
      const node = path.nodes[full]!;
      const u32 = this.#words(node);
      const capacity = u32[word(node) + TreeNode.CAPACITY]!;
      grown = 0;
      if (u32[word(node) + TreeNode.CHILDREN]! < capacity) break;
      grown = Math.min(capacity * 2, this.capacity);
      if (capacity < this.capacity) break;
      grown = TreeNode.FIRST_CAPACITY;
    }
    this.#spareCount = 0;
    if (grown === 0 && full === 0) return;
    try {
      if (grown !== 0) this.#addSpare(grown);
      for (let i = 0; i < full; i++) this.#addSpare(atEnd ? TreeNode.FIRST_CAPACITY : this.capacity);
    } catch (error) {
      while (this.#spareCount > 0) this.arena.free(this.#spares[--this.#spareCount]!);
      throw error;
    }
    for (let i = 0; i < this.#spareCount; i++) {
      this.#words(path.root)[word(path.root) + TreeRoot.NODE_BYTES]! += this.#bytesOf(this.#spares[i]!);
    }
  }

  #addSpare(capacity: number): void {
    const ref = this.arena.allocate(nodeBytes(capacity, this.stride));
    const u32 = this.#words(ref);
    u32[word(ref) + TreeNode.CHILDREN] = 0;
    u32[word(ref) + TreeNode.CAPACITY] = capacity;
    this.#spares[this.#spareCount++] = ref;
  }

  /** Is there room for an entry in the path's node, after growing it if need be? */
  #hasRoom(path: Path, level: number): boolean {
    const node = path.nodes[level]!;
    const u32 = this.#words(node);
    const children = u32[word(node) + TreeNode.CHILDREN]!;
    const capacity = u32[word(node) + TreeNode.CAPACITY]!;
    if (children < capacity) return true;
    if (capacity === this.capacity) return false;
    const grown = this.#spares[--this.#spareCount]!;
    copyEntries(u32, word(node), 0, this.#words(grown), word(grown), 0, this.stride, children);
    this.#words(grown)[word(grown) + TreeNode.CHILDREN] = children;
    this.#freeNode(path.root, node);
    path.nodes[level] = grown;
    this.#setChild(path, level, grown);
    return true;
  }

  /** The node at `level` of the path is now `ref`: tells its parent, or the root. */
  #setChild(path: Path, level: number, ref: number): void {
    if (level + 1 === path.height) {
      this.#words(path.root)[word(path.root) + TreeRoot.TOP] = ref;
      return;
    }
    const parent = path.nodes[level + 1]!;
    this.#words(parent)[entryWord(word(parent), this.stride, path.slots[level + 1]!)] = ref;
  }

  /** Puts an entry into a node with room. */
  #put(node: number, slot: number, ref: number, items: number, key: Uint32Array, keyAt: number): void {
    const u32 = this.#words(node);
    const at = openEntry(u32, word(node), this.stride, slot);
    u32[at + TreeEntry.REF] = ref;
    u32[at + TreeEntry.ITEMS] = items;
    for (let i = 0; i < this.keyWords; i++) u32[at + TreeEntry.KEY + i] = key[keyAt + i]!;
  }

  /** Puts an entry at `slot` of the full node `left`, sharing with the empty `right` so that `left` ends with `boundary` entries. */
  #split(
    left: number,
    right: number,
    boundary: number,
    slot: number,
    ref: number,
    items: number,
    key: Uint32Array,
    keyAt: number,
  ): void {
    const stay = slot < boundary ? boundary - 1 : boundary;
    const go = this.capacity - stay;
    const from = this.#words(left);
    const to = this.#words(right);
    copyEntries(from, word(left), stay, to, word(right), 0, this.stride, go);
    from[word(left) + TreeNode.CHILDREN] = stay;
    to[word(right) + TreeNode.CHILDREN] = go;
    if (slot < boundary) this.#put(left, slot, ref, items, key, keyAt);
    else this.#put(right, slot - boundary, ref, items, key, keyAt);
  }

  /** Puts a level on top, for the entry given and the old top, if there is one. */
  #addTop(path: Path, ref: number, items: number, key: Uint32Array, keyAt: number, leadsThrough: boolean): void {
    const top = this.#spares[--this.#spareCount]!;
    const root = this.#words(path.root);
    const rootWord = word(path.root);
    const old = root[rootWord + TreeRoot.TOP]!;
    this.#put(top, 0, ref, items, key, keyAt);
    if (old !== 0) {
      const oldKeyAt = word(old) + TreeNode.ENTRIES + TreeEntry.KEY;
      this.#put(top, 0, old, root[rootWord + TreeRoot.ITEMS]! - items, this.#words(old), oldKeyAt);
    }
    path.nodes[path.height] = top;
    path.slots[path.height] = old !== 0 && leadsThrough ? 1 : 0;
    path.height++;
    root[rootWord + TreeRoot.TOP] = top;
    root[rootWord + TreeRoot.HEIGHT] = path.height;
  }

  #writeKey(u32: Uint32Array, at: number): void {
    for (let i = 0; i < this.keyWords; i++) u32[at + TreeEntry.KEY + i] = this.key[i]!;
  }

  /** The first key of the path's node at `level` has changed: tells the nodes above. */
  #raiseKey(path: Path, level: number): void {
    for (; level + 1 < path.height; level++) {
      const node = path.nodes[level]!;
      const from = this.#words(node);
      const fromAt = word(node) + TreeNode.ENTRIES + TreeEntry.KEY;
      const parent = path.nodes[level + 1]!;
      const to = this.#words(parent);
      const toAt = entryWord(word(parent), this.stride, path.slots[level + 1]!) + TreeEntry.KEY;
      for (let i = 0; i < this.keyWords; i++) to[toAt + i] = from[fromAt + i]!;
      if (path.slots[level + 1] !== 0) return;
    }
  }

  /**
   * Takes the path's leaf out of its node, and that out of its parent when it is empty, and so on; returns the first level whose
   * node is left, with the path's slot where the entry was; the old height when nothing is left.
   */
  #closeUp(path: Path): number {
    for (let level = 0; level < path.height; level++) {
      const node = path.nodes[level]!;
      if (closeEntry(this.#words(node), word(node), this.stride, path.slots[level]!) > 0) return level;
      this.#freeNode(path.root, node);
    }
    const u32 = this.#words(path.root);
    u32[word(path.root) + TreeRoot.TOP] = 0;
    u32[word(path.root) + TreeRoot.HEIGHT] = 0;
    return path.height;
  }

  /** Merges the path's node at `level` with a neighbour if it is nearly empty and both fit well into one; false when not. */
  #merge(path: Path, level: number): boolean {
    const children = this.#children(path.nodes[level]!);
    if (children * 4 >= this.capacity) return false;
    const parent = path.nodes[level + 1]!;
    const u32 = this.#words(parent);
    const slot = path.slots[level + 1]!;
    const isRight = slot > 0;
    if (!isRight && this.#children(parent) === 1) return false;
    const leftAt = entryWord(word(parent), this.stride, isRight ? slot - 1 : slot);
    const left = u32[leftAt]!;
    const right = u32[leftAt + this.stride]!;
    const inLeft = this.#children(left);
    const inRight = this.#children(right);
    if ((inLeft + inRight) * 4 > this.capacity * 3) return false;
    const survivor = this.#join(left, inLeft, right, inRight);
    if (survivor === 0) return false;
    u32[leftAt] = survivor;
    u32[leftAt + TreeEntry.ITEMS]! += u32[leftAt + this.stride + TreeEntry.ITEMS]!;
    closeEntry(u32, word(parent), this.stride, isRight ? slot : slot + 1);
    this.#freeNode(path.root, survivor === left ? right : left);
    path.nodes[level] = survivor;
    if (isRight) {
      path.slots[level]! += inLeft;
      path.slots[level + 1]!--;
    }
    return true;
  }

  /** Brings the entries of two nodes into one of them, which is returned; 0 when neither is large enough. */
  #join(left: number, inLeft: number, right: number, inRight: number): number {
    const count = inLeft + inRight;
    const leftWords = this.#words(left);
    const rightWords = this.#words(right);
    if (leftWords[word(left) + TreeNode.CAPACITY]! >= count) {
      copyEntries(rightWords, word(right), 0, leftWords, word(left), inLeft, this.stride, inRight);
      leftWords[word(left) + TreeNode.CHILDREN] = count;
      return left;
    }
    if (rightWords[word(right) + TreeNode.CAPACITY]! < count) return 0;
    const first = entryWord(word(right), this.stride, 0);
    moveWords(rightWords, first, first + inLeft * this.stride, inRight * this.stride);
    copyEntries(leftWords, word(left), 0, rightWords, word(right), 0, this.stride, inLeft);
    rightWords[word(right) + TreeNode.CHILDREN] = count;
    return right;
  }

  /** The path's slot at `level` is where an entry was taken out: leads on to the leaf that now follows; false when none does. */
  #settle(path: Path, level: number): boolean {
    while (path.slots[level]! >= this.#children(path.nodes[level]!)) {
      if (++level === path.height) return false;
      path.slots[level]!++;
    }
    const node = path.nodes[level]!;
    const child = this.#words(node)[entryWord(word(node), this.stride, path.slots[level]!)]!;
    this.#descend(path, level, child, false);
    return true;
  }

  /** Takes away tops that have a single child. */
  #dropTops(path: Path): void {
    const u32 = this.#words(path.root);
    const root = word(path.root);
    while (path.height > 1 && this.#children(path.nodes[path.height - 1]!) === 1) {
      path.height--;
      this.#freeNode(path.root, path.nodes[path.height]!);
      u32[root + TreeRoot.TOP] = path.nodes[path.height - 1]!;
      u32[root + TreeRoot.HEIGHT] = path.height;
    }
  }

  #children(node: number): number {
    return this.#words(node)[word(node) + TreeNode.CHILDREN]!;
  }

  #bytesOf(node: number): number {
    return (nodeBytes(this.#words(node)[word(node) + TreeNode.CAPACITY]!, this.stride) + 7) & ~7;
  }

  #freeNode(root: number, node: number): void {
    this.#words(root)[word(root) + TreeRoot.NODE_BYTES]! -= this.#bytesOf(node);
    this.arena.free(node);
  }
}

/** Index of the first word of a block in its segment. */
function word(ref: number): number {
  return (ref & Ref.UNIT) << 1;
}
