import assert from "node:assert/strict";
import { test } from "node:test";
import { type Contender, formatReport, median, withBlock } from "./report.js";

test("the median of an even count lies between the two in the middle", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

test("the report replaces what stands between its comments, and nothing else", () => {
  assert.equal(
    withBlock("a<!-- bench -->old<!-- /bench -->b", "bench", "new\n"),
    "a<!-- bench -->\nnew\n<!-- /bench -->b",
  );
  assert.equal(withBlock("no place", "bench", "new"), "no place");
});

test("the report says by how much the candidate is faster and cheaper", () => {
  const contender = (program: string, rate: number, cpuUs: number | null): Contender => ({
    program,
    samples: new Map([["set:16", [{ rate, cpuUs }]]]),
    startMs: [10],
    residentMb: [],
  });
  const conditions = { keys: 1000, bytes: 32, slices: 1, pinned: true };
  const report = formatReport(contender("a", 500_000, 2), contender("b", 1_000_000, 1), conditions);
  assert.match(report, /\| SET \| 16 \| 500 K\/s \| 1000 K\/s \| 2\.00 \| 2\.00 µs \| 1\.00 µs \| 0\.50 \|/);
  assert.match(formatReport(contender("a", 1, null), contender("b", 1, null), conditions), /\| \? \| \? \| \? \|/);
});
