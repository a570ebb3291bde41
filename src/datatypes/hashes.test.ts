import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../test/support/command-harness.js";
import { KeySpaceFixture } from "../../test/support/key-space.js";
import { Argv } from "../bytes/argv.js";
import { genericCommands } from "../commands/generic/index.js";
import { hashCommands } from "../commands/hash/index.js";
import { ExpireCycle } from "../keyspace/expire-cycle.js";
import { OutOfMemory } from "../memory/arena.js";
import type { ElementView } from "../structures/entry/element-view.js";
import { ValueType } from "../structures/entry/entry.js";

const ALWAYS = (): boolean => true;

function server(): CommandHarness {
  return new CommandHarness(hashCommands, genericCommands);
}

/** Every block of the arena has its owner, and the indexes are whole. */
function verify({ arena, keyspace, context }: CommandHarness): void {
  assert.deepEqual(arena.verify(keyspace.liveBlocks()), []);
  if (context.db.keys.root !== 0) assert.deepEqual(keyspace.dict.verify(context.db.keys.root), []);
}

function payloadLength({ context, keyspace }: CommandHarness, key: string): number {
  const argv = Argv.from([key]);
  context.db.edit(argv, 0, context.db.peek(argv, 0), keyspace.slot);
  return keyspace.slot.length;
}

function fill(h: CommandHarness, key: string, count: number): void {
  for (let i = 0; i < count; i += 500) {
    const fields = Array.from({ length: Math.min(500, count - i) }, (_, k) => [`f${i + k}`, `v${i + k}`]);
    h.call("HSET", key, ...fields.flat());
  }
}

test("a hash of five short fields takes no more than 72 bytes", () => {
  const h = server();
  h.call(
    "HSET",
    "key:0000000001xx",
    "name",
    "n0000000001",
    "age",
    "42",
    "city",
    "c999",
    "email",
    "e0000000001@x.org",
    "ok",
    "1",
  );
  assert.ok(payloadLength(h, "key:0000000001xx") <= 72);
  verify(h);
});

test("a hash becomes a hashtable with one field more than the limit, or one byte more in a field or a value", () => {
  const h = server();
  h.keyspace.limits.hashMaxListpackEntries = 3;
  h.run("HSET a 1 1 2 2 3 3");
  assert.equal(h.encoding("a"), "listpack");
  h.run("HSET a 3 4");
  assert.equal(h.encoding("a"), "listpack");
  h.run("HSET a 4 4");
  assert.equal(h.encoding("a"), "hashtable");
  h.call("HSET", "b", "x".repeat(64), "y".repeat(64));
  assert.equal(h.encoding("b"), "listpack");
  h.call("HSET", "b", "x".repeat(65), "y");
  h.call("HSET", "c", "x", "y".repeat(65));
  assert.deepEqual([h.encoding("b"), h.encoding("c")], ["hashtable", "hashtable"]);
  h.run("HDEL a 2 3 4");
  assert.equal(h.encoding("a"), "hashtable");
  verify(h);
});

test("expiries make a listpack a listpackex, and the limits still hold", () => {
  const h = server();
  h.keyspace.limits.hashMaxListpackEntries = 3;
  h.run("HSET a 1 1 2 2 3 3");
  h.run("HEXPIRE a 100 FIELDS 2 1 3");
  assert.equal(h.encoding("a"), "listpackex");
  const expireAt = h.run("HPEXPIRETIME a FIELDS 3 1 2 3");
  h.run("HSET a 4 4");
  assert.equal(h.encoding("a"), "hashtable");
  assert.equal(h.run("HPEXPIRETIME a FIELDS 3 1 2 3"), expireAt);
  h.run("HPERSIST a FIELDS 2 1 3");
  assert.equal(h.context.db.dueCount, 0);
  verify(h);
});

test("setting a field of a big hash again allocates nothing", () => {
  const h = server();
  fill(h, "a", 2000);
  const allocate = h.arena.allocate;
  h.arena.allocate = () => assert.fail("allocated");
  assert.equal(h.run("HSET a f1999 other"), "0");
  h.arena.allocate = allocate;
  assert.equal(h.run("HGET a f1999"), "other");
  verify(h);
});

test("when memory runs out a hash stays what it was, in every encoding", () => {
  const long = "y".repeat(5000);
  for (const limit of [0, 4, 512]) {
    for (const command of [
      ["HSET", "a", "new", "x".repeat(60)],
      ["HSET", "a", "f1", long],
      ["HSETEX", "fresh", "EX", "10", "FIELDS", "2", "f", long, "g", "1"],
      ["HPEXPIRE", "a", "1000", "FIELDS", "1", "f2"],
      ["HINCRBY", "fresh", "f", "1"],
      ["COPY", "a", "b"],
      ["RENAME", "a", "b"],
    ]) {
      const h = server();
      h.keyspace.limits.hashMaxListpackEntries = limit;
      h.run("HSET a f1 1 f2 2 f3 3");
      const before = h.call("HGETALL", "a");
      const allocate = h.arena.allocate.bind(h.arena);
      for (let n = 1; ; n++) {
        let allocations = 0;
        h.arena.allocate = (size) => {
          if (++allocations === n) throw new OutOfMemory();
          return allocate(size);
        };
        try {
          h.call(...command);
          break;
        } catch (error) {
          if (!(error instanceof OutOfMemory)) throw error;
        } finally {
          h.arena.allocate = allocate;
        }
        verify(h);
        assert.equal(h.call("HGETALL", "a"), before, `${command.join(" ").slice(0, 40)} with limit ${limit}`);
      }
      verify(h);
    }
  }
});

test("removing fields and expiring them needs no memory", () => {
  const h = server();
  h.call("HSET", "a", ...Array.from({ length: 400 }, (_, i) => [`f${i}`, "x".repeat(50)]).flat());
  h.call("HPEXPIRE", "a", "10", "FIELDS", "399", ...Array.from({ length: 399 }, (_, i) => `f${i}`));
  h.advance(11);
  h.arena.allocate = () => {
    throw new OutOfMemory();
  };
  new ExpireCycle(h.keyspace).run(ALWAYS);
  assert.equal(h.run("HLEN a"), "1");
  verify(h);
});

test("the expire cycle removes fields of hashes of every size, and the hash with the last one", () => {
  for (const count of [1, 100, 500, 5000]) {
    const h = server();
    fill(h, "gone", count);
    fill(h, "left", count);
    h.run("HSET left other 1");
    for (let i = 0; i < count; i++) {
      h.run(`HPEXPIRE gone ${10 + (i % 90)} FIELDS 1 f${i}`);
      h.run(`HPEXPIRE left ${10 + (i % 90)} FIELDS 1 f${i}`);
    }
    assert.equal(h.context.db.volatileCount, 0);
    assert.equal(h.context.db.dueCount, 2);
    h.takeEvents();
    const cycle = new ExpireCycle(h.keyspace);
    // What is left lying for a sweep that pays is gone after a second more.
    for (let ms = 0; ms < 2400; ms += 100) {
      h.advance(100);
      cycle.run(ALWAYS);
    }
    assert.equal(h.context.db.size, 1);
    assert.equal(h.context.db.dueCount, 0);
    assert.equal(h.run("HGETALL left"), "*2 $5 other $1 1");
    assert.equal(h.keyspace.stats.expiredFields, 2 * count);
    const events = new Set(h.takeEvents());
    assert.deepEqual([...events].sort(), ["del gone", "hexpired gone", "hexpired left"]);
    while (h.keyspace.lazyFree.freeSome(1000)) {}
    verify(h);
  }
});

test("the expire cycle gives up a big hash when time runs out, and goes on later", () => {
  const h = server();
  fill(h, "a", 20_000);
  for (let i = 0; i < 20_000; i++) h.run(`HPEXPIRE a 10 FIELDS 1 f${i}`);
  h.advance(11);
  const cycle = new ExpireCycle(h.keyspace);
  cycle.run(() => false);
  const left = Number(h.run("EXISTS a"));
  assert.equal(left, 1);
  assert.ok(h.keyspace.stats.expiredFields > 0 && h.keyspace.stats.expiredFields < 2000);
  for (let i = 0; i < 200 && h.context.db.size > 0; i++) {
    h.advance(10);
    cycle.run(() => false);
  }
  assert.equal(h.context.db.size, 0);
  while (h.keyspace.lazyFree.freeSome(1000)) {}
  verify(h);
});

test("a key with fields that expire is not a key that expires", () => {
  const h = server();
  h.run("HSETEX a EX 10 FIELDS 1 f 1");
  assert.equal(h.context.db.volatileCount, 0);
  h.run("EXPIRE a 100");
  assert.equal(h.context.db.volatileCount, 1);
  h.run("COPY a b");
  h.run("PERSIST a");
  assert.equal(h.context.db.volatileCount, 1);
  h.run("RENAME a b");
  assert.deepEqual([h.context.db.volatileCount, h.context.db.dueCount], [0, 1]);
  h.run("COPY b c");
  h.run("DEL b");
  assert.deepEqual([h.context.db.volatileCount, h.context.db.dueCount], [0, 1]);
  h.advance(10_001);
  new ExpireCycle(h.keyspace).run(ALWAYS);
  assert.equal(h.context.db.size, 0);
  verify(h);
});

test("a scan returns every field that is there all the time, while others come and go", () => {
  const h = server();
  fill(h, "a", 3000);
  const seen = new Set<string>();
  let cursor = "0";
  let round = 0;
  do {
    const reply = h.call("HSCAN", "a", cursor, "COUNT", "20", "NOVALUES").split("\r\n");
    cursor = reply[2]!;
    for (const word of reply.slice(4)) if (word.startsWith("f")) seen.add(word);
    for (let i = 0; i < 15; i++, round++) {
      h.run(`HSET a new${round} 1`);
      h.run(`HDEL a f${1000 + (round % 2000)}`);
    }
  } while (cursor !== "0");
  for (let i = 0; i < 1000; i++) assert.ok(seen.has(`f${i}`), `f${i}`);
});

test("random fields are fair", () => {
  for (const count of [50, 1000]) {
    const { db, keyspace } = new KeySpaceFixture();
    const { hashes } = keyspace.types;
    const argv = Argv.from(["a", ...Array.from({ length: count }, (_, i) => [`f${i}`, "1"]).flat()]);
    const encoding = hashes.encodingFor(argv, 1);
    db.begin(argv, 0, ValueType.HASH, encoding, hashes.sizeFor(encoding, argv, 1), keyspace.slot);
    assert.equal(hashes.fill(keyspace.slot, argv, 1), count);
    db.place(keyspace.slot);
    const visits = new Map<string, number>();
    const visit = (field: ElementView): void => {
      visits.set(field.latin1(), (visits.get(field.latin1()) ?? 0) + 1);
    };
    const judge = (what: string, perField: number): void => {
      let chiSquare = 0;
      for (let i = 0; i < count; i++) chiSquare += ((visits.get(`f${i}`) ?? 0) - perField) ** 2 / perField;
      assert.ok(chiSquare < count + 6 * Math.sqrt(2 * count), `${what} of ${count}: ${chiSquare}`);
      visits.clear();
    };
    hashes.sample(keyspace.slot, count * 100, visit);
    judge("sample", 100);
    for (let i = 0; i < 1000; i++) hashes.sampleDistinct(keyspace.slot, count / 10, visit);
    judge("few different", 100);
    for (let i = 0; i < 200; i++) hashes.sampleDistinct(keyspace.slot, count / 2, visit);
    judge("many different", 100);
  }
});
