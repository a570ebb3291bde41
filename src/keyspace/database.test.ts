import assert from "node:assert/strict";
import { test } from "node:test";
import { KeySpaceFixture, START_MS } from "../../test/support/key-space.js";
import { Argv } from "../bytes/argv.js";
import { Region } from "../bytes/region.js";
import { Encoding, ValueType } from "../structures/entry/entry.js";
import { KEEP_TTL } from "./database.js";
import { ExpireCycle } from "./expire-cycle.js";
import { Expiry } from "./expiry.js";

const MB = 2 ** 20;
/** Lengths around those at which an entry changes its shape: in another block, with lengths of 32 bits. */
const THRESHOLDS = [0, 1, 44, 45, 4095, 4096, 4097, MB - 1, MB, MB + 1];

/** A value that differs in every place. */
function value(length: number): string {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 7919 + (i >>> 8)) & 0xff;
  return bytes.toString("latin1");
}

test("values of every shape are kept, and overwrite each other", () => {
  const fixture = new KeySpaceFixture();
  for (const from of THRESHOLDS) {
    for (const to of THRESHOLDS) {
      fixture.set("key", value(from));
      assert.equal(fixture.get("key"), value(from));
      fixture.set("key", value(to));
      assert.equal(fixture.get("key"), value(to), `${from} to ${to}`);
    }
  }
  assert.equal(fixture.db.size, 1);
  fixture.verify();
});

test("long keys are told apart by their last byte", () => {
  const fixture = new KeySpaceFixture();
  for (const length of [511, 512, 4096, 5000, 2 * MB]) {
    const [a, b] = ["a".padStart(length, "k"), "b".padStart(length, "k")] as const;
    fixture.set(a, "1");
    fixture.set(b, value(5000), START_MS + 1000);
    assert.equal(fixture.get(a), "1");
    assert.equal(fixture.get(b), value(5000));
    assert.equal(fixture.keyOf(fixture.ref(b)), b);
    assert.equal(fixture.db.expireAt(fixture.ref(b)), START_MS + 1000);
    fixture.db.setExpire(Argv.from([a]), 0, START_MS + 5);
    fixture.resize(a, 5001, 65);
    assert.equal(fixture.get(a)!.length, 5001);
    assert.equal(fixture.db.expireAt(fixture.ref(a)), START_MS + 5);
    fixture.verify();
    assert.ok(fixture.db.remove(Argv.from([a]), 0));
    assert.ok(fixture.db.remove(Argv.from([b]), 0));
  }
  fixture.verify();
});

test("a value larger than a segment is kept, grows, moves and gives its memory back", () => {
  const fixture = new KeySpaceFixture();
  const empty = fixture.arena.segmentBytes;
  fixture.set("big", new Uint8Array(100 * MB).fill(97));
  fixture.resize("big", 100 * MB + 5, 98);
  const argv = Argv.from(["big", "other"]);
  fixture.db.moveEntry(argv, 0, fixture.keyspace.database(3), 1);
  const moved = fixture.get("other", fixture.keyspace.database(3))!;
  assert.equal(moved.length, 100 * MB + 5);
  assert.equal(moved.slice(-6), "a\0\0\0\0b");
  fixture.verify();
  assert.ok(fixture.keyspace.database(3).remove(argv, 1));
  assert.equal(fixture.arena.segmentBytes, empty);
});

test("a string that grows by appending is copied rarely", () => {
  const fixture = new KeySpaceFixture();
  let moves = 0;
  let last = 0;
  for (let length = 5000; length < 2 * MB; length += 1000) {
    fixture.resize("key", length, 97);
    if (fixture.ref("key") !== last) moves++;
    last = fixture.ref("key");
  }
  assert.ok(moves < 15, `${moves} moves`);
  fixture.verify();
});

test("a string made at its full length takes no more than that", () => {
  const fixture = new KeySpaceFixture();
  fixture.resize("key", 10 * MB);
  assert.ok(fixture.db.memoryBytes(fixture.ref("key")) < 10 * MB + 20_000);
});

test("resizing keeps bytes and expiry, and new bytes are zero, across all shapes", () => {
  for (const expireAtMs of [0, START_MS + 5000]) {
    const fixture = new KeySpaceFixture();
    for (const from of THRESHOLDS) {
      for (const to of THRESHOLDS) {
        fixture.set("key", value(from), expireAtMs);
        fixture.resize("key", to);
        assert.equal(fixture.get("key"), value(from).slice(0, to).padEnd(to, "\0"), `${from} to ${to}`);
        assert.equal(fixture.db.expireAt(fixture.ref("key")), expireAtMs);
        assert.equal(fixture.db.encodingName(fixture.ref("key")), "raw");
      }
    }
    fixture.verify();
  }
});

test("bytes beyond a shortened end do not come back when the string grows again", () => {
  const fixture = new KeySpaceFixture();
  for (const length of [30, 9000]) {
    fixture.set("key", "x".repeat(length));
    fixture.resize("key", length - 8);
    fixture.resize("key", length);
    assert.equal(fixture.get("key"), "x".repeat(length - 8) + "\0".repeat(8));
  }
});

test("a new value of about the same length stays in its block", () => {
  const fixture = new KeySpaceFixture();
  fixture.set("key", "0123456789");
  const ref = fixture.ref("key");
  fixture.set("key", "9876543210");
  assert.equal(fixture.ref("key"), ref);
  fixture.set("key", "98765432");
  assert.equal(fixture.get("key"), "98765432");
});

test("encodings are those of Redis", () => {
  const fixture = new KeySpaceFixture();
  const encoding = (text: string): string => {
    fixture.set("key", text);
    return fixture.db.encodingName(fixture.ref("key"));
  };
  for (const text of ["0", "-1", "9223372036854775807", "-9223372036854775808"]) assert.equal(encoding(text), "int");
  for (const text of ["", "01", "+1", "-0", "9223372036854775808", "1.5", "x".repeat(44)])
    assert.equal(encoding(text), "embstr");
  assert.equal(encoding("x".repeat(45)), "raw");
});

test("SET's three ways with an expiry: none, a new one, the old one", () => {
  const fixture = new KeySpaceFixture();
  const expiry = (): number => fixture.db.expireAt(fixture.ref("key"));
  fixture.set("key", "value", START_MS + 1000);
  assert.equal(fixture.db.volatileCount, 1);
  fixture.set("key", "another", KEEP_TTL);
  assert.equal(expiry(), START_MS + 1000);
  fixture.set("key", "value", START_MS + 2000);
  assert.equal(expiry(), START_MS + 2000);
  fixture.set("key", "value");
  assert.equal(expiry(), 0);
  assert.equal(fixture.db.volatileCount, 0);
  fixture.set("new", "value", KEEP_TTL);
  assert.equal(fixture.db.expireAt(fixture.ref("new")), 0);
  fixture.verify();
});

test("a key is there at its expiry and gone a millisecond later, with an event", () => {
  const fixture = new KeySpaceFixture();
  fixture.set("key", "value", START_MS + 10);
  fixture.keyspace.setNow(START_MS + 10);
  assert.equal(fixture.get("key"), "value");
  fixture.keyspace.setNow(START_MS + 11);
  assert.equal(fixture.get("key"), null);
  assert.equal(fixture.db.size, 0);
  assert.deepEqual(fixture.removed, ["expired key"]);
  assert.ok(fixture.events.includes("expired key"));
  assert.equal(fixture.keyspace.stats.expiredKeys, 1);
  fixture.verify();
});

test("while expired keys must stay, they are hidden and neither counted nor doubled", () => {
  const fixture = new KeySpaceFixture();
  fixture.set("key", "value", START_MS + 10);
  fixture.set("from", "x");
  fixture.keyspace.setNow(START_MS + 11);
  fixture.keyspace.setExpiry(Expiry.HIDDEN);
  assert.equal(fixture.get("key"), null);
  assert.equal(fixture.db.size, 2);
  fixture.db.moveEntry(Argv.from(["from", "key"]), 0, fixture.db, 1);
  assert.equal(fixture.get("key"), "x");
  assert.equal(fixture.db.size, 1);
  fixture.verify();
});

test("lookups count hits and misses, peeking does not", () => {
  const fixture = new KeySpaceFixture();
  fixture.set("key", "value");
  fixture.get("key");
  fixture.get("none");
  fixture.ref("key");
  assert.equal(fixture.keyspace.stats.hits, 1);
  assert.equal(fixture.keyspace.stats.misses, 1);
  assert.ok(fixture.events.includes("keymiss none"));
});

test("a moved entry keeps value, expiry and access time; a copy is a new entry", () => {
  for (const length of [10, 5000, MB + 1]) {
    const fixture = new KeySpaceFixture();
    const other = fixture.keyspace.database(1);
    fixture.set("key", value(length), START_MS + 9000);
    fixture.db.setIdleSeconds(fixture.ref("key"), 100);
    const argv = Argv.from(["key", "a key of quite another length"]);
    fixture.db.copyEntry(argv, 0, other, 0);
    assert.equal(other.idleSeconds(fixture.ref("key", other)), 0);
    fixture.db.moveEntry(argv, 0, fixture.db, 1);
    assert.equal(fixture.get("key"), null);
    assert.equal(fixture.get("a key of quite another length"), value(length));
    assert.equal(fixture.get("key", other), value(length));
    assert.equal(other.expireAt(fixture.ref("key", other)), START_MS + 9000);
    assert.equal(fixture.db.size + other.size, 2);
    fixture.verify();
  }
});

test("when the Nth allocation of a change fails, the data are as before", () => {
  for (const length of [10, 5000, MB]) {
    for (const key of ["key", "k".repeat(600)]) {
      const fixture = new KeySpaceFixture();
      const [argv, other] = [Argv.from([key, "other"]), fixture.keyspace.database(1)];
      assert.ok(fixture.failEachAllocation(() => fixture.set(key, value(length))) >= 5, "an entry and a dict");
      fixture.failEachAllocation(() => fixture.set(key, value(length + 5000)));
      fixture.failEachAllocation(() => fixture.set("short", "1"));
      fixture.failEachAllocation(() => fixture.resize(key, length * 3));
      fixture.failEachAllocation(() => fixture.resize("fresh", length));
      assert.equal(
        fixture.failEachAllocation(() => fixture.db.setExpire(argv, 0, START_MS + 500)),
        1,
      );
      assert.ok(fixture.failEachAllocation(() => fixture.db.copyEntry(argv, 0, other, 1)) >= 5);
      const third = fixture.keyspace.database(2);
      assert.ok(fixture.failEachAllocation(() => fixture.db.moveEntry(argv, 0, third, 1)) >= 5);
      assert.equal(
        fixture.failEachAllocation(() => fixture.db.setExpire(Argv.from(["fresh"]), 0, 0)),
        0,
      );
      assert.equal(fixture.get("other", third)!.length, length * 3);
      fixture.verify();
    }
  }
});

test("a move or copy onto a key replaces it, or leaves it as it was when memory runs out", () => {
  for (const length of [10, 5000]) {
    const fixture = new KeySpaceFixture();
    const argv = Argv.from(["key", "taken"]);
    fixture.set("key", value(length));
    fixture.set("taken", "old", START_MS + 9000);
    assert.ok(fixture.failEachAllocation(() => fixture.db.copyEntry(argv, 0, fixture.db, 1)) >= 1);
    assert.equal(fixture.get("taken"), value(length));
    assert.equal(fixture.db.expireAt(fixture.ref("taken")), 0);
    assert.equal(fixture.db.volatileCount, 0);
    fixture.set("taken", value(7000));
    fixture.db.setExpire(argv, 0, START_MS + 500);
    assert.ok(fixture.failEachAllocation(() => fixture.db.moveEntry(argv, 0, fixture.db, 1)) >= 1);
    assert.equal(fixture.get("taken"), value(length));
    assert.equal(fixture.db.expireAt(fixture.ref("taken")), START_MS + 500);
    assert.deepEqual([fixture.db.size, fixture.db.volatileCount], [1, 1]);
    fixture.verify();
  }
});

test("when the index cannot grow, an insert fails without a trace", () => {
  const fixture = new KeySpaceFixture();
  let failures = 0;
  for (let i = 0; i < 170; i++) fixture.set(`key:${i}`, "x");
  for (let i = 170; i < 210; i++) failures += fixture.failEachAllocation(() => fixture.set(`key:${i}`, "x"));
  assert.ok(failures > 40);
});

test("the arena's limit is an ordinary error: what was there stays, and room that is made is used", () => {
  const fixture = new KeySpaceFixture({ limitBytes: 80 * MB });
  let stored = 0;
  assert.throws(() => {
    for (; ; stored++) fixture.set(`key:${stored}`, "x".repeat(10_000));
  }, /out of memory/);
  assert.ok(stored > 5000);
  assert.equal(fixture.db.size, stored);
  assert.throws(() => fixture.set("big", new Uint8Array(80 * MB)), /out of memory/);
  fixture.verify();
  assert.ok(fixture.db.remove(Argv.from(["key:0"]), 0));
  fixture.set("again", "x".repeat(10_000));
  fixture.verify();
});

test("a flushed database is empty at once and freed in slices", () => {
  const fixture = new KeySpaceFixture();
  const empty = fixture.arena.allocatedBytes;
  for (let i = 0; i < 5000; i++) fixture.set(`key:${i}`, i % 50 === 0 ? value(5000) : "x");
  assert.equal(fixture.db.clear(true), 5000);
  assert.equal(fixture.db.size, 0);
  assert.equal(fixture.keyspace.lazyFree.pendingCount, 5000);
  fixture.set("key:1", "new");
  let slices = 1;
  for (; fixture.keyspace.lazyFree.freeSome(500); slices++) fixture.verify();
  assert.ok(slices >= 7 && slices <= 11, `${slices} slices`);
  assert.equal(fixture.keyspace.lazyFree.pendingCount, 0);
  assert.equal(fixture.get("key:1"), "new");
  fixture.db.clear(false);
  assert.equal(fixture.keyspace.lazyFree.pendingCount, 0);
  assert.equal(fixture.arena.allocatedBytes, empty);
});

test("several flushed databases are freed one after the other", () => {
  const fixture = new KeySpaceFixture();
  for (let index = 0; index < 3; index++) {
    for (let i = 0; i < 300; i++) fixture.set(`key:${i}`, "x", 0, fixture.keyspace.database(index));
    fixture.keyspace.database(index).clear(true);
  }
  while (fixture.keyspace.lazyFree.freeSome(100)) fixture.verify();
  fixture.verify();
  assert.equal(fixture.keyspace.liveBlocks().length, 1, "the table of the indexes is left");
});

test("removing the last key gives the index back", () => {
  const fixture = new KeySpaceFixture();
  for (let i = 0; i < 3000; i++) fixture.set(`key:${i}`, "x");
  for (let i = 0; i < 3000; i++) assert.ok(fixture.db.remove(Argv.from([`key:${i}`]), 0));
  assert.equal(fixture.db.size, 0);
  assert.ok(fixture.arena.allocatedBytes < 10_000);
  fixture.verify();
});

test("databases exchange their contents", () => {
  const fixture = new KeySpaceFixture();
  fixture.set("key", "in 0");
  fixture.keyspace.swap(0, 5);
  assert.equal(fixture.get("key"), null);
  assert.equal(fixture.get("key", fixture.keyspace.database(5)), "in 0");
});

test("SCAN visits about as many entries as asked for, and all of them in the end", () => {
  const fixture = new KeySpaceFixture();
  for (let i = 0; i < 2000; i++) fixture.set(`key:${i}`, "x");
  const seen = new Set<string>();
  let cursor = 0;
  do {
    let visited = 0;
    cursor = fixture.db.scan(cursor, 10, (ref) => {
      visited++;
      seen.add(fixture.keyOf(ref));
    });
    assert.ok(visited <= 10 + 30 && (visited >= 10 || cursor === 0), `${visited} visited`);
  } while (cursor !== 0);
  assert.equal(seen.size, 2000);
  assert.equal(
    fixture.keyspace.database(9).scan(12345, 10, () => assert.fail()),
    0,
  );
});

test("a random entry is one whose time is not over", () => {
  const fixture = new KeySpaceFixture();
  assert.equal(fixture.db.randomEntry(), 0);
  for (let i = 0; i < 20; i++) fixture.set(`old:${i}`, "x", START_MS + 1);
  fixture.set("key", "x");
  fixture.keyspace.setNow(START_MS + 2);
  assert.equal(fixture.keyOf(fixture.db.randomEntry()), "key");
});

test("LRU: reading refreshes the idle time unless it must not", () => {
  const fixture = new KeySpaceFixture();
  fixture.set("key", "value");
  fixture.keyspace.setNow(START_MS + 100_000);
  assert.equal(fixture.db.idleSeconds(fixture.ref("key")), 100);
  fixture.keyspace.touchOnAccess = false;
  fixture.get("key");
  assert.equal(fixture.db.idleSeconds(fixture.ref("key")), 100);
  fixture.keyspace.touchOnAccess = true;
  fixture.get("key");
  assert.equal(fixture.db.idleSeconds(fixture.ref("key")), 0);
});

test("LFU: reads and writes count, time decays, and a new value keeps the counter", () => {
  const fixture = new KeySpaceFixture();
  fixture.keyspace.isLfu = true;
  fixture.keyspace.lfuLogFactor = 0;
  fixture.set("key", "value");
  for (let i = 0; i < 15; i++) fixture.get("key");
  assert.equal(fixture.db.frequency(fixture.ref("key")), 20);
  fixture.set("key", "value".repeat(20));
  assert.equal(fixture.db.frequency(fixture.ref("key")), 21);
  fixture.keyspace.setNow(START_MS + 7 * 60_000);
  assert.equal(fixture.db.frequency(fixture.ref("key")), 14);
});

for (const removes of [true, false]) {
  test(`a random key is found among many that have expired, ${removes ? "which go" : "which may not go"}`, () => {
    const fixture = new KeySpaceFixture();
    for (let i = 0; i < 10_000; i++) fixture.set(`expired:${i}`, "x", START_MS + 1);
    const living = Array.from({ length: 10 }, (_, i) => `living:${i}`);
    for (const key of living) fixture.set(key, "x", START_MS + 10 ** 6);
    fixture.keyspace.setNow(START_MS + 1000);
    fixture.keyspace.setExpiry(removes ? Expiry.REMOVED : Expiry.HIDDEN);
    const met = new Set<string>();
    for (let i = 0; i < 80; i++) met.add(fixture.keyOf(fixture.db.randomEntry()));
    assert.deepEqual([...met].sort(), living);
    assert.ok(removes ? fixture.removed.length > 1000 : fixture.removed.length === 0);
    fixture.verify();
  });
}

test("a string that is overwritten in its place with a nearer end is swept when its time comes", () => {
  const fixture = new KeySpaceFixture();
  fixture.set("key", "a", START_MS + 10 ** 7);
  const cycle = new ExpireCycle(fixture.keyspace);
  assert.ok(cycle.run(() => true));
  const ref = fixture.ref("key");
  fixture.set("key", "b", START_MS + 1000);
  assert.equal(fixture.ref("key"), ref, "it is in its place");
  fixture.verify();
  fixture.keyspace.setNow(START_MS + 1001);
  assert.ok(cycle.run(() => true));
  assert.deepEqual(fixture.removed, ["expired key"]);
});

test("SWAPDB takes along how many keys there are of which only elements expire", () => {
  const fixture = new KeySpaceFixture();
  const { keyspace } = fixture;
  const [first, other] = [fixture.db, keyspace.database(4)];
  const field = Region.fromString("field");
  /** Makes a hash of one field that expires; the key does not. */
  const addHash = (key: string): void => {
    const { slot } = keyspace;
    const { hashes } = keyspace.types;
    first.begin(Argv.from([key]), 0, ValueType.HASH, Encoding.LISTPACK, 2, slot);
    hashes.clear(slot);
    hashes.set(slot, field, 0, 5, field, 0, 5, START_MS + 10 ** 6);
    first.place(slot);
  };
  const counts = (): number[][] => [first, other].map((db) => [db.volatileCount, db.dueCount, db.size]);
  for (let i = 0; i < 3; i++) addHash(`hash:${i}`);
  for (let i = 0; i < 5; i++) fixture.set(`key:${i}`, "x", START_MS + 10 ** 6, first);
  fixture.set("key", "x", START_MS + 10 ** 6, other);
  assert.deepEqual(counts(), [
    [5, 8, 8],
    [1, 1, 1],
  ]);
  keyspace.swap(0, 4);
  assert.deepEqual(counts(), [
    [1, 1, 1],
    [5, 8, 8],
  ]);
  for (let i = 0; i < 3; i++) other.remove(Argv.from([`hash:${i}`]), 0);
  assert.deepEqual(counts(), [
    [1, 1, 1],
    [5, 5, 5],
  ]);
  fixture.verify();
});
