import assert from "node:assert/strict";
import { test } from "node:test";
import { KeySpaceFixture } from "../../test/support/key-space.js";
import { ValueType } from "../structures/entry/entry.js";
import { EXACT_KEYS, KeySizes, type SizeBins, sizeBin } from "./key-sizes.js";

const ALWAYS = (): boolean => true;
const NEVER = (): boolean => false;

function fill(fixture: KeySpaceFixture, count: number, db = fixture.db): void {
  for (let i = 0; i < count; i++) fixture.set(`key:${i}`, "12345", 0, db);
}

/** Flushes database 0 when ten of its many pages have been counted. */
function flushInTheMidst(fixture: KeySpaceFixture, sizes: KeySizes): void {
  fill(fixture, 20_000);
  sizes.report();
  for (let i = 0; i < 10; i++) sizes.walkSome(NEVER);
  fixture.db.clear(true);
}

/** Strings counted, by the number of the database. */
function strings(counted: ReadonlyMap<number, SizeBins>): Record<number, number> {
  const totals: Record<number, number> = {};
  for (const [index, bins] of counted) totals[index] = bins[ValueType.STRING]!.reduce((sum, count) => sum + count, 0);
  return totals;
}

test("a bin reaches from a power of two to below the next", () => {
  const sizes = [0, 1, 2, 3, 4, 7, 8, 1023, 1024, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
  assert.deepEqual(sizes.map(sizeBin), [0, 1, 2, 2, 3, 3, 4, 10, 11, 31, 32, 32]);
});

test("a small data set is counted exactly whenever asked", () => {
  const fixture = new KeySpaceFixture();
  const sizes = new KeySizes(fixture.keyspace);
  assert.deepEqual(strings(sizes.report()), {});
  const expected = new Uint32Array(33);
  for (let length = 0; length < 3000; length++) {
    fixture.set(`key:${length}`, "x".repeat(length));
    expected[sizeBin(length)]!++;
  }
  fixture.set("other", "x", 0, fixture.keyspace.database(7));
  assert.deepEqual(sizes.report().get(0)![ValueType.STRING], expected);
  assert.deepEqual(strings(sizes.report()), { 0: 3000, 7: 1 });
  assert.equal(sizes.isWalking, false);
  fixture.db.clear(true);
  assert.deepEqual(strings(sizes.report()), { 7: 1 });
});

test("the sum of all databases decides whether they are small", () => {
  const fixture = new KeySpaceFixture();
  const sizes = new KeySizes(fixture.keyspace);
  fill(fixture, EXACT_KEYS);
  assert.deepEqual(strings(sizes.report()), { 0: EXACT_KEYS });
  fixture.set("one more", "x", 0, fixture.keyspace.database(1));
  sizes.report();
  assert.equal(sizes.isWalking, true);
});

test("a large data set is walked page by page after somebody has asked, and reported when that is done", () => {
  const fixture = new KeySpaceFixture();
  const sizes = new KeySizes(fixture.keyspace);
  fill(fixture, 20_000);
  fill(fixture, 100, fixture.keyspace.database(3));
  sizes.walkSome(ALWAYS);
  assert.equal(sizes.isWalking, false, "nobody has asked");
  assert.deepEqual(strings(sizes.report()), {});
  let slices = 0;
  for (; sizes.isWalking; slices++) {
    assert.ok(slices < 1000);
    assert.deepEqual(strings(sizes.report()), {}, "asking again neither shows a part nor starts over");
    sizes.walkSome(NEVER);
  }
  assert.ok(slices >= fixture.keyspace.dict.pageCount(fixture.db.keys.root));
  assert.deepEqual(strings(sizes.report()), { 0: 20_000, 3: 100 });
});

test("the last complete walk is reported until the next is done", () => {
  const fixture = new KeySpaceFixture();
  const sizes = new KeySizes(fixture.keyspace);
  fill(fixture, 20_000);
  sizes.report();
  sizes.walkSome(ALWAYS);
  fill(fixture, 30_000);
  assert.deepEqual(strings(sizes.report()), { 0: 20_000 });
  sizes.walkSome(ALWAYS);
  assert.deepEqual(strings(sizes.report()), { 0: 30_000 });
});

test("a flush in the midst of a walk ends the database's part of it", () => {
  const fixture = new KeySpaceFixture();
  const sizes = new KeySizes(fixture.keyspace);
  fill(fixture, 100, fixture.keyspace.database(1));
  flushInTheMidst(fixture, sizes);
  while (fixture.keyspace.lazyFree.freeSome(1000)) {}
  for (let slices = 0; sizes.isWalking; slices++) {
    assert.ok(slices < 10);
    sizes.walkSome(NEVER);
  }
  assert.deepEqual(strings(sizes.report()), { 1: 100 });
  fixture.verify();
});

test("a walk goes on in what takes the place of a flushed or exchanged database", () => {
  const fixture = new KeySpaceFixture();
  const sizes = new KeySizes(fixture.keyspace);
  flushInTheMidst(fixture, sizes);
  while (fixture.keyspace.lazyFree.freeSome(1000)) {}
  fill(fixture, 50);
  fill(fixture, 15_000, fixture.keyspace.database(1));
  sizes.walkSome(NEVER);
  fixture.keyspace.swap(0, 1);
  for (let i = 0; i < 10; i++) sizes.walkSome(NEVER);
  fixture.keyspace.swap(0, 1);
  sizes.walkSome(ALWAYS);
  const counted = strings(sizes.report());
  assert.ok(counted[0]! > 0 && counted[0]! <= 20_000, `${counted[0]} counted in a database that had 20 000 at most`);
  assert.ok(counted[1]! >= 50 && counted[1]! <= 15_050, `${counted[1]} counted in one that had 50, then 15 000`);
  sizes.walkSome(ALWAYS);
  assert.deepEqual(strings(sizes.report()), { 0: 50, 1: 15_000 }, "the next walk meets nothing of that");
  fixture.verify();
});

test("a data set that has become small is counted exactly, whatever walk is under way", () => {
  const fixture = new KeySpaceFixture();
  const sizes = new KeySizes(fixture.keyspace);
  flushInTheMidst(fixture, sizes);
  fill(fixture, 12);
  assert.deepEqual(strings(sizes.report()), { 0: 12 });
  assert.equal(sizes.isWalking, false);
});
