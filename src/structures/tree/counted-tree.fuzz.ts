/**
 * A counted tree against an array of leaves: leaves come and go at random places or in stretches, change their counts, keys and
 * refs; memory runs out now and then. After each batch every seek must agree with the array.
 */
import assert from "node:assert/strict";
import { fuzz, type SeededRandom } from "../../../test/support/fuzzing.js";
import { Arena, OutOfMemory } from "../../memory/arena.js";
import { CountedTree, Path } from "./counted-tree.js";

interface Leaf {
  ref: number;
  items: number;
  /** A whole number below 2^53; larger than that of the leaf before. */
  key: number;
}

const KEY_END = 2 ** 53;

class Round {
  readonly arena = new Arena();
  readonly tree: CountedTree;
  readonly path = new Path();
  leaves: Leaf[] = [];
  root: number;
  /** Allocations left until one fails; 0 = none will. */
  failIn = 0;

  constructor(readonly random: SeededRandom) {
    this.tree = new CountedTree(this.arena, random.pick([0, 2, 4]));
    this.root = this.tree.create();
    const allocate = this.arena.allocate.bind(this.arena);
    this.arena.allocate = (size) => {
      if (this.failIn > 0 && --this.failIn === 0) throw new OutOfMemory();
      return allocate(size);
    };
  }

  run(): void {
    const { random } = this;
    const phases = 1 + random.below(8);
    for (let phase = 0; phase < phases; phase++) {
      const growth = random.pick([0, 0.1, 0.5, 0.9, 1]);
      const place = random.pick(["random", "random", "start", "end", "hot"]);
      const steps = random.pick([20, 200, 2000, 8000]);
      for (let step = 0; step < steps; step++) {
        const at = this.#place(place);
        if (random.chance(growth)) this.#insert(at);
        else if (random.chance(0.02)) this.#removeStretch(at, random.below(300));
        else this.#removeStretch(at, 1);
        if (random.chance(0.1)) this.#change();
      }
      this.#verify();
    }
    this.#copy();
    this.#drain(this.root, this.leaves);
    assert.deepEqual(this.arena.verify([]), []);
  }

  #place(place: string): number {
    const count = this.leaves.length;
    if (place === "start") return 0;
    if (place === "end") return count;
    if (place === "hot") return Math.floor(count / 3);
    return this.random.below(count + 1);
  }

  #setWords(words: Uint32Array, key: number): void {
    words.fill(0);
    const first = words.length === 4 ? 1 : 0;
    words[first] = Math.floor(key / 2 ** 32);
    words[first + 1] = key;
  }

  /** Goes to leaf number `index` by position, or by key. */
  #seek(index: number): void {
    const { tree, path } = this;
    if (tree.keyWords > 0 && this.random.chance(0.5)) {
      this.#setWords(tree.target, this.leaves[index]!.key);
      tree.seekKey(this.root, path);
    } else {
      const position = this.leaves.slice(0, index).reduce((sum, leaf) => sum + leaf.items, 0);
      tree.seekPosition(this.root, position + this.random.below(this.leaves[index]!.items), path);
    }
    assert.equal(path.leaf, this.leaves[index]!.ref);
  }

  #insert(at: number): void {
    const { arena, tree, path, leaves, random } = this;
    const low = leaves[at - 1]?.key ?? 0;
    const high = leaves[at]?.key ?? KEY_END;
    if (high - low < 2) return;
    const isEdge = at === 0 || at === leaves.length;
    const gap = isEdge ? Math.min(high - low, 2 ** 38) : high - low;
    const key = at === 0 ? high - 1 - random.below(gap - 1) : low + 1 + random.below(gap - 1);
    const leaf = { ref: arena.allocate(8), items: 1 + random.below(200), key };
    if (leaves.length === 0) tree.first(this.root, path);
    else this.#seek(Math.max(0, at - 1));
    this.#setWords(tree.key, key);
    if (random.chance(0.05)) this.failIn = 1 + random.below(3);
    try {
      if (at === 0) tree.insertBefore(path, leaf.ref, leaf.items);
      else if (at < leaves.length && random.chance(0.5)) {
        assert.ok(tree.next(path));
        tree.insertBefore(path, leaf.ref, leaf.items);
      } else tree.insertAfter(path, leaf.ref, leaf.items);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      arena.free(leaf.ref);
      return;
    } finally {
      this.failIn = 0;
    }
    leaves.splice(at, 0, leaf);
    this.#checkPath(at);
  }

  /** The path is at leaf number `index`, and knows its surroundings. */
  #checkPath(index: number): void {
    const { tree, path, leaves } = this;
    const leaf = leaves[index]!;
    assert.equal(path.leaf, leaf.ref);
    assert.equal(tree.leafItems(path), leaf.items);
    assert.equal(tree.isFirst(path), index === 0);
    assert.equal(tree.isLast(path), index === leaves.length - 1);
    for (const step of [-1, 1]) {
      const items = tree.siblingItems(path, step);
      if (items !== -1) assert.equal(items, leaves[index + step]!.items);
    }
    if (this.random.chance(0.9)) return;
    assert.equal(
      tree.position(path),
      leaves.slice(0, index).reduce((sum, before) => sum + before.items, 0),
    );
    if (tree.next(path)) assert.equal(path.leaf, leaves[index + 1]!.ref);
    else assert.equal(index, leaves.length - 1);
  }

  #removeStretch(at: number, count: number): void {
    const { arena, tree, path, leaves } = this;
    at = Math.min(at, leaves.length - 1);
    if (at < 0) return;
    this.#seek(at);
    for (; count > 0 && at < leaves.length; count--) {
      arena.free(path.leaf);
      leaves.splice(at, 1);
      assert.equal(tree.remove(path), at < leaves.length);
      if (leaves.length === 0) assert.equal(path.leaf, 0);
      else this.#checkPath(Math.min(at, leaves.length - 1));
      if (this.random.chance(0.1) && at < leaves.length) this.#seek(at);
      if (path.leaf !== leaves[at]?.ref && at < leaves.length) this.#seek(at);
    }
  }

  #change(): void {
    const { arena, tree, path, leaves, random } = this;
    if (leaves.length === 0) return;
    const at = random.below(leaves.length);
    const leaf = leaves[at]!;
    this.#seek(at);
    const items = random.below(100) + 1;
    tree.addItems(path, items - leaf.items);
    leaf.items = items;
    if (random.chance(0.3)) {
      arena.free(leaf.ref);
      leaf.ref = arena.allocate(8);
      tree.replaceLeaf(path, leaf.ref);
    }
    if (random.chance(0.5)) {
      const low = leaves[at - 1]?.key ?? 0;
      const high = leaves[at + 1]?.key ?? KEY_END;
      if (high - low > 2) leaf.key = low + 1 + random.below(high - low - 1);
      this.#setWords(tree.key, leaf.key);
      tree.setKey(path);
    }
    this.#checkPath(at);
  }

  #verify(): void {
    const { arena, tree, path, root, leaves, random } = this;
    assert.deepEqual(tree.verify(root), []);
    assert.equal(tree.leaves(root), leaves.length);
    const seen: Leaf[] = [];
    let items = 0;
    tree.first(root, path);
    if (leaves.length > 0) {
      do {
        seen.push({ ref: path.leaf, items: tree.leafItems(path), key: leaves[seen.length]!.key });
        items += tree.leafItems(path);
        tree.loadKey(path);
        const key = tree.key.slice();
        this.#setWords(tree.key, leaves[seen.length - 1]!.key);
        assert.deepEqual(key, tree.key);
      } while (tree.next(path));
    }
    assert.deepEqual(seen, leaves);
    assert.equal(tree.items(root), items);
    tree.last(root, path);
    for (let at = leaves.length - 1; at > 0; at--) assert.ok(tree.previous(path) && path.leaf === leaves[at - 1]!.ref);
    if (leaves.length > 0) assert.equal(tree.previous(path), false);
    for (let i = 0; i < 100 && leaves.length > 0; i++) this.#verifySeeks(items, random);
    const blocks = leaves.map((leaf) => leaf.ref);
    tree.eachBlock(root, (ref) => blocks.push(ref));
    assert.deepEqual(arena.verify(blocks), []);
    let bytes = 0;
    tree.eachBlock(root, (ref) => {
      bytes += arena.capacity(ref);
    });
    assert.equal(tree.overheadBytes(root), bytes);
  }

  #verifySeeks(items: number, random: SeededRandom): void {
    const { tree, path, root, leaves } = this;
    const position = random.below(items + 1);
    tree.seekPosition(root, position, path);
    let left = position;
    let index = 0;
    while (index < leaves.length - 1 && left >= leaves[index]!.items) left -= leaves[index++]!.items;
    assert.equal(path.leaf, leaves[index]!.ref);
    assert.equal(path.offset, left);
    assert.equal(tree.position(path), position - left);
    if (tree.keyWords === 0) return;
    const key = random.chance(0.5) ? random.pick(leaves).key : random.below(2 ** 32) * 2 ** 21;
    this.#setWords(tree.target, key);
    tree.seekKey(root, path);
    const above = leaves.findIndex((leaf) => leaf.key > key);
    assert.equal(path.leaf, leaves[above === -1 ? leaves.length - 1 : Math.max(0, above - 1)]!.ref);
  }

  #copy(): void {
    const { arena, tree, random } = this;
    const copies: Leaf[] = [];
    if (random.chance(0.5)) this.failIn = 1 + random.below(this.leaves.length + 10);
    let copied: number;
    tree.setUserWord(this.root, 2, 77);
    const blocksBefore = arena.blockCount;
    try {
      copied = tree.copy(
        this.root,
        (ref, items) => {
          assert.equal(ref, this.leaves[copies.length]!.ref);
          copies.push({ ref: arena.allocate(8), items, key: this.leaves[copies.length]!.key });
          return copies.at(-1)!.ref;
        },
        (ref) => arena.free(ref),
      );
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      assert.equal(arena.blockCount, blocksBefore);
      return;
    } finally {
      this.failIn = 0;
    }
    assert.equal(tree.userWord(copied, 2), 77);
    const originals = this.leaves;
    const original = this.root;
    this.#drain(original, originals);
    this.leaves = copies;
    this.root = copied;
    this.#verify();
  }

  #drain(root: number, leaves: Leaf[]): void {
    const { arena, tree, random } = this;
    let left = leaves.length;
    while (
      !tree.drain(root, 1 + random.below(300), (ref, items) => {
        left--;
        assert.equal(ref, leaves[left]!.ref);
        assert.equal(items, leaves[left]!.items);
        arena.free(ref);
      })
    ) {
      if (random.chance(0.8)) continue;
      const seen: number[] = [];
      tree.eachLeaf(root, (ref) => seen.push(ref));
      assert.deepEqual(
        seen,
        leaves.slice(0, left).map((leaf) => leaf.ref),
      );
    }
    assert.equal(left, 0);
  }
}

fuzz("counted-tree", (random) => new Round(random).run());
