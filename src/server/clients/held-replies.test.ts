import assert from "node:assert/strict";
import { test } from "node:test";
import { HeldReplies } from "./held-replies.js";

test("bytes wait for their positions, in order", () => {
  const held = new HeldReplies();
  assert.equal(held.first, Number.POSITIVE_INFINITY);
  held.add(10, 100);
  held.add(10, 1);
  held.add(20, 5);
  assert.deepEqual([held.bytes, held.first], [106, 10]);
  assert.equal(held.release(9), 0);
  assert.equal(held.release(19), 101);
  held.add(20, 2);
  held.add(30, 3);
  assert.deepEqual([held.bytes, held.first], [10, 20]);
  assert.equal(held.release(Number.POSITIVE_INFINITY), 10);
  assert.deepEqual([held.bytes, held.first, held.memory], [0, Number.POSITIVE_INFINITY, 0]);
});

test("of many that come and go no more memory is kept than of those that wait", () => {
  const held = new HeldReplies();
  for (let position = 1; position <= 10_000; position++) {
    held.add(position, 1);
    if (position > 100) assert.equal(held.release(position - 100), 1);
  }
  assert.equal(held.bytes, 100);
  assert.ok(held.memory < 100 * 3 * 16);
});
