import assert from "node:assert/strict";
import { test } from "node:test";
import { KeySpaceFixture, START_MS } from "../../test/support/key-space.js";
import { Argv } from "../bytes/argv.js";
import { Eviction, type EvictionPolicy } from "./evict.js";

function evictionBy(policy: EvictionPolicy, fixture: KeySpaceFixture): Eviction {
  const eviction = new Eviction(fixture.keyspace);
  eviction.policy = policy;
  return eviction;
}

const COUNT = 1000;

/** Evicts a third of the keys; returns the average rank (0 to 1) of those that went, in the order in which they were made. */
function averageRank(fixture: KeySpaceFixture, policy: EvictionPolicy, samples: number): number {
  const eviction = evictionBy(policy, fixture);
  for (let i = 0; i < COUNT / 3; i++) assert.ok(eviction.evictOne(samples));
  fixture.verify();
  const ranks = fixture.removed.map((line) => Number(line.split(":")[1]) / COUNT);
  return ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
}

// A perfect choice of the first third has an average rank of 0.167, a blind one of 0.5.
const GOOD = 0.25;

test("LRU evicts what was idle longest, whatever slots of the index it lies in", () => {
  for (const policy of ["allkeys-lru", "volatile-lru"] as const) {
    const fixture = new KeySpaceFixture();
    for (let i = 0; i < COUNT; i++) {
      fixture.keyspace.setNow(START_MS + i * 1000);
      fixture.set(`key:${i}`, "x", START_MS + 10 ** 9);
    }
    const rank = averageRank(fixture, policy, 5);
    assert.ok(rank < GOOD, `${policy}: ${rank}`);
  }
});

test("a key that is read is spared by LRU", () => {
  const fixture = new KeySpaceFixture();
  for (let i = 0; i < COUNT; i++) fixture.set(`key:${i}`, "x");
  fixture.keyspace.setNow(START_MS + 60_000);
  for (let i = 0; i < COUNT / 2; i++) fixture.get(`key:${i}`);
  const eviction = evictionBy("allkeys-lru", fixture);
  for (let i = 0; i < COUNT / 4; i++) assert.ok(eviction.evictOne(10));
  const spared = fixture.removed.filter((line) => Number(line.split(":")[1]) >= COUNT / 2).length;
  assert.ok(spared >= (COUNT / 4) * 0.98, `${spared} of ${COUNT / 4}`);
});

test("LFU evicts what was used least", () => {
  for (const policy of ["allkeys-lfu", "volatile-lfu"] as const) {
    const fixture = new KeySpaceFixture();
    fixture.keyspace.isLfu = true;
    for (let i = 0; i < COUNT; i++) {
      fixture.set(`key:${i}`, "x", START_MS + 10 ** 9);
      fixture.db.setFrequency(fixture.ref(`key:${i}`), Math.floor((i / COUNT) * 255));
    }
    const rank = averageRank(fixture, policy, 5);
    assert.ok(rank < GOOD, `${policy}: ${rank}`);
  }
});

test("volatile-ttl evicts what expires soonest", () => {
  const fixture = new KeySpaceFixture();
  for (let i = 0; i < COUNT; i++) fixture.set(`key:${i}`, "x", START_MS + 10_000 + i);
  const rank = averageRank(fixture, "volatile-ttl", 5);
  assert.ok(rank < GOOD, `${rank}`);
});

test("the random policies evict anything", () => {
  for (const policy of ["allkeys-random", "volatile-random"] as const) {
    const fixture = new KeySpaceFixture();
    for (let i = 0; i < COUNT; i++) fixture.set(`key:${i}`, "x", START_MS + 10 ** 9);
    const rank = averageRank(fixture, policy, 5);
    assert.ok(rank > 0.42 && rank < 0.58, `${policy}: ${rank}`);
  }
});

test("more samples choose better", () => {
  const ranks = [1, 10].map((samples) => {
    const fixture = new KeySpaceFixture();
    for (let i = 0; i < COUNT; i++) {
      fixture.keyspace.setNow(START_MS + i * 1000);
      fixture.set(`key:${i}`, "x");
    }
    return averageRank(fixture, "allkeys-lru", samples);
  });
  assert.ok(ranks[1]! < ranks[0]!, `${ranks}`);
});

test("the volatile policies leave keys without an expiry alone, and fail when there is nothing else", () => {
  for (const policy of ["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"] as const) {
    const fixture = new KeySpaceFixture();
    fixture.keyspace.isLfu = policy === "volatile-lfu";
    for (let i = 0; i < 2000; i++) fixture.set(`kept:${i}`, "x");
    for (let i = 0; i < 10; i++) fixture.set(`volatile:${i}`, "x", START_MS + 10 ** 6);
    const eviction = evictionBy(policy, fixture);
    for (let i = 0; i < 10; i++) assert.ok(eviction.evictOne(5));
    assert.equal(eviction.evictOne(5), false);
    assert.ok(fixture.removed.every((line) => line.startsWith("evicted volatile:")));
    assert.equal(fixture.db.size, 2000);
  }
});

test("noeviction and an empty key space have nothing to evict", () => {
  const fixture = new KeySpaceFixture();
  assert.equal(evictionBy("allkeys-lru", fixture).evictOne(5), false);
  assert.equal(evictionBy("allkeys-random", fixture).evictOne(5), false);
  fixture.set("key", "x");
  assert.equal(evictionBy("noeviction", fixture).evictOne(5), false);
  assert.equal(new Eviction(fixture.keyspace).evictOne(5), false);
});

test("candidates that went, moved or changed their database since are skipped", () => {
  const fixture = new KeySpaceFixture();
  for (let i = 0; i < 50; i++) fixture.set(`key:${i}`, "x", START_MS + 10_000 + i);
  const eviction = evictionBy("volatile-ttl", fixture);
  assert.ok(eviction.evictOne(10));
  for (let i = 0; i < 25; i++) fixture.db.remove(Argv.from([`key:${i}`]), 0);
  for (let i = 25; i < 50; i++) fixture.db.setExpire(Argv.from([`key:${i}`]), 0, 0);
  for (let i = 0; i < 50; i++) fixture.set(`new:${i}`, "x", START_MS + 90_000 + i);
  for (let i = 0; i < 20; i++) assert.ok(eviction.evictOne(10));
  assert.ok(fixture.removed.slice(1).every((line) => line.startsWith("evicted new:")));
  fixture.keyspace.swap(0, 4);
  for (let i = 0; i < 30; i++) assert.ok(eviction.evictOne(10));
  assert.equal(eviction.evictOne(10), false);
  fixture.verify();
});

test("all databases give keys", () => {
  for (const policy of ["allkeys-lru", "allkeys-random"] as const) {
    const fixture = new KeySpaceFixture();
    for (let i = 0; i < 30; i++) fixture.set(`key:${i}`, "x", 0, fixture.keyspace.database(i % 3));
    const eviction = evictionBy(policy, fixture);
    for (let i = 0; i < 30; i++) assert.ok(eviction.evictOne(5));
    assert.equal(fixture.keyspace.size, 0);
    fixture.verify();
  }
});

test("any number of samples takes the time of a few", () => {
  const fixture = new KeySpaceFixture();
  for (let i = 0; i < COUNT; i++) fixture.set(`key:${i}`, "x");
  const eviction = evictionBy("allkeys-lru", fixture);
  const { sample } = fixture.keyspace.dict;
  let visited = 0;
  fixture.keyspace.dict.sample = (root, start, limit, volatileOnly, pages, visit) =>
    sample.call(fixture.keyspace.dict, root, start, limit, volatileOnly, pages, (ref) => {
      visited++;
      visit(ref);
    });
  for (let i = 0; i < 10; i++) assert.ok(eviction.evictOne(10_000_000));
  assert.ok(visited <= 10 * 64, `${visited} keys were looked at`);
});

test("after a change from LRU to LFU, what was in use is not the first to go, nor the other way round", () => {
  const isHot = (line: string): boolean => line.includes("hot");
  const fixture = new KeySpaceFixture();
  const use = (key: string, times: number): void => {
    for (let i = 0; i < times; i++) fixture.get(key);
  };
  const { keyspace } = fixture;
  const start = (minutes: number): void => keyspace.setNow(START_MS + minutes * 60_000);
  for (let i = 0; i < 200; i++) fixture.set(`cold:${i}`, "x");
  start(30);
  for (let i = 0; i < 200; i++) fixture.set(`hot:${i}`, "x");
  keyspace.isLfu = true;
  const frequent = evictionBy("allkeys-lfu", fixture);
  for (let i = 0; i < 150; i++) assert.ok(frequent.evictOne(10));
  assert.ok(fixture.removed.filter(isHot).length <= 5, `${fixture.removed.filter(isHot).length} of 150 were in use`);
  start(60);
  for (let i = 0; i < 200; i++) use(`hot:${i}`, 20);
  start(61);
  keyspace.isLfu = false;
  fixture.removed.length = 0;
  const recent = evictionBy("allkeys-lru", fixture);
  for (let i = 0; i < 40; i++) assert.ok(recent.evictOne(10));
  assert.ok(fixture.removed.filter(isHot).length <= 2);
});

test("the pool keeps the best of all that was sampled, each once: they go in their order, whatever is sampled later", () => {
  const fixture = new KeySpaceFixture();
  for (let i = 0; i < 24; i++) {
    fixture.set(`old:${i}`, "x");
    fixture.keyspace.setNow(START_MS + (i + 1) * 60_000);
  }
  const eviction = evictionBy("allkeys-lru", fixture);
  // Each time all of them are sampled; sixteen have room.
  for (let i = 0; i < 3; i++) assert.ok(eviction.evictOne(64));
  for (let i = 0; i < 4000; i++) fixture.set(`new:${i}`, "x");
  for (let i = 3; i < 18; i++) assert.ok(eviction.evictOne(1));
  assert.deepEqual(
    fixture.removed,
    Array.from({ length: 18 }, (_, i) => `evicted old:${i}`),
  );
});
