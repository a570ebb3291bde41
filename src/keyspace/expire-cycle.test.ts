import assert from "node:assert/strict";
import { test } from "node:test";
import { KeySpaceFixture, START_MS } from "../../test/support/key-space.js";
import { ExpireCycle } from "./expire-cycle.js";

const ALWAYS = (): boolean => true;

test("a round removes every key that is due, in all databases, and no other", () => {
  const fixture = new KeySpaceFixture();
  for (let i = 0; i < 3000; i++) {
    const db = fixture.keyspace.database(i % 3);
    fixture.set(`due:${i}`, "x", START_MS + 1 + (i % 100), db);
    fixture.set(`later:${i}`, "x", START_MS + 50_000, db);
    fixture.set(`never:${i}`, "x", 0, db);
  }
  fixture.keyspace.setNow(START_MS + 200);
  assert.ok(new ExpireCycle(fixture.keyspace).run(ALWAYS));
  assert.equal(fixture.removed.length, 3000);
  assert.ok(fixture.removed.every((line) => line.startsWith("expired due:")));
  assert.equal(fixture.keyspace.size, 6000);
  assert.equal(fixture.keyspace.stats.expiredKeys, 3000);
  fixture.verify();
});

test("a cycle that is cut short goes on where it stopped", () => {
  const fixture = new KeySpaceFixture();
  for (let i = 0; i < 5000; i++) fixture.set(`key:${i}`, "x", START_MS + 1, fixture.keyspace.database(i % 2));
  fixture.keyspace.setNow(START_MS + 2);
  const cycle = new ExpireCycle(fixture.keyspace);
  let slices = 1;
  for (; !cycle.run(() => false); slices++) {
    // A slice is one page with something to expire: never more than a page holds.
    assert.ok(fixture.removed.length <= slices * 192);
  }
  assert.ok(slices > 25);
  assert.equal(fixture.keyspace.size, 0);
  fixture.verify();
});

test("time is asked for also while nothing is due", () => {
  const fixture = new KeySpaceFixture();
  for (let i = 0; i < 20_000; i++) fixture.set(`key:${i}`, "x", START_MS + 90_000);
  let asked = 0;
  assert.ok(new ExpireCycle(fixture.keyspace).run(() => ++asked > 0));
  const pages = fixture.keyspace.dict.pageCount(fixture.db.keys.root);
  assert.ok(asked >= Math.floor(pages / 64) && asked <= pages / 64 + 1, `asked ${asked} times for ${pages} pages`);
});

test("keys go within a second and a cycle of their time, with few reads of those that stay", () => {
  const fixture = new KeySpaceFixture();
  for (let i = 0; i < 10_000; i++) fixture.set(`key:${i}`, "x", START_MS + fixture.random.below(20_000));
  const cycle = new ExpireCycle(fixture.keyspace);
  for (let nowMs = START_MS; nowMs <= START_MS + 21_200; nowMs += 100) {
    fixture.keyspace.setNow(nowMs);
    cycle.run(ALWAYS);
    fixture.db.each((ref) => {
      if (fixture.db.expireAt(ref) < nowMs - 1000) assert.fail(`a key is ${nowMs - fixture.db.expireAt(ref)} ms late`);
    });
  }
  assert.equal(fixture.db.size, 0);
});

test("databases without volatile keys are passed over", () => {
  const fixture = new KeySpaceFixture();
  fixture.set("key", "x");
  fixture.keyspace.database(3);
  assert.ok(new ExpireCycle(fixture.keyspace).run(() => assert.fail("nothing to do")));
});

test("a key whose expiry was taken away or put off stays", () => {
  const fixture = new KeySpaceFixture();
  fixture.set("freed", "x", START_MS + 5);
  fixture.set("put off", "x", START_MS + 5);
  fixture.set("freed", "y");
  fixture.set("put off", "y", START_MS + 5000);
  fixture.keyspace.setNow(START_MS + 1000);
  new ExpireCycle(fixture.keyspace).run(ALWAYS);
  assert.deepEqual(fixture.removed, []);
  fixture.keyspace.setNow(START_MS + 5001);
  new ExpireCycle(fixture.keyspace).run(ALWAYS);
  assert.deepEqual(fixture.removed, ["expired put off"]);
});
