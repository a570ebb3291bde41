import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { firstInOrder } from "./sort-order.js";

/** What the standard library makes of it: its sort keeps equal ones in their order. */
function expected(numbers: readonly number[], ties: readonly number[], wanted: number): number[] {
  const compare = (a: number, b: number): number =>
    numbers[a]! < numbers[b]! ? -1 : numbers[a]! > numbers[b]! ? 1 : ties[a]! - ties[b]!;
  return numbers
    .map((_, i) => i)
    .sort(compare)
    .slice(0, wanted);
}

test("the first in order are those of a stable sort, however many are wanted", () => {
  const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(Infinity, -Infinity, -0, 0.5));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number, fc.integer({ min: 0, max: 2 })), { maxLength: 200 }),
      fc.nat(),
      (things, n) => {
        const numbers = things.map(([each]) => each);
        const ties = things.map(([, tie]) => tie);
        const wanted = n % (things.length + 1);
        const order = firstInOrder(Float64Array.from(numbers), wanted, (a, b) => ties[a]! - ties[b]!);
        assert.deepEqual([...order], expected(numbers, ties, wanted));
      },
    ),
  );
});
