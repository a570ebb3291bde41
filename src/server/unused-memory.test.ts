import assert from "node:assert/strict";
import { test } from "node:test";
import { UnusedMemory } from "./unused-memory.js";

const MB = 2 ** 20;

class World {
  collections = 0;
  purges = 0;
  droppedBytes = 0;
  readonly memory = new UnusedMemory({
    garbageCollector: { begin: () => this.collections++, collect: () => this.purges++ },
    droppedBytes: () => this.droppedBytes,
  });
  #nowMs = 0;

  /** The collections after `ms` more. */
  after(ms: number): number {
    for (let i = 0; i < ms; i += 100) this.memory.watch((this.#nowMs += 100));
    return this.collections;
  }
}

test("memory that was dropped returns to the system when no more is dropped, once", () => {
  const world = new World();
  assert.equal(world.after(5000), 0);
  for (let i = 0; i < 4; i++) {
    world.droppedBytes += 64 * MB;
    assert.equal(world.after(500), 0);
  }
  assert.equal(world.after(1000), 1);
  assert.equal(world.after(60_000), 1);
});

test("a little less is not worth it, and it adds up", () => {
  const world = new World();
  world.droppedBytes += 15 * MB;
  assert.equal(world.after(5000), 0);
  world.droppedBytes += MB;
  assert.equal(world.after(5000), 1);
});

test("where something is dropped all the time, it returns every few seconds", () => {
  const world = new World();
  world.droppedBytes += 64 * MB;
  for (let i = 0; i < 200; i++) {
    world.droppedBytes += 100_000;
    world.after(100);
  }
  assert.ok(world.collections >= 1 && world.collections <= 4, `${world.collections} in 20 s`);
});

test("who asks gets all there is at once, after which nothing is left to do", () => {
  const world = new World();
  world.droppedBytes += 1024 * MB;
  world.memory.purge();
  assert.equal(world.purges, 1);
  assert.equal(world.after(5000), 0);
});
