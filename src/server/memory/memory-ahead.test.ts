import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../memory/arena.js";
import { SegmentSize } from "../../memory/segment.js";
import type { TouchMessage } from "../../memory/touch.js";
import type { ThreadOwner } from "../../platform/threads.js";
import { MemoryAhead } from "./memory-ahead.js";

const MB = 2 ** 20;
/** What the buffers of these tests have before their segment. */
const PAD = 48;

/** An arena that grows, with a thread that only remembers what it was asked for. */
class Growing {
  readonly touches: TouchMessage[] = [];
  readonly warnings: string[] = [];
  readonly owners: ThreadOwner[] = [];
  isRefused = false;
  buffersLeft = Number.POSITIVE_INFINITY;
  threads = 0;
  readonly ahead = new MemoryAhead({
    threads: { start: (work, owner) => this.#start(work, owner) },
    createBuffer: (size) => {
      if (this.buffersLeft-- <= 0) throw new RangeError("Array buffer allocation failed");
      return new SharedArrayBuffer(size + PAD);
    },
    warn: (message) => void this.warnings.push(message),
  });
  readonly arena = new Arena({
    createBuffer: (size) => this.ahead.createBuffer(size),
    reached: (segment, index, end) => this.ahead.reached(segment, index, end),
  });

  #start(work: string, owner: ThreadOwner) {
    assert.equal(work, "touch");
    if (this.isRefused) throw new Error("none allowed");
    this.owners.push(owner);
    this.threads++;
    let hasEnded = false;
    return {
      post: (message: unknown) => void this.touches.push(message as TouchMessage),
      wake: () => {},
      end: async () => {
        if (!hasEnded) this.threads--;
        hasEnded = true;
      },
    };
  }

  /** Allocates so many megabytes, one at a time; returns the blocks. */
  grow(megabytes: number): number[] {
    return Array.from({ length: megabytes }, () => this.arena.allocate(MB));
  }

  /** The stretches of a segment the thread was asked for, in megabytes. */
  touched(index: number): [from: number, to: number][] {
    const { buffer } = this.arena.segments[index]!.u8;
    return this.touches
      .filter((touch) => touch.buffer === buffer)
      .map(({ from, to }) => [(from - PAD) / MB, (to - PAD) / MB]);
  }
}

test("a small server has no thread", () => {
  const growing = new Growing();
  growing.grow(15);
  assert.equal(growing.threads, 0);
  growing.grow(1);
  assert.equal(growing.threads, 1);
});

test("an eighth of what there is, 8 MB at the most, is touched ahead of the highest place handed out, each page once", () => {
  const growing = new Growing();
  growing.grow(17);
  assert.deepEqual(growing.touched(0), [[18, 20.25]]);
  growing.grow(16);
  assert.deepEqual(growing.touched(0).at(-1), [36, 38.25]);
  growing.grow(100);
  for (const index of [0, 1]) {
    const touched = growing.touched(index);
    // The front of a spare segment was touched before it had a place in the arena.
    if (index > 0) assert.deepEqual(touched.shift(), [-PAD / MB, 8]);
    assert.equal(touched.at(-1)![1], 64);
    for (let i = 1; i < touched.length; i++) assert.equal(touched[i]![0], touched[i - 1]![1], `segment ${index}`);
  }
  const { touches } = growing;
  const last = touches.at(-1)!;
  assert.ok(last.to - last.from <= 8 * MB);
});

test("what is freed and taken again was touched before", () => {
  const growing = new Growing();
  const blocks = growing.grow(30);
  const asked = growing.touches.length;
  for (const ref of blocks) growing.arena.free(ref);
  growing.grow(30);
  assert.equal(growing.touches.length, asked);
});

test("the next segment is ready before the arena asks for it", () => {
  const growing = new Growing();
  const first = growing.arena.segments[0]!.u8.buffer;
  growing.grow(55);
  assert.equal(growing.touches.at(-1)!.buffer, first);
  growing.grow(3);
  const spare = growing.touches.at(-1)!;
  assert.notEqual(spare.buffer, first);
  assert.deepEqual([spare.from, spare.to], [0, PAD + 8 * MB]);
  growing.grow(10);
  assert.equal(growing.arena.segments[1]!.u8.buffer, spare.buffer);
  assert.equal(growing.arena.segments[1]!.u8.byteOffset, PAD);
});

test("a segment whose memory was renewed is touched anew as it grows", () => {
  const growing = new Growing();
  const blocks = growing.grow(40);
  for (const ref of blocks) growing.arena.free(ref);
  assert.ok(growing.arena.trim(MB, MB) > 0);
  growing.ahead.shrank();
  growing.grow(20);
  assert.deepEqual(growing.touched(0)[0], [18, 20.25]);
});

test("a server that shrinks has no thread and no spare segment, and one that grows on has them again", () => {
  const growing = new Growing();
  growing.grow(60);
  assert.equal(growing.threads, 1);
  growing.ahead.shrank();
  assert.equal(growing.threads, 0);
  const spare = growing.touches.at(-1)!.buffer;
  growing.grow(10);
  assert.equal(growing.threads, 1);
  assert.notEqual(growing.arena.segments[1]!.u8.buffer, spare);
});

test("a thread with nothing to do for five seconds ends; growth starts another", () => {
  const growing = new Growing();
  growing.grow(20);
  growing.ahead.watch(1000);
  growing.ahead.watch(5999);
  assert.equal(growing.threads, 1);
  growing.grow(4);
  growing.ahead.watch(6000);
  growing.ahead.watch(10_999);
  assert.equal(growing.threads, 1);
  growing.ahead.watch(11_000);
  assert.equal(growing.threads, 0);
  growing.grow(4);
  assert.equal(growing.threads, 1);
});

test("without a thread, and when it fails, all goes on: the log says so once", () => {
  const growing = new Growing();
  growing.isRefused = true;
  growing.grow(100);
  assert.deepEqual(growing.warnings, ["Memory is not touched ahead, as there is no thread for it: none allowed"]);
  assert.deepEqual(growing.arena.verify(), []);

  const failing = new Growing();
  failing.grow(60);
  failing.owners[0]!.failed(new Error("gone"));
  failing.grow(100);
  assert.equal(failing.owners.length, 1);
  assert.match(failing.warnings[0]!, /gone/);
  assert.deepEqual(failing.arena.verify(), []);
});

test("when there is no memory for a segment ahead, who needs one is told, not before", () => {
  const growing = new Growing();
  growing.buffersLeft = 0;
  growing.grow(60);
  assert.throws(() => growing.grow(10), /out of memory/);
});

test("after the stop there is no thread, and none is started", async () => {
  const growing = new Growing();
  growing.grow(30);
  await growing.ahead.stop();
  growing.grow(SegmentSize.BYTES / MB);
  assert.equal(growing.threads, 0);
  assert.equal(growing.owners.length, 1);
});
