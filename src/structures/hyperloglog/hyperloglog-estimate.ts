/**
 * From how many registers hold each number to how many different elements there were, with the digits of Redis: the same operations
 * on doubles in the same order.
 *
 * Source: Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", arXiv:1702.01284.
 */
import { Hll } from "./hyperloglog.js";

/** Bits of the hash that do not choose the register: the numbers 1 to 50 are exact, 51 means "or more". */
const RUN_BITS = 50;

/** 0.5 / ln 2. */
const ALPHA = 0.7213475204444817;

/** What C makes of an estimate that is no 64-bit integer; only broken values come to it. */
const NO_ESTIMATE = -(2 ** 63);

/** The estimated number of elements; -2^63 when there can be no such registers. */
export function estimateCardinality(histogram: Int32Array): number {
  const m = Hll.REGISTERS;
  let z = m * tau((m - histogram[RUN_BITS + 1]!) / m);
  for (let value = RUN_BITS; value >= 1; value--) {
    z += histogram[value]!;
    z *= 0.5;
  }
  z += m * sigma(histogram[0]! / m);
  const estimate = Math.round((ALPHA * m * m) / z);
  return estimate < 2 ** 63 ? estimate : NO_ESTIMATE;
}

/** The sum that corrects for registers never chosen. */
function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY;
  let y = 1;
  let z = x;
  for (;;) {
    const before = z;
    x *= x;
    z += x * y;
    y += y;
    if (z === before) return z;
  }
}

/** The sum that corrects for registers at their end. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let y = 1;
  let z = 1 - x;
  for (;;) {
    const before = z;
    x = Math.sqrt(x);
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
    if (z === before) return z / 3;
  }
}
