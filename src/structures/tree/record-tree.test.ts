import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../../../test/support/fuzzing.js";
import { Arena } from "../../memory/arena.js";
import { RecordLeaf, RecordTree } from "./record-tree.js";

const FULL = 16;

/** A tree of records that keep their number beside the key, and what it should hold. */
class World {
  readonly arena = new Arena();
  readonly tree = new RecordTree(this.arena, RecordLeaf.KEY_WORDS + 1, FULL);
  readonly root = this.tree.create();
  readonly model = new Set<number>();
  readonly #key = new Uint32Array(RecordLeaf.KEY_WORDS);

  key(number: number): Uint32Array {
    this.#key[1] = number >>> 5;
    this.#key[3] = number & 31;
    return this.#key;
  }

  insert(number: number): void {
    if (this.tree.find(this.root, this.key(number))) return;
    this.tree.insert(this.key(number));
    this.tree.setWord(RecordLeaf.KEY_WORDS, number);
    this.model.add(number);
  }

  remove(number: number): void {
    assert.ok(this.tree.find(this.root, this.key(number)));
    this.tree.remove();
    this.model.delete(number);
  }

  check(): void {
    assert.deepEqual(this.tree.verify(this.root), []);
    const found: number[] = [];
    for (let more = this.tree.first(this.root); more; more = this.tree.next()) {
      found.push(this.tree.word(RecordLeaf.KEY_WORDS));
    }
    assert.deepEqual(
      found,
      [...this.model].sort((a, b) => a - b),
    );
    const live: number[] = [];
    this.tree.eachBlock(this.root, (ref) => live.push(ref));
    assert.deepEqual(this.arena.verify(live), []);
  }
}

test("records taken from the front of their leaves leave the tree with the exact keys of what follows", () => {
  const world = new World();
  for (let i = 0; i < 500; i++) world.insert(i);
  for (let i = 0; i < 500; i += FULL) {
    world.remove(i);
    world.check();
  }
  for (let i = 0; i < 500; i++) if (world.model.has(i)) world.remove(i);
  world.check();
  assert.equal(world.tree.count(world.root), 0);
});

test("records come and go in any order", () => {
  const world = new World();
  const random = new SeededRandom(3);
  for (const share of [0.8, 0.5, 0.2, 0.9, 0.1]) {
    for (let step = 0; step < 1500; step++) {
      const number = random.below(800);
      if (random.chance(share)) world.insert(number);
      else if (world.model.has(number)) world.remove(number);
      if (step % 100 === 0) world.check();
    }
  }
  world.check();
});

test("a tree is freed in steps of about as many records as were asked for", () => {
  const world = new World();
  for (let i = 0; i < 1000; i++) world.insert(i);
  let steps = 1;
  while (!world.tree.drain(world.root, 100)) steps++;
  assert.ok(steps >= 8 && steps <= 12, `${steps} steps`);
  assert.deepEqual(world.arena.verify([]), []);
});
