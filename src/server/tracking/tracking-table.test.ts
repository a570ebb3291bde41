import assert from "node:assert/strict";
import { test } from "node:test";
import { Argv } from "../../bytes/argv.js";
import { Arena, OutOfMemory } from "../../memory/arena.js";
import { TrackingTable } from "./tracking-table.js";

/** A table on an arena of its own, with a sequence for chance. */
function table(): { arena: Arena; table: TrackingTable; random: (below: number) => number } {
  let seed = 1;
  const next = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed;
  };
  const arena = new Arena();
  return { arena, table: new TrackingTable({ arena, random: next }), random: (below) => (next() >>> 8) % below };
}

function taken(from: TrackingTable, key: string): number[] {
  const ids: number[] = [];
  ids.length = from.take(Argv.from([key]), 0, ids);
  return ids;
}

test("the readers of a key are told once, each of them once, in the order of their ids", () => {
  const { table: readers } = table();
  for (const id of [7, 3, 2 ** 32 + 1, 7, 2 ** 40, 3, 2 ** 31]) readers.add(Argv.from(["GET", "key"]), 1, id);
  readers.add(Argv.from(["other"]), 0, 3);
  assert.deepEqual([readers.keyCount, readers.itemCount], [2, 6]);
  assert.deepEqual(taken(readers, "key"), [3, 7, 2 ** 31, 2 ** 32 + 1, 2 ** 40]);
  assert.deepEqual(taken(readers, "key"), []);
  assert.deepEqual([readers.keyCount, readers.itemCount], [1, 1]);
});

test("it holds what a Map of Sets would, and leaves nothing behind in the arena", () => {
  const { arena, table: readers, random } = table();
  const model = new Map<string, Set<number>>();
  for (let step = 0; step < 30_000; step++) {
    const key = "k".repeat(random(40)) + random(300);
    if (random(10) > 0) {
      const id = random(2000);
      readers.add(Argv.from([key]), 0, id);
      if (!model.has(key)) model.set(key, new Set());
      model.get(key)!.add(id);
    } else {
      assert.deepEqual(
        taken(readers, key),
        [...(model.get(key) ?? [])].sort((a, b) => a - b),
      );
      model.delete(key);
    }
  }
  assert.equal(readers.keyCount, model.size);
  let items = 0;
  for (const ids of model.values()) items += ids.size;
  assert.equal(readers.itemCount, items);
  assert.deepEqual(arena.verify(readers.liveBlocks()), []);
  readers.clear();
  assert.deepEqual([readers.keyCount, readers.itemCount], [0, 0]);
  while (readers.drainSome(100)) assert.deepEqual(arena.verify(readers.liveBlocks()), []);
  assert.equal(readers.liveBlocks().length, table().table.liveBlocks().length);
});

test("a key of 16 bytes with one reader takes less than 48 bytes", () => {
  const { arena, table: readers } = table();
  const before = arena.allocatedBytes;
  for (let i = 0; i < 100_000; i++) readers.add(Argv.from([`key:${String(i).padStart(12, "0")}`]), 0, i % 50);
  const bytes = (arena.allocatedBytes - before) / 100_000;
  assert.ok(bytes < 48, `${bytes} bytes`);
});

test("keys are drawn at random until none is left", () => {
  const { table: readers } = table();
  assert.equal(readers.draw(), null);
  const drawn = new Set<string>();
  for (let i = 0; i < 100; i++) readers.add(Argv.from([`key:${i}`]), 0, 1);
  for (let i = 0; i < 200; i++) drawn.add(readers.draw()!.latin1(0));
  assert.ok(drawn.size > 20, `${drawn.size} different keys`);
  for (let key = readers.draw(); key !== null; key = readers.draw())
    assert.deepEqual(taken(readers, key.latin1(0)), [1]);
  assert.equal(readers.keyCount, 0);
});

test("without memory nothing is added and nothing lost", () => {
  const { arena, table: readers } = table();
  for (const id of [1, 2, 3]) readers.add(Argv.from(["key"]), 0, id);
  const { allocate } = arena;
  arena.allocate = () => {
    throw new OutOfMemory();
  };
  assert.throws(() => {
    for (let id = 4; id < 100; id++) readers.add(Argv.from(["key"]), 0, id);
  }, OutOfMemory);
  assert.throws(() => readers.add(Argv.from(["new"]), 0, 1), OutOfMemory);
  arena.allocate = allocate;
  const { itemCount } = readers;
  const ids = taken(readers, "key");
  assert.deepEqual(ids.slice(0, 3), [1, 2, 3]);
  assert.equal(ids.length, itemCount);
  assert.deepEqual(taken(readers, "new"), []);
  assert.deepEqual(arena.verify(readers.liveBlocks()), []);
});
