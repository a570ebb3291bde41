import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TokenBucket } from "./token-bucket.js";

const SECOND = 1_000_000;

/** How many units go out from `fromUs` to `toUs` when one is wanted every `stepUs`. */
function used(bucket: TokenBucket, fromUs: number, toUs: number, stepUs: number): number {
  let units = 0;
  for (let us = fromUs; us < toUs; us += stepUs) {
    bucket.fill(us);
    for (; bucket.level > 0; units++) bucket.take(1);
  }
  return units;
}

test("what goes out is the rate, to the unit, also when it is no whole number of microseconds", () => {
  for (const rate of [1, 3, 7, 1000, 3333, 999_983]) {
    const units = used(new TokenBucket(rate, 0), 0, 60 * SECOND, 997);
    assert.ok(Math.abs(units - rate * 60) <= 1 + rate / 1000, `${units} at ${rate}`);
  }
});

test("a bucket begins with one unit, and saves up 50 ms worth, at least one unit", () => {
  for (const [rate, burst] of [
    [1000, 50],
    [10, 1],
    [1_000_000, 50_000],
  ] as const) {
    const bucket = new TokenBucket(rate, 0);
    assert.equal(used(bucket, 0, 1, 1), 1);
    bucket.fill(3600 * SECOND);
    assert.equal(used(bucket, 3600 * SECOND, 3600 * SECOND + 1, 1), burst);
  }
});

test("what comes while somebody waits is saved up to a second", () => {
  const bucket = new TokenBucket(1000, 0);
  bucket.take(1);
  bucket.fillForWaiting(SECOND / 2);
  assert.equal(used(bucket, SECOND / 2, SECOND / 2 + 1, 1), 500);
  bucket.fillForWaiting(10 * SECOND);
  // Filling it in the usual way takes nothing away.
  bucket.fill(10 * SECOND + 100);
  assert.equal(used(bucket, 10 * SECOND + 100, 10 * SECOND + 101, 1), 1000);
});

test("a debt is paid before anything else goes out", () => {
  const bucket = new TokenBucket(1000, 0);
  bucket.take(5000);
  assert.equal(used(bucket, 0, 4.99 * SECOND, 1000), 0);
  assert.equal(bucket.waitUs(0), 5 * SECOND - 4_989_000);
  assert.equal(used(bucket, 4.99 * SECOND, 6 * SECOND, 1000), 1000);
});

test("after waiting as long as it says, a bucket is not empty", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 33 }),
      fc.integer({ min: 1, max: 2 ** 30 }),
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      (rate, units, nowUs) => {
        const bucket = new TokenBucket(rate, nowUs);
        bucket.take(units);
        bucket.fill(Math.floor(nowUs) + bucket.waitUs(0));
        assert.ok(bucket.level >= 0, String(bucket.level));
        bucket.fill(Math.floor(nowUs) + bucket.waitUs(0) + bucket.waitUs(0));
      },
    ),
  );
});

test("time that goes back changes nothing", () => {
  const bucket = new TokenBucket(1000, SECOND);
  bucket.take(1);
  bucket.fill(0);
  assert.equal(used(bucket, 0, SECOND, 10_000), 0);
});
