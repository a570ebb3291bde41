import assert from "node:assert/strict";
import { test } from "node:test";
import { reservedBuffer } from "./reserved-buffer.js";

const MB = 2 ** 20;

test("a reserved buffer is as long as was asked for, zero, and takes memory only where it is touched", () => {
  const before = process.memoryUsage().rss;
  const buffers = Array.from({ length: 8 }, () => reservedBuffer(32 * MB, 514 * MB));
  for (const buffer of buffers) {
    assert.ok(buffer.byteLength >= 514 * MB);
    const u8 = new Uint8Array(buffer);
    assert.equal(u8[0]! + u8[513 * MB]!, 0);
    u8[513 * MB] = 1;
  }
  if (process.platform !== "win32") assert.ok(process.memoryUsage().rss - before < 200 * MB);
});

test("where there is no room for the reserve, the buffer has the size it needs; a small one may have less than a page", () => {
  assert.equal(reservedBuffer(1000, 2 ** 50).byteLength, 1000);
  assert.equal(reservedBuffer(10, 20).byteLength, 20);
  assert.throws(() => reservedBuffer(2 ** 50, 2 ** 51), RangeError);
});
