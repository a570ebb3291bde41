import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentPeak } from "./recent-peak.js";

test("the largest value is known for eight seconds, and the next largest after it", () => {
  const peak = new RecentPeak();
  assert.equal(peak.value(1_000_000), 0);
  peak.note(50, 1_000_000);
  peak.note(20, 1_000_999);
  peak.note(30, 1_003_000);
  assert.equal(peak.value(1_003_000), 50);
  assert.equal(peak.value(1_007_999), 50);
  assert.equal(peak.value(1_008_000), 30);
  assert.equal(peak.value(1_010_999), 30);
  assert.equal(peak.value(1_011_000), 0);
});

test("a clock that jumps, in either direction, leaves nothing behind", () => {
  const peak = new RecentPeak();
  peak.note(50, 1_000_000);
  assert.equal(peak.value(9_000_000), 0);
  peak.note(50, 9_000_000);
  assert.equal(peak.value(1_000_000), 0);
});
