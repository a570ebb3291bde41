import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageJoiner, OutputQueue } from "./output-queue.js";

const message = (size: number, value: number): Uint8Array => new Uint8Array(size).fill(value);

test("what goes in comes out in its order, however it went in", () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed >>> 8) % below;
  };
  const queue = new OutputQueue();
  const joiner = new MessageJoiner();
  let expected = Buffer.alloc(0);
  for (let step = 0; step < 3000; step++) {
    const size = 1 + (random(20) === 0 ? random(100_000) : random(300));
    const bytes = message(size, random(256));
    if (random(3) === 0) queue.append(message(size + random(10), bytes[0]!), size);
    else queue.push(bytes, random(2) === 0);
    expected = Buffer.concat([expected, bytes]);
    assert.equal(queue.bytes, expected.length);
    while (random(4) === 0 && !queue.isEmpty) {
      const taken = queue.take(joiner);
      assert.ok(expected.subarray(0, taken.length).equals(taken));
      expected = expected.subarray(taken.length);
    }
  }
  while (!queue.isEmpty) expected = expected.subarray(queue.take(joiner).length);
  assert.deepEqual([expected.length, queue.length, queue.memory], [0, 0, 0]);
});

test("one message is handed on as it is, several are joined once for all who got the same", () => {
  const [a, b, c] = [message(10, 1), message(20, 2), message(30, 3)];
  const joiner = new MessageJoiner();
  const queues = [new OutputQueue(), new OutputQueue(), new OutputQueue()];
  for (const queue of queues) queue.push(a, false);
  for (const queue of queues) assert.equal(queue.take(joiner), a);
  for (const queue of queues) for (const bytes of [a, b]) queue.push(bytes, false);
  queues[2]!.push(c, false);
  const [first, second, third] = queues.map((queue) => queue.take(joiner));
  assert.equal(first, second);
  assert.deepEqual(Buffer.from(first!), Buffer.concat([a, b]));
  assert.deepEqual(Buffer.from(third!), Buffer.concat([a, b, c]));
});

test("short messages for a client that does not take them are copied into chunks, long ones are shared", () => {
  const queue = new OutputQueue();
  for (let i = 0; i < 1000; i++) queue.push(message(50, i), true);
  assert.equal(queue.bytes, 50_000);
  assert.ok(queue.length < 10, `${queue.length} pieces`);
  assert.ok(queue.memory < 68_000, `${queue.memory} for ${queue.bytes}`);
  queue.clear();
  assert.deepEqual([queue.length, queue.bytes, queue.memory], [0, 0, 0]);
  const long = message(5000, 1);
  queue.push(long, true);
  assert.equal(queue.take(new MessageJoiner()), long);
});

test("a write takes about a megabyte, and no more than one message when that is longer", () => {
  const queue = new OutputQueue();
  const joiner = new MessageJoiner();
  for (let i = 0; i < 30; i++) queue.push(message(100_000, i), false);
  queue.push(message(3_000_000, 1), false);
  const sizes: number[] = [];
  while (!queue.isEmpty) sizes.push(queue.take(joiner).length);
  assert.deepEqual(sizes, [1_000_000, 1_000_000, 1_000_000, 3_000_000]);
});
