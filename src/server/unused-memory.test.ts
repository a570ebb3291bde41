import assert from "node:assert/strict";
import { test } from "node:test";
import { UnusedMemory } from "./unused-memory.js";

const MB = 2 ** 20;

class World {
  collections = 0;
  purges = 0;
  segmentBytes = 64 * MB;
  readonly memory = new UnusedMemory({
    garbageCollector: { begin: () => this.collections++, collect: () => this.purges++ },
    segmentBytes: () => this.segmentBytes,
  });
  #nowMs = 0;

  /** The collections after `ms` more. */
  after(ms: number): number {
    for (let i = 0; i < ms; i += 100) this.memory.watch((this.#nowMs += 100));
    return this.collections;
  }
}

test("segments that were dropped return to the system when no more are dropped, once", () => {
  const world = new World();
  world.after(1000);
  world.segmentBytes = 1024 * MB;
  assert.equal(world.after(5000), 0);
  for (let left = 960; left >= 64; left -= 64) {
    world.segmentBytes = left * MB;
    assert.equal(world.after(500), 0);
  }
  assert.equal(world.after(1000), 1);
  assert.equal(world.after(60_000), 1);
});

test("a little less is not worth it, and it adds up", () => {
  const world = new World();
  world.after(1000);
  world.segmentBytes = 32 * MB;
  assert.equal(world.after(5000), 0);
  world.segmentBytes = 0;
  assert.equal(world.after(5000), 1);
});

test("who asks gets all there is at once, after which nothing is left to do", () => {
  const world = new World();
  world.segmentBytes = 1024 * MB;
  world.after(1000);
  world.segmentBytes = 64 * MB;
  world.memory.purge();
  assert.equal(world.purges, 1);
  assert.equal(world.after(5000), 0);
});
