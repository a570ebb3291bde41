import assert from "node:assert/strict";
import { test } from "node:test";
import { Region } from "../../bytes/region.js";
import { Hll } from "./hyperloglog.js";
import { HyperLogLogEditor } from "./hyperloglog-editor.js";
import { estimateCardinality } from "./hyperloglog-estimate.js";

function estimate(counts: Record<number, number>): number {
  const histogram = new Int32Array(64);
  for (const [value, count] of Object.entries(counts)) histogram[Number(value)] = count;
  return estimateCardinality(histogram);
}

test("registers never chosen mean no elements, few chosen mean about as many", () => {
  assert.equal(estimate({ 0: Hll.REGISTERS }), 0);
  assert.equal(estimate({ 0: Hll.REGISTERS - 1, 1: 1 }), 1);
  assert.equal(estimate({ 0: Hll.REGISTERS - 3, 1: 1, 2: 1, 3: 1 }), 3);
  // What redis-server counts in such a dense value.
  assert.equal(estimate({ 0: 384, 1: 8000, 2: 8000 }), 30_289);
});

test("registers at their end count for more than they hold", () => {
  // What redis-server counts.
  assert.equal(estimate({ 9: 384, 20: 8000, 51: 8000 }), 255_580_435);
});

test("registers beyond what a hash can give make the estimate of C: the smallest 64-bit integer", () => {
  assert.equal(estimate({ 63: Hll.REGISTERS }), -(2 ** 63));
  assert.equal(estimate({ 51: Hll.REGISTERS }), -(2 ** 63));
});

test("estimates of up to a million elements are within four standard errors", () => {
  const editor = new HyperLogLogEditor();
  editor.create(3000);
  const element = Region.allocate(12);
  for (let n = 1; n <= 1_000_000; n++) {
    element.dv.setInt32(4, n, true);
    editor.add(element, 0, 12);
    if (!/^[125]0*$/.test(String(n))) continue;
    const count = editor.union.countAlone(editor.region, editor.offset, editor.length);
    assert.ok(Math.abs(count - n) <= 1 + 4 * 0.0081 * n, `${n} elements are estimated as ${count}`);
  }
});
