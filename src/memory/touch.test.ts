import assert from "node:assert/strict";
import { test } from "node:test";
import { touch } from "./touch.js";

test("touching changes nothing, and stays within its bounds", () => {
  const buffer = new SharedArrayBuffer(40_000);
  const bytes = new Uint8Array(buffer);
  for (let i = 0; i < bytes.length; i++) bytes[i] = i * 31;
  const before = Uint8Array.from(bytes);
  touch({ buffer, from: 48, to: 40_000 });
  touch({ buffer, from: 40_000, to: 40_000 });
  assert.deepEqual(Uint8Array.from(bytes), before);
});

test("what was touched the system has given", { skip: process.platform !== "linux" && "counts otherwise" }, () => {
  const buffer = new SharedArrayBuffer(2 ** 26);
  const before = process.memoryUsage.rss();
  touch({ buffer, from: 0, to: 2 ** 25 });
  const grown = process.memoryUsage.rss() - before;
  assert.ok(grown > 2 ** 25 - 2 ** 21 && grown < 2 ** 25 + 2 ** 23, `${grown} bytes`);
});
