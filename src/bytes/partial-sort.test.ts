import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sortFirst } from "./partial-sort.js";

/** Sorts indexes by the numbers they stand for. */
function sorted(values: readonly number[], wanted: number): number[] {
  const items = Uint32Array.from(values, (_, i) => i);
  sortFirst(items, wanted, (a, b) => values[a]! - values[b]!);
  return [...items];
}

test("the first ones are the smallest in order, and none is lost", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 1, max: 200 }),
      (values, wanted) => {
        const order = sorted(values, wanted);
        const expected = [...values].sort((a, b) => a - b);
        assert.deepEqual(
          order.slice(0, wanted).map((i) => values[i]),
          expected.slice(0, wanted),
        );
        assert.deepEqual(
          [...order].sort((a, b) => a - b),
          [...values.keys()],
        );
      },
    ),
  );
});

test("a few equal ones keep their order, more of them are left as the partition leaves them", () => {
  assert.deepEqual(sorted([5, 5, 5, 5], 2), [0, 1, 2, 3]);
  assert.deepEqual(sorted(Array(8).fill(1), 3), [7, 1, 2, 3, 4, 5, 6, 0]);
});

test("what is behind the last wanted is not sorted", () => {
  const values = Array.from({ length: 100 }, (_, i) => (i * 37) % 100);
  const order = sorted(values, 3);
  assert.deepEqual(
    order.slice(0, 3).map((i) => values[i]),
    [0, 1, 2],
  );
  assert.notDeepEqual(
    order.map((i) => values[i]),
    [...values].sort((a, b) => a - b),
  );
});
