import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SeededRandom } from "../../../test/support/fuzzing.js";
import { Arena, OutOfMemory } from "../../memory/arena.js";
import { CountedTree, Path } from "./counted-tree.js";
import { TreeNode, TreeRoot } from "./counted-tree-node.js";

/** Leaf refs are made up here: the tree never follows them. */
class Subject {
  readonly arena = new Arena();
  readonly tree: CountedTree;
  readonly path = new Path();
  readonly root: number;

  constructor(keyWords: number) {
    this.tree = new CountedTree(this.arena, keyWords);
    this.root = this.tree.create();
  }

  /** Adds leaves of 10 items at the end; leaf `i` has ref and key `i`. */
  append(from: number, to: number): void {
    for (let i = from; i < to; i++) {
      this.tree.last(this.root, this.path);
      this.tree.key[0] = i;
      this.tree.insertAfter(this.path, i, 10);
    }
  }

  leaves(): number[] {
    const refs: number[] = [];
    this.tree.eachLeaf(this.root, (ref) => refs.push(ref));
    return refs;
  }

  verify(): void {
    assert.deepEqual(this.tree.verify(this.root), []);
    const blocks: number[] = [];
    this.tree.eachBlock(this.root, (ref) => blocks.push(ref));
    assert.deepEqual(this.arena.verify(blocks), []);
  }
}

test("an empty tree has no leaf, and every seek says so", () => {
  const { tree, path, root } = new Subject(2);
  tree.seekKey(root, path);
  assert.equal(path.leaf, 0);
  tree.seekPosition(root, 5, path);
  assert.equal(path.leaf, 0);
  assert.equal(path.offset, 0);
  tree.first(root, path);
  assert.equal(tree.next(path), false);
  assert.equal(tree.previous(path), false);
});

test("a tree of one leaf costs its root and a node of 4 entries", () => {
  const subject = new Subject(0);
  subject.append(1, 2);
  assert.equal(subject.tree.overheadBytes(subject.root), TreeRoot.BYTES + 40);
  subject.verify();
});

for (const keyWords of [0, 2, 4]) {
  test(`leaves added at the end or at the start leave full nodes behind, K = ${keyWords}`, () => {
    for (const isAtEnd of [true, false]) {
      const subject = new Subject(keyWords);
      const { tree, root, path } = subject;
      const count = 20_000;
      if (isAtEnd) subject.append(1, count + 1);
      for (let i = count; i > 0 && !isAtEnd; i--) {
        tree.first(root, path);
        tree.key[0] = i;
        tree.insertBefore(path, i, 10);
      }
      const least = (TreeNode.BYTES / tree.capacity) * count;
      assert.ok(tree.overheadBytes(root) < least * 1.06, `${tree.overheadBytes(root) / count} bytes a leaf`);
      assert.deepEqual(
        subject.leaves(),
        Array.from({ length: count }, (_, i) => i + 1),
      );
      subject.verify();
    }
  });
}

test("leaves added anywhere fill nodes to two thirds", () => {
  const subject = new Subject(2);
  const { tree, root, path } = subject;
  const random = new SeededRandom(1);
  for (let i = 1; i <= 20_000; i++) {
    tree.target[0] = tree.key[0] = random.bits();
    tree.seekKey(root, path);
    if (path.leaf === 0 || (tree.isFirst(path) && i % 2 === 0)) tree.insertBefore(path, i, 1);
    else tree.insertAfter(path, i, 1);
  }
  assert.ok(tree.overheadBytes(root) / 20_000 < 25, `${tree.overheadBytes(root) / 20_000} bytes a leaf`);
  subject.verify();
});

test("a position beyond the last item is the end of the last leaf", () => {
  const subject = new Subject(0);
  const { tree, root, path } = subject;
  subject.append(1, 501);
  for (const [position, leaf, offset] of [
    [0, 1, 0],
    [9, 1, 9],
    [10, 2, 0],
    [4999, 500, 9],
    [5000, 500, 10],
    [9999, 500, 10],
  ]) {
    tree.seekPosition(root, position!, path);
    assert.equal(path.leaf, leaf);
    assert.equal(path.offset, offset);
    assert.equal(tree.position(path), (leaf! - 1) * 10);
  }
});

test("a key leads to the last leaf that does not begin above it", () => {
  const subject = new Subject(2);
  const { tree, root, path } = subject;
  subject.append(1, 1001);
  for (const [key, second, leaf] of [
    [0, 0, 1],
    [1, 0, 1],
    [500, 0, 500],
    [500, 7, 500],
    [4e9, 0, 1000],
  ]) {
    tree.target[0] = key!;
    tree.target[1] = second!;
    tree.seekKey(root, path);
    assert.equal(path.leaf, leaf);
  }
});

test("removing leaves one after the other goes on to the next, and ends with an empty tree", () => {
  const subject = new Subject(2);
  const { tree, root, path } = subject;
  subject.append(1, 5001);
  tree.seekPosition(root, 10_000, path);
  for (let i = 1001; i <= 4000; i++) {
    assert.equal(path.leaf, i);
    assert.equal(tree.remove(path), true);
  }
  assert.equal(tree.items(root), 20_000);
  subject.verify();
  tree.first(root, path);
  while (tree.remove(path));
  assert.equal(path.leaf, 0);
  assert.equal(tree.overheadBytes(root), TreeRoot.BYTES);
  subject.verify();
});

test("removing the last leaf leaves the path at the one before", () => {
  const subject = new Subject(0);
  const { tree, root, path } = subject;
  subject.append(1, 300);
  tree.last(root, path);
  for (let i = 299; i > 1; i--) {
    assert.equal(path.leaf, i);
    assert.equal(tree.remove(path), false);
  }
  assert.equal(path.leaf, 1);
  assert.equal(tree.height(root), 1);
  subject.verify();
});

test("the key of a first leaf is the key of all nodes above it", () => {
  const subject = new Subject(2);
  const { tree, root, path } = subject;
  subject.append(10, 10_010);
  tree.first(root, path);
  tree.key[0] = 3;
  tree.setKey(path);
  subject.verify();
  tree.remove(path);
  subject.verify();
  tree.loadKey(path);
  assert.equal(tree.key[0], 11);
});

test("an insert for which memory runs out changes nothing", () => {
  const subject = new Subject(0);
  const { tree, root, path, arena } = subject;
  subject.append(1, 127 * 127 + 1);
  const allocate = arena.allocate.bind(arena);
  for (let failAt = 1; failAt <= 3; failAt++) {
    const before = subject.leaves();
    const blocks = arena.blockCount;
    let left = failAt;
    arena.allocate = (size) => {
      if (--left === 0) throw new OutOfMemory();
      return allocate(size);
    };
    tree.seekPosition(root, 5000, path);
    assert.throws(() => tree.insertAfter(path, 77_777, 1), OutOfMemory);
    arena.allocate = allocate;
    assert.deepEqual(subject.leaves(), before);
    assert.equal(arena.blockCount, blocks);
    assert.equal(tree.items(root), before.length * 10);
    subject.verify();
  }
  assert.equal(tree.height(root), 2);
  tree.insertAfter(path, 77_777, 1);
  assert.equal(tree.height(root), 3);
  subject.verify();
});

test("draining in slices visits every leaf once and leaves nothing", () => {
  const subject = new Subject(2);
  const { tree, root, arena } = subject;
  subject.append(1, 2001);
  const seen: number[] = [];
  let calls = 1;
  while (!tree.drain(root, 37, (leaf) => seen.push(leaf))) calls++;
  assert.equal(calls, Math.ceil(2000 / 37));
  assert.deepEqual(
    seen.sort((a, b) => a - b),
    Array.from({ length: 2000 }, (_, i) => i + 1),
  );
  assert.deepEqual(arena.verify([]), []);
});

test("a tree is the array of its leaves, whatever is inserted and removed where", () => {
  const operations = fc.array(fc.tuple(fc.boolean(), fc.nat(1000), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
    maxLength: 600,
    size: "max",
  });
  fc.assert(
    fc.property(operations, (list) => {
      const subject = new Subject(0);
      const { tree, root, path } = subject;
      const model: { ref: number; items: number }[] = [];
      list.forEach(([isRemoval, place, items], i) => {
        const at = place % (model.length + 1);
        const position = model.slice(0, Math.min(at, model.length - 1)).reduce((sum, leaf) => sum + leaf.items, 0);
        tree.seekPosition(root, position, path);
        if (isRemoval && place % 3 === 0) {
          if (model.length === 0) return;
          tree.remove(path);
          model.splice(Math.min(at, model.length - 1), 1);
        } else {
          if (at === model.length) tree.insertAfter(path, i + 1, items);
          else tree.insertBefore(path, i + 1, items);
          model.splice(at, 0, { ref: i + 1, items });
        }
      });
      assert.deepEqual(
        subject.leaves(),
        model.map((leaf) => leaf.ref),
      );
      subject.verify();
    }),
    { numRuns: 30 },
  );
});
