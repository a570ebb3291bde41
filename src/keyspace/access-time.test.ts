import assert from "node:assert/strict";
import { test } from "node:test";
import { Lfu, lfuDecayed, lfuInitial, lfuTouched, lruClock, lruIdleSeconds } from "./access-time.js";

const MINUTE = 60_000;

test("the LRU clock counts seconds modulo 2^24, and idle time survives its wrap", () => {
  assert.equal(lruClock(1999), 1);
  assert.equal(lruClock(2 ** 24 * 1000 + 5000), 5);
  assert.equal(lruIdleSeconds(100, 160), 60);
  assert.equal(lruIdleSeconds(0xffffff, 4), 5);
});

test("a new entry has the counter 5 and the present minute", () => {
  const field = lfuInitial(77 * MINUTE);
  assert.equal(field & 0xff, Lfu.INITIAL);
  assert.equal(field >>> 8, 77);
  assert.equal(lfuInitial(65_536 * MINUTE + 3 * MINUTE) >>> 8, 3);
});

test("the counter loses one for each decay time passed, down to 0", () => {
  const field = lfuInitial(1000 * MINUTE);
  assert.equal(lfuDecayed(field, 1000 * MINUTE, 1), 5);
  assert.equal(lfuDecayed(field, 1003 * MINUTE, 1), 2);
  assert.equal(lfuDecayed(field, 1003 * MINUTE, 2), 4);
  assert.equal(lfuDecayed(field, 1500 * MINUTE, 1), 0);
  assert.equal(lfuDecayed(field, 1500 * MINUTE, 0), 5, "a decay time of 0 never decays");
});

test("decay counts across the wrap of the minutes", () => {
  assert.equal(lfuDecayed(lfuInitial(65_535 * MINUTE), 65_537 * MINUTE, 1), 3);
});

test("an access counts with probability 1 / ((counter - 5) * factor + 1)", () => {
  const at = (counter: number) => (1000 << 8) | counter;
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
  const field = lfuTouched((1000 << 8) | 8, 1006 * MINUTE, 1, 10, 0.5);
  assert.equal(field & 0xff, 3);
  assert.equal(field >>> 8, 1006);
});

test("a million accesses bring the counter near 255 at factor 10, a thousand near 18", () => {
  // The table in redis.conf: factor 10 gives 18 after 1000 hits, 142 after 100 K, 255 after 1 M.
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  let field = lfuInitial(0);
  const after = new Map<number, number>();
  for (let hit = 1; hit <= 1_000_000; hit++) {
    field = lfuTouched(field, 0, 1, 10, random());
    if (hit === 1000 || hit === 100_000) after.set(hit, field & 0xff);
  }
  assert.ok(Math.abs(after.get(1000)! - 18) <= 5, `${after.get(1000)}`);
  assert.ok(Math.abs(after.get(100_000)! - 142) <= 15, `${after.get(100_000)}`);
  assert.ok((field & 0xff) >= 250);
});
