/** States of a key space that seldom come about by chance: nearly empty, expired in two ways, one among many. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../test/support/command-harness.js";
import { KeySpaceFixture, START_MS } from "../../test/support/key-space.js";
import { Argv } from "../bytes/argv.js";
import { hashCommands } from "../commands/hash/index.js";
import { stringCommands } from "../commands/string/index.js";
import { Eviction } from "./evict.js";
import { ExpireCycle } from "./expire-cycle.js";
import { NotifyClass } from "./notify.js";

const MANY = 5000;

/** Strings and hashes in a key space; each hash has a field that expires later than anything else here. */
function withHashes(count: number): CommandHarness {
  const harness = new CommandHarness(hashCommands, stringCommands);
  for (let i = 0; i < count; i++) {
    harness.call("HSET", `h${i}`, "f", "v");
    harness.call("HPEXPIRE", `h${i}`, "1000000", "FIELDS", "1", "f");
  }
  return harness;
}

function verify(harness: CommandHarness): void {
  const { keyspace, arena } = harness;
  for (const db of keyspace.used()) if (db.keys.root !== 0) assert.deepEqual(keyspace.dict.verify(db.keys.root), []);
  assert.deepEqual(arena.verify(keyspace.liveBlocks()), []);
}

test("the last of many keys is still there when all others have gone, and its index goes with it", () => {
  const space = new KeySpaceFixture();
  const { db } = space;
  for (let i = 0; i < MANY; i++) space.set(`k${i}`, `v${i}`);
  const large = db.overheadBytes;
  for (let i = 1; i < MANY; i++) assert.ok(db.remove(Argv.from([`k${i}`]), 0));
  assert.equal(db.size, 1);
  assert.equal(space.get("k0"), "v0");
  space.verify();
  assert.ok(db.remove(Argv.from(["k0"]), 0));
  assert.equal(db.size, 0);
  assert.ok(db.overheadBytes < large / 20, `${db.overheadBytes} of ${large}`);
  space.verify();
  space.set("again", "v");
  assert.equal(space.get("again"), "v");
});

test("a hash that expires goes at its time, though fields of it expire later", () => {
  const harness = withHashes(3);
  const { keyspace } = harness;
  const db = keyspace.database(0);
  db.setExpire(Argv.from(["h1"]), 0, START_MS + 100);
  assert.deepEqual([db.volatileCount, db.dueCount], [1, 3]);
  harness.advance(101);
  assert.ok(new ExpireCycle(keyspace).run(() => true));
  assert.deepEqual([db.size, db.volatileCount, db.dueCount], [2, 0, 2]);
  harness.advance(1_000_000);
  new ExpireCycle(keyspace).run(() => true);
  assert.deepEqual([db.size, db.dueCount], [0, 0]);
  verify(harness);
});

for (const policy of ["volatile-random", "volatile-lru", "volatile-lfu", "volatile-ttl"] as const) {
  test(`${policy} finds the one key that expires among many hashes of which only fields do`, () => {
    const harness = withHashes(2000);
    const { keyspace } = harness;
    const db = keyspace.database(0);
    harness.call("SET", "volatile", "v", "PX", "5000000");
    const removed: string[] = [];
    keyspace.listener = { ...keyspace.listener, removed: (_why, _db, argv, i) => void removed.push(argv.latin1(i)) };
    const eviction = new Eviction(keyspace);
    eviction.policy = policy;
    assert.ok(eviction.evictOne(5));
    assert.deepEqual(removed, ["volatile"]);
    assert.equal(eviction.evictOne(5), false);
    assert.equal(db.size, 2000);
  });
}

test("what a database holds of a key, live or expired", () => {
  const space = new KeySpaceFixture();
  const { db } = space;
  space.set("live", "v");
  space.set("later", "v", START_MS + 10);
  space.set("expired", "v", START_MS - 1);
  const holds = (key: string) => [db.holdsLive(Argv.from([key]), 0), db.holdsExpired(Argv.from([key]), 0)];
  assert.deepEqual(holds("live"), [true, false]);
  assert.deepEqual(holds("later"), [true, false]);
  assert.deepEqual(holds("expired"), [false, true]);
  assert.deepEqual(holds("absent"), [false, false]);
  assert.deepEqual(space.removed, [], "asking changes nothing");
});

test("an event is heard of only when its class is switched on", () => {
  const space = new KeySpaceFixture();
  const { db, keyspace } = space;
  const argv = Argv.from(["k"]);
  const all = [
    NotifyClass.GENERIC,
    NotifyClass.STRING,
    NotifyClass.LIST,
    NotifyClass.SET,
    NotifyClass.HASH,
    NotifyClass.ZSET,
  ];
  for (const on of all) {
    keyspace.notifyFlags = on;
    space.events.length = 0;
    for (const each of all) {
      db.notify(each, `notified ${each}`, argv, 0);
      db.changed(argv, 0, each, `changed ${each}`);
    }
    assert.deepEqual(space.events, [`notified ${on} k`, `changed ${on} k`]);
  }
  keyspace.notifyFlags = 0;
  space.events.length = 0;
  for (const each of all) db.notify(each, "notified", argv, 0);
  assert.deepEqual(space.events, []);
});
