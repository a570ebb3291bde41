import assert from "node:assert/strict";
import { test } from "node:test";
import { outputShare } from "./output-share.js";

const MB = 1024 * 1024;

test("unsent replies have a quarter of maxmemory, but some megabytes, and never more than without it", () => {
  assert.equal(outputShare(0), 256 * MB);
  assert.equal(outputShare(4096 * MB), 256 * MB);
  assert.equal(outputShare(80 * MB), 20 * MB);
  assert.equal(outputShare(10 * MB), 4 * MB);
  assert.equal(outputShare(2 * MB), MB);
});
