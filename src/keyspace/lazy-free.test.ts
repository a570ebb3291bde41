import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../test/support/command-harness.js";
import { genericCommands } from "../commands/generic/index.js";
import { hashCommands } from "../commands/hash/index.js";
import { listCommands } from "../commands/list/index.js";
import { setCommands } from "../commands/set/index.js";
import { sortedSetCommands } from "../commands/sorted-set/index.js";
import { streamCommands } from "../commands/stream/index.js";
import { OutOfMemory } from "../memory/arena.js";

function harness(): CommandHarness {
  return new CommandHarness(
    genericCommands,
    hashCommands,
    listCommands,
    setCommands,
    sortedSetCommands,
    streamCommands,
  );
}

function verify({ arena, keyspace }: CommandHarness): void {
  assert.deepEqual(arena.verify(keyspace.liveBlocks()), []);
}

/** Frees what waits; returns in how many slices of about `limit` elements. */
function freeAll(h: CommandHarness, limit: number): number {
  let slices = 1;
  for (; h.keyspace.lazyFree.freeSome(limit); slices++) verify(h);
  assert.equal(h.keyspace.lazyFree.pendingCount, 0);
  verify(h);
  return slices;
}

const COUNT = 2000;
const ALL = Array.from({ length: COUNT }, (_, i) => `${i}`);

/** Makes a value of COUNT elements; a list's are so long that it has more than 64 leaves. */
const MAKE: Record<string, (h: CommandHarness, key: string) => void> = {
  hash: (h, key) => h.call("HSET", key, ...ALL.flatMap((i) => [i, i])),
  "hash with expiries": (h, key) => {
    h.call("HSET", key, ...ALL.flatMap((i) => [i, i]));
    h.call("HEXPIRE", key, "100", "FIELDS", "2", "1", "2");
  },
  list: (h, key) => h.call("RPUSH", key, ...ALL.map((i) => i.padEnd(1000, "x"))),
  set: (h, key) => h.call("SADD", key, ...ALL.map((i) => `m${i}`)),
  zset: (h, key) => h.call("ZADD", key, ...ALL.flatMap((i) => [i, `m${i}`])),
  stream: (h, key) => {
    for (const i of ALL) h.call("XADD", key, `${i}-1`, "field", "value");
    h.call("XGROUP", "CREATE", key, "g", "0");
    h.call("XREADGROUP", "GROUP", "g", "me", "COUNT", "1000", "STREAMS", key, ">");
  },
};

for (const [type, make] of Object.entries(MAKE)) {
  for (const key of ["", "key", "a key that is longer than others".repeat(20)]) {
    test(`a big ${type} is freed in slices, whatever its key: ${key.length} bytes`, () => {
      const h = harness();
      const empty = h.arena.allocatedBytes;
      make(h, key);
      h.call("EXPIRE", key, "1000");
      assert.equal(h.call("DEL", key), ":1\r\n");
      assert.equal(h.keyspace.lazyFree.pendingCount, 1);
      verify(h);
      assert.ok(freeAll(h, 100) >= (type === "list" ? 3 : 10));
      h.keyspace.trim(0, 0);
      assert.equal(h.arena.allocatedBytes, empty);
    });
  }
}

test("many big values wait at once, and new ones while others are half freed", () => {
  const h = harness();
  for (let i = 0; i < 300; i++) h.call("SADD", `${i}`, ...ALL.slice(0, 200 + i).map((k) => `m${k}`));
  for (let i = 0; i < 200; i++) h.call("DEL", `${i}`);
  assert.equal(h.keyspace.lazyFree.pendingCount, 200);
  for (let i = 200; i < 300; i++) {
    h.keyspace.lazyFree.freeSome(30);
    h.call("DEL", `${i}`);
  }
  verify(h);
  freeAll(h, 1000);
  assert.equal(h.keyspace.stats.lazyFreedObjects, 300);
});

test("a slice frees about as many elements as it may, of however many keys", () => {
  const h = harness();
  h.keyspace.limits.hashMaxListpackEntries = 0;
  for (let i = 0; i < 3000; i++) h.call("HSET", `${i}`, ...ALL.slice(0, 60).flatMap((k) => [k, k]));
  const { arena, keyspace } = h;
  const blocks = arena.blockCount;
  keyspace.database(0).clear(true);
  keyspace.lazyFree.freeSome(1000);
  // A page of the index is the least: up to 192 hashes.
  assert.ok(blocks - arena.blockCount < 192 * 70, `${blocks - arena.blockCount} blocks were freed`);
  freeAll(h, 1000);
});

test("a value whose payload lies in a block of its own, for want of memory to move it, is freed too", () => {
  const h = harness();
  h.keyspace.limits.hashMaxListpackValue = 10_000;
  h.call("HSET", "", ...ALL.slice(0, 100).flatMap((i) => [`${i}`, "x".repeat(100)]));
  h.call("HPEXPIRE", "", "100000", "FIELDS", "1", "1");
  h.keyspace.limits.hashMaxListpackEntries = 0;
  // Entries are made anew where they shrink: that fails, and the payload stays in its large block.
  const allocate = h.arena.allocate.bind(h.arena);
  h.arena.allocate = (size) => {
    if (size === 28 || size === 20) throw new OutOfMemory();
    return allocate(size);
  };
  h.call("HSET", "", "one", "more");
  h.arena.allocate = allocate;
  assert.equal(h.encoding(""), "hashtable");
  h.call("DEL", "");
  assert.equal(h.keyspace.lazyFree.pendingCount, 1);
  freeAll(h, 20);
});

test("XGROUP DESTROY of a group with many pending entries leaves them to slices", () => {
  const h = harness();
  MAKE["stream"]!(h, "s");
  for (let i = 0; i < 3; i++) h.call("XREADGROUP", "GROUP", "g", `c${i}`, "COUNT", "300", "STREAMS", "s", ">");
  h.call("XGROUP", "CREATE", "s", "small", "0");
  const blocks = h.arena.blockCount;
  assert.equal(h.call("XGROUP", "DESTROY", "s", "g"), ":1\r\n");
  assert.equal(h.arena.blockCount, blocks, "nothing is freed yet");
  assert.equal(h.keyspace.lazyFree.pendingCount, 1);
  verify(h);
  assert.ok(h.call("XINFO", "GROUPS", "s").includes("small"));
  assert.equal(h.call("XGROUP", "CREATE", "s", "g", "0"), "+OK\r\n", "its name is free");
  assert.ok(freeAll(h, 100) > 10);
  assert.equal(h.call("XGROUP", "DESTROY", "s", "small"), ":1\r\n");
  assert.equal(h.keyspace.lazyFree.pendingCount, 0, "a small one goes at once");
  h.call("DEL", "s");
  freeAll(h, 100);
});

test("an empty database gives up its index when memory is trimmed, and works as before", () => {
  const h = harness();
  const empty = h.arena.allocatedBytes;
  for (const db of [0, 3]) {
    h.context.db = h.keyspace.database(db);
    h.call("SADD", "key", "a");
    h.call("DEL", "key");
  }
  assert.ok(h.arena.allocatedBytes > empty);
  h.keyspace.trim(0, 0);
  assert.equal(h.arena.allocatedBytes, empty);
  h.call("SADD", "key", "a");
  h.keyspace.trim(0, 0);
  assert.equal(h.call("SCARD", "key"), ":1\r\n");
  verify(h);
});

test("the index of a flushed database without keys is freed as any other", () => {
  const h = harness();
  const empty = h.arena.allocatedBytes;
  h.call("SADD", "key", "a");
  h.call("DEL", "key");
  assert.equal(h.keyspace.database(0).clear(true), 0);
  assert.ok(h.keyspace.lazyFree.isPending);
  verify(h);
  assert.equal(h.keyspace.lazyFree.freeSome(1), false);
  assert.equal(h.arena.allocatedBytes, empty);
});
