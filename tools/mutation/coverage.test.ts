import assert from "node:assert/strict";
import { test } from "node:test";
import { isReached, rangesThatRan, union } from "./coverage.js";

const range = (startOffset: number, endOffset: number, count: number) => ({ startOffset, endOffset, count });

test("the innermost range says whether its text ran", () => {
  const ran = rangesThatRan([
    { ranges: [range(0, 100, 1)] },
    { ranges: [range(10, 50, 3), range(20, 30, 0), range(25, 27, 0)] },
    { ranges: [range(60, 90, 0)] },
    { ranges: [range(70, 80, 2)] },
  ]);
  assert.deepEqual(ran, [0, 20, 30, 60, 70, 80, 90, 100]);
  assert.ok(isReached(ran, 0) && isReached(ran, 19) && isReached(ran, 30) && isReached(ran, 79));
  assert.ok(!isReached(ran, 20) && !isReached(ran, 29) && !isReached(ran, 80) && !isReached(ran, 100));
  assert.ok(!isReached(undefined, 0));
});

test("what several processes ran is joined", () => {
  assert.deepEqual(union([0, 10, 20, 30], [5, 20, 40, 50]), [0, 30, 40, 50]);
  assert.deepEqual(union([], [1, 2]), [1, 2]);
});
