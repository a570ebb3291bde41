import assert from "node:assert/strict";
import { test } from "node:test";
import { idleSeconds, Lfu, lfuDecayed, lfuField, lfuTouched, lruBefore, lruClock } from "./access-time.js";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const NOW = 1_700_000_000_000;

test("the LRU clock counts seconds modulo 2^23, and idle time survives its wrap", () => {
  assert.equal(lruClock(1999), 1);
  assert.equal(lruClock(2 ** 23 * 1000 + 5000), 5);
  assert.equal(idleSeconds(lruClock(100_000), 160_000), 60);
  assert.equal(idleSeconds(lruClock((2 ** 23 - 1) * 1000), (2 ** 23 + 4) * 1000), 5);
  assert.equal(idleSeconds(lruClock(NOW - 90 * DAY), NOW), 90 * 86_400);
});

test("an entry can be made to have been used at any time up to 97 days ago", () => {
  for (const seconds of [0, 1, 1000, 96 * 86_400]) assert.equal(idleSeconds(lruBefore(NOW, seconds), NOW), seconds);
  assert.equal(idleSeconds(lruBefore(NOW, 1e9), NOW), 2 ** 23 - 1);
});

test("the counter loses one for each decay time passed, down to 0", () => {
  const field = lfuField(1000 * MINUTE, 5);
  assert.equal(lfuDecayed(field, 1000 * MINUTE, 1), 5);
  assert.equal(lfuDecayed(field, 1003 * MINUTE, 1), 2);
  assert.equal(lfuDecayed(field, 1003 * MINUTE, 2), 4);
  assert.equal(lfuDecayed(field, 1500 * MINUTE, 1), 0);
  assert.equal(lfuDecayed(field, 1500 * MINUTE, 0), 5, "a decay time of 0 never decays");
  assert.equal(lfuDecayed(lfuField(NOW, 255), NOW + 22 * DAY, 1440), 233);
});

test("decay counts across the wrap of the minutes", () => {
  assert.equal(lfuDecayed(lfuField(32_767 * MINUTE, 5), 32_769 * MINUTE, 1), 3);
});

test("under LFU an entry of LRU counts as a new one, last used when it was", () => {
  for (const [idleMs, frequency] of [
    [0, Lfu.INITIAL],
    [59_000, Lfu.INITIAL],
    [60_000, 4],
    [3 * MINUTE, 2],
    [60 * DAY, 0],
  ] as const) {
    const field = lruClock(NOW - idleMs);
    assert.equal(lfuDecayed(field, NOW, 1), frequency, `idle for ${idleMs} ms`);
    assert.equal(lfuTouched(field, NOW, 1, 10, 0), lfuField(NOW, frequency + 1));
  }
});

test("under LRU an entry of LFU was idle since it was counted last, whatever it counts", () => {
  for (const counter of [0, 5, 255]) {
    assert.equal(idleSeconds(lfuField(NOW, counter), NOW), 0);
    assert.equal(idleSeconds(lfuField(NOW, counter), NOW + 10 * MINUTE), 600);
    assert.equal(idleSeconds(lfuField(NOW, counter), NOW + 20 * DAY), 20 * 86_400);
  }
});

test("an access counts with probability 1 / ((counter - 5) * factor + 1)", () => {
  const at = (counter: number) => lfuField(1000 * MINUTE, counter);
  const touched = (counter: number, factor: number, random: number) =>
    lfuTouched(at(counter), 1000 * MINUTE, 1, factor, random) & 0xff;
  for (const counter of [0, 3, 5]) assert.equal(touched(counter, 10, 0.999), counter + 1);
  for (const [counter, factor] of [
    [6, 10],
    [100, 10],
    [254, 10],
    [200, 1],
  ] as const) {
    const probability = 1 / ((counter - 5) * factor + 1);
    assert.equal(touched(counter, factor, probability * 0.999), counter + 1);
    assert.equal(touched(counter, factor, probability * 1.001), counter);
  }
  assert.equal(touched(255, 10, 0), 255);
  assert.equal(touched(200, 0, 0.999), 201, "with factor 0 every access counts");
});

test("an access decays first and remembers the minute", () => {
  const field = lfuTouched(lfuField(1000 * MINUTE, 8), 1006 * MINUTE, 1, 10, 0.5);
  assert.equal(field, lfuField(1006 * MINUTE, 3));
});

test("a million accesses bring the counter near 255 at factor 10, a thousand near 18", () => {
  // The table in redis.conf: factor 10 gives 18 after 1000 hits, 142 after 100 K, 255 after 1 M.
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  let field = lfuField(0, Lfu.INITIAL);
  const after = new Map<number, number>();
  for (let hit = 1; hit <= 1_000_000; hit++) {
    field = lfuTouched(field, 0, 1, 10, random());
    if (hit === 1000 || hit === 100_000) after.set(hit, field & 0xff);
  }
  assert.ok(Math.abs(after.get(1000)! - 18) <= 5, `${after.get(1000)}`);
  assert.ok(Math.abs(after.get(100_000)! - 142) <= 15, `${after.get(100_000)}`);
  assert.ok((field & 0xff) >= 250);
});
