import assert from "node:assert/strict";
import { test } from "node:test";
import { UnusedMemory } from "./unused-memory.js";

const MB = 2 ** 20;
const SEGMENT = 64 * MB;

/** An arena of segments of 64 MB, of which `unusedBytes` are in segments without anything else. */
class World {
  begun = 0;
  collected = 0;
  unusedBytes = 0;
  droppedBytes = 0;
  /** True when all that is unused lies among what is used. */
  isStuck = false;
  isFreeing = false;
  /** Commands that run in each tenth of a second. */
  load = 0;
  trims = 0;
  readonly memory: UnusedMemory;
  #nowMs = 0;
  #commands = 0;

  constructor() {
    this.memory = new UnusedMemory({
      garbageCollector: { begin: () => this.begun++, collect: () => this.collected++ },
      unusedBytes: () => this.unusedBytes,
      droppedBytes: () => this.droppedBytes,
      trim: (least) => this.#trim(least),
    });
    this.pass(5000);
  }

  #trim(least: number): number {
    this.trims++;
    if (this.isStuck || this.unusedBytes < least) return 0;
    const dropped = Math.min(this.unusedBytes, SEGMENT);
    this.unusedBytes -= dropped;
    this.droppedBytes += dropped;
    return dropped;
  }

  pass(ms: number): void {
    for (let i = 0; i < ms; i += 100)
      this.memory.watch((this.#nowMs += 100), this.isFreeing, (this.#commands += this.load));
  }
}

test("what lay unused for some seconds is dropped, a segment at a time, and collected when no more is, once", () => {
  const world = new World();
  world.unusedBytes = 5 * SEGMENT;
  world.pass(1000);
  assert.equal(world.droppedBytes, 0);
  world.pass(4000);
  assert.equal(world.droppedBytes, 5 * SEGMENT);
  assert.equal(world.begun, 1);
  world.pass(60_000);
  assert.equal(world.begun, 1);
  assert.equal(world.trims, 5);
});

test("what is used again within two seconds is not dropped, over and over", () => {
  const world = new World();
  for (let i = 0; i < 50; i++) {
    world.unusedBytes = 3 * SEGMENT;
    world.pass(1500);
    world.unusedBytes = 2 * MB;
    world.pass(300);
  }
  assert.equal(world.trims, 0);
});

test("of memory that comes and goes, what was never needed is dropped", () => {
  const world = new World();
  world.unusedBytes = 6 * SEGMENT;
  for (let i = 0; i < 50; i++) {
    world.unusedBytes -= SEGMENT;
    world.pass(500);
    world.unusedBytes += SEGMENT;
    world.pass(500);
  }
  assert.equal(world.unusedBytes, SEGMENT);
});

test("what cannot be dropped is asked for once in two seconds, not all the time", () => {
  const world = new World();
  world.isStuck = true;
  world.unusedBytes = 30 * MB;
  world.pass(20_000);
  assert.ok(world.trims >= 9 && world.trims <= 11, `${world.trims}`);
  assert.equal(world.begun, 0);
});

test("what was dropped otherwise is collected when no more is, and a little adds up", () => {
  const world = new World();
  world.load = 1;
  for (let i = 0; i < 4; i++) {
    world.droppedBytes += SEGMENT;
    world.pass(500);
    assert.equal(world.begun, 0);
  }
  world.pass(1000);
  assert.equal(world.begun, 1);
  world.droppedBytes += 5 * MB;
  world.pass(5000);
  assert.equal(world.begun, 1);
  world.droppedBytes += 5 * MB;
  world.pass(5000);
  assert.equal(world.begun, 2);
});

test("where something is dropped all the time, it is collected every few seconds", () => {
  const world = new World();
  world.load = 1;
  world.droppedBytes += SEGMENT;
  for (let i = 0; i < 200; i++) {
    world.droppedBytes += 200_000;
    world.pass(100);
  }
  assert.ok(world.begun >= 1 && world.begun <= 4, `${world.begun} in 20 s`);
});

test("a few megabytes are collected only when there is nothing else to do", () => {
  const world = new World();
  world.load = 1;
  world.droppedBytes += 5 * MB;
  world.pass(10_000);
  assert.deepEqual([world.begun, world.collected], [0, 0]);
  world.load = 0;
  world.pass(10_000);
  assert.deepEqual([world.begun, world.collected], [0, 1]);
});

test("a second collection, of all there is, follows when no command has run for two seconds, once", () => {
  const world = new World();
  world.load = 3;
  world.unusedBytes = 5 * SEGMENT;
  world.pass(60_000);
  assert.deepEqual([world.begun, world.collected], [1, 0]);
  world.load = 0;
  world.pass(1900);
  assert.equal(world.collected, 0);
  world.pass(60_000);
  assert.deepEqual([world.begun, world.collected], [1, 1]);
});

test("who asks gets all there is at once, after which nothing is left to do", () => {
  const world = new World();
  world.unusedBytes = 5 * SEGMENT;
  world.memory.purge(false);
  assert.equal(world.droppedBytes, 5 * SEGMENT);
  assert.equal(world.collected, 1);
  world.pass(5000);
  assert.equal(world.begun, 0);
});

test("who asks while values are being freed gets it when they are", () => {
  const world = new World();
  world.isFreeing = true;
  world.unusedBytes = SEGMENT;
  world.memory.purge(true);
  world.pass(1000);
  assert.equal(world.collected, 0);
  world.unusedBytes = 5 * SEGMENT;
  world.isFreeing = false;
  world.pass(100);
  assert.equal(world.collected, 1);
  assert.equal(world.droppedBytes, 5 * SEGMENT);
  world.pass(5000);
  assert.equal(world.collected, 1);
});
