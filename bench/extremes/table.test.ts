import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figures, Result } from "./case.js";
import { formatRow, growsFaster, leastOf, marksOf } from "./table.js";

const MB = 1 << 20;
const quick: Figures = { ms: 10, cpuMs: 8, waitMs: 1, peakBytes: 0, usedBytes: 0, error: "" };

function result(candidate: Partial<Figures>, reference: Partial<Figures> | null = {}): Result {
  const variant = { label: "1 000", prepare: () => [], run: () => [] };
  return {
    case: { section: "lists", name: "A|B", variants: [variant] },
    variant,
    reference: reference === null ? null : { ...quick, ...reference },
    candidate: { ...quick, ...candidate },
  };
}

test("what takes more than twice as long is marked, unless its processor says that others were in the way", () => {
  assert.deepEqual(marksOf(result({ ms: 35, cpuMs: 35 })), ["time"]);
  assert.deepEqual(marksOf(result({ ms: 29, cpuMs: 28 })), []);
  assert.deepEqual(marksOf(result({ ms: 500, cpuMs: 12 })), []);
  assert.deepEqual(marksOf(result({ ms: 500, cpuMs: Number.NaN })), ["time"]);
  assert.deepEqual(marksOf(result({ ms: 150, cpuMs: 150 }, { ms: 100, cpuMs: 100 })), []);
  const never = { ms: Number.POSITIVE_INFINITY, cpuMs: Number.NaN, waitMs: Number.POSITIVE_INFINITY };
  assert.deepEqual(marksOf(result(never)), ["time", "wait"]);
  assert.deepEqual(marksOf(result(never, never)), []);
  assert.deepEqual(marksOf(result({ ms: 500, cpuMs: 500 }, never)), []);
});

test("waits are marked beside those of redis-server, memory beside what used_memory saw", () => {
  assert.deepEqual(marksOf(result({ waitMs: 60 }, { waitMs: 50 })), []);
  assert.deepEqual(marksOf(result({ waitMs: 71 }, { waitMs: 50 })), ["wait"]);
  assert.deepEqual(marksOf(result({ waitMs: 60 }, null)), ["wait"]);
  assert.deepEqual(marksOf(result({ peakBytes: 140 * MB, usedBytes: 100 * MB })), []);
  assert.deepEqual(marksOf(result({ peakBytes: 160 * MB, usedBytes: 100 * MB })), ["memory"]);
  assert.deepEqual(marksOf(result({ peakBytes: 20 * MB, usedBytes: -5 * MB })), []);
});

test("time that grows with the square of the arguments is marked, where redis-server's does not", () => {
  const linear = { ms: 100, cpuMs: 100 };
  const square = { ms: 1000, cpuMs: 1000 };
  assert.equal(growsFaster([result({}), result(linear, linear)], 10), false);
  assert.equal(growsFaster([result({}), result(square, linear)], 10), true);
  assert.equal(growsFaster([result({}), result(square, square)], 10), false);
  assert.equal(growsFaster([result({}), result({ ms: 1000, cpuMs: 100 }, linear)], 10), false);
});

test("of two measurements the better of each figure counts", () => {
  const other = { ...quick, ms: 5, waitMs: 9, peakBytes: 7 };
  assert.deepEqual(leastOf(quick, other), { ...quick, ms: 5 });
});

test("a row shows both servers, what is marked, and errors where they differ", () => {
  const row = formatRow(result({ ms: 1234.5, cpuMs: 1200, error: "ERR a" }, { peakBytes: 3 * MB, usedBytes: 2 * MB }), [
    "time",
  ]);
  assert.equal(
    row,
    "| A\\|B | 1 000 | 10 (8.0) | 1235 (1200) | 123.45 | 1.0 | 1.0 | 3 / 2 | 0 / 0 | **time**, Redis: a reply; Redstart: ERR a |",
  );
});
