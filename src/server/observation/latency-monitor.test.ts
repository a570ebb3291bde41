import assert from "node:assert/strict";
import { test } from "node:test";
import { LatencyMonitor } from "./latency-monitor.js";

function monitor(thresholdMs = 10): LatencyMonitor {
  const latency = new LatencyMonitor();
  latency.thresholdMs = thresholdMs;
  return latency;
}

test("nothing is kept while the threshold is 0, nor what is below it", () => {
  const off = monitor(0);
  off.add("command", 1e9, 1000);
  assert.deepEqual(off.all(), []);
  const latency = monitor();
  latency.add("command", 9_999, 1000);
  latency.add("command", 10_000, 1000);
  assert.deepEqual(latency.series("command")!.samples, [{ timeSeconds: 1, ms: 10 }]);
  assert.equal(latency.series("other"), null);
});

test("of each second the longest is kept, and the longest of all even when it is forgotten", () => {
  const latency = monitor();
  latency.add("command", 500_000, 1_000);
  latency.add("command", 20_000, 2_100);
  latency.add("command", 40_900, 2_200);
  latency.add("command", 30_000, 2_999);
  assert.deepEqual(latency.series("command")!.samples, [
    { timeSeconds: 1, ms: 500 },
    { timeSeconds: 2, ms: 40 },
  ]);
  for (let second = 3; second < 200; second++) latency.add("command", 10_000, second * 1000);
  const { samples, maxMs } = latency.series("command")!;
  assert.equal(samples.length, 160);
  assert.equal(samples[0]!.timeSeconds, 40);
  assert.equal(maxMs, 500);
});

test("events are reset one by one, in any case of letters, or all at once", () => {
  const latency = monitor();
  for (const event of ["command", "fast-command", "expire-cycle"]) latency.add(event, 20_000, 1000);
  assert.equal(latency.reset("COMMAND"), 1);
  assert.equal(latency.reset("command"), 0);
  assert.equal(latency.reset(null), 2);
  assert.deepEqual(latency.all(), []);
});
