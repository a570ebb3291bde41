import assert from "node:assert/strict";
import { test } from "node:test";
import { LogLinearHistogram } from "./latency-histogram.js";

test("an empty histogram has percentiles of 0", () => {
  assert.equal(new LogLinearHistogram().percentileNs(50), 0);
});

test("times are exact below 256 ns and rounded up to two digits above, as Redis prints them", () => {
  for (const [us, ns] of [
    [0, 1],
    [0.001, 1],
    [0.255, 255],
    [0.256, 257],
    [11, 11007],
    [14, 14015],
    [50_000, 50069503],
  ] as const) {
    const histogram = new LogLinearHistogram();
    histogram.record(us);
    assert.equal(histogram.percentileNs(50), ns, `${us} µs`);
  }
});

test("what takes longer than a second counts as a second", () => {
  const histogram = new LogLinearHistogram();
  histogram.record(5e6);
  histogram.record(1e12);
  assert.equal(histogram.percentileNs(100), 1_002_438_655);
});

test("percentiles split the calls where they should", () => {
  const histogram = new LogLinearHistogram();
  for (let i = 1; i <= 200; i++) histogram.record(i / 1000);
  assert.equal(histogram.percentileNs(0), 1);
  assert.equal(histogram.percentileNs(50), 100);
  assert.equal(histogram.percentileNs(99), 198);
  assert.equal(histogram.percentileNs(100), 200);
  assert.equal(histogram.percentileNs(1000), 200);
});

test("calls that were timed together count as many of the same length", () => {
  const histogram = new LogLinearHistogram();
  histogram.record(0.01, 99);
  histogram.record(0.2);
  assert.equal(histogram.count, 100);
  assert.equal(histogram.percentileNs(99), 10);
  assert.equal(histogram.percentileNs(100), 200);
});

test("every time lies in its range, and ranges rise without gaps", () => {
  let last = 0;
  for (let ns = 1; ns < 1e9; ns = Math.ceil(ns * 1.003)) {
    const histogram = new LogLinearHistogram();
    histogram.record(ns / 1000 + 0.0001);
    const upTo = histogram.percentileNs(100);
    const from = histogram.percentileNs(0);
    assert.ok(from <= ns && ns <= upTo && upTo >= last, `${from} <= ${ns} <= ${upTo}`);
    assert.ok(upTo - from <= ns / 127, `${ns} is rounded to ${upTo}`);
    last = upTo;
  }
});

test("calls are counted up to 1, 2, 4 … microseconds, each with the longest time its range holds", () => {
  const histogram = new LogLinearHistogram();
  const seen = () => {
    const ranges: [number, number][] = [];
    histogram.eachDoubling((upToUs, count) => ranges.push([upToUs, count]));
    return ranges;
  };
  assert.deepEqual(seen(), []);
  for (const usec of [0.3, 1.02, 1.9, 20, 40, 5000]) histogram.record(usec);
  histogram.record(100, 3);
  histogram.record(9_000_000);
  assert.deepEqual(seen(), [
    [1, 2],
    [2, 3],
    [33, 4],
    [66, 5],
    [132, 8],
    [8454, 9],
    [1_073_741, 10],
  ]);
});
