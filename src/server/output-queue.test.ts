import assert from "node:assert/strict";
import { test } from "node:test";
import { OutputQueue } from "./output-queue.js";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

test("what is pushed is taken in its order, whatever its size", () => {
  const queue = new OutputQueue();
  let expected = "";
  for (let i = 0; i < 500; i++) {
    const piece = String.fromCharCode(65 + (i % 26)).repeat((i * 37) % 2500);
    expected += piece;
    queue.push(Buffer.from(piece));
    assert.equal(queue.bytes, expected.length);
  }
  let taken = "";
  while (queue.bytes > 0) {
    taken += text(queue.take());
    assert.equal(queue.bytes, expected.length - taken.length);
    if (taken.length === expected.length / 2) queue.push(Buffer.alloc(0));
  }
  assert.equal(taken, expected);
  assert.deepEqual([queue.length, queue.memory], [0, 0]);
});

test("one piece alone is not copied", () => {
  const queue = new OutputQueue();
  const piece = Buffer.from("message");
  queue.push(piece);
  assert.equal(queue.take(), piece);
});

test("a piece that was pushed is not changed by what follows", () => {
  const queue = new OutputQueue();
  const shared = Buffer.from("shared");
  queue.push(shared);
  queue.push(Buffer.from("!"));
  assert.equal(text(queue.take()), "shared!");
  assert.equal(text(shared), "shared");
});

test("many small pieces take little more than their bytes", () => {
  const queue = new OutputQueue();
  for (let i = 0; i < 10_000; i++) queue.push(Buffer.from("twenty bytes of text"));
  assert.ok(queue.memory < 250_000, `${queue.memory} for ${queue.bytes}`);
  assert.ok(queue.length < 30, `${queue.length} pieces`);
});

test("more than a megabyte leaves in several writes", () => {
  const queue = new OutputQueue();
  for (let i = 0; i < 5; i++) queue.push(Buffer.alloc(400_000));
  assert.equal(queue.take().length, 800_000);
  assert.equal(queue.bytes, 1_200_000);
  assert.ok(queue.memory >= 1_200_000);
  queue.clear();
  assert.deepEqual([queue.length, queue.bytes, queue.memory], [0, 0, 0]);
});
