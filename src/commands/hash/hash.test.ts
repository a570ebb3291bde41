import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { Expiry } from "../../keyspace/expiry.js";
import { genericCommands } from "../generic/index.js";
import { stringCommands } from "../string/index.js";
import { hashCommands } from "./index.js";

/** Runs a test on a small hash, and on one that is a hashtable from its first field on. */
function inEncodings(name: string, run: (server: CommandHarness) => void): void {
  for (const limit of [512, 0]) {
    test(`${name} (${limit === 0 ? "hashtable" : "listpack"})`, () => {
      const server = new CommandHarness(hashCommands, stringCommands, genericCommands);
      server.keyspace.limits.hashMaxListpackEntries = limit;
      run(server);
      const { arena, keyspace, context } = server;
      assert.deepEqual(arena.verify(keyspace.liveBlocks()), []);
      if (context.db.keys.root !== 0) assert.deepEqual(keyspace.dict.verify(context.db.keys.root), []);
    });
  }
}

inEncodings("fields are set, read and deleted, with one event for each command", (h) => {
  assert.equal(h.run("HSET h a 1 b two a 3"), "2");
  assert.equal(h.run("HMSET h c ''"), "OK");
  assert.equal(h.run("HSETNX h a 9"), "0");
  assert.equal(h.run("HSETNX h d 4"), "1");
  assert.equal(h.run("HGET h a"), "3");
  assert.equal(h.call("HMGET", "h", "b", "c", "x"), "*3\r\n$3\r\ntwo\r\n$0\r\n\r\n$-1\r\n");
  assert.equal(h.run("HSTRLEN h b"), "3");
  assert.equal(h.run("HEXISTS h c"), "1");
  assert.equal(h.run("HLEN h"), "4");
  assert.deepEqual(h.takeEvents(), ["new h", "hset h", "hset h", "hset h"]);
  assert.equal(h.run("HDEL h a a x b"), "2");
  assert.equal(h.run("HDEL h c d"), "2");
  assert.deepEqual(h.takeEvents(), ["hdel h", "hdel h", "del h"]);
  assert.equal(h.run("EXISTS h"), "0");
});

inEncodings("numbers are added in 64 bits and in extended precision", (h) => {
  assert.equal(h.run("HINCRBY h n 9223372036854775806"), "9223372036854775806");
  assert.equal(h.run("HINCRBY h n 1"), "9223372036854775807");
  assert.equal(h.run("HINCRBY h n 1"), "ERR increment or decrement would overflow");
  assert.equal(h.run("HINCRBYFLOAT h f 10.5"), "10.5");
  assert.equal(h.run("HINCRBYFLOAT h f 0.1"), "10.6");
  assert.equal(h.run("HINCRBY h f 1"), "ERR hash value is not an integer");
  h.run("HSET h t text");
  assert.equal(h.run("HINCRBYFLOAT h t 1"), "ERR hash value is not a float");
  assert.equal(h.run("HINCRBYFLOAT h n inf"), "ERR value is NaN or Infinity");
  assert.deepEqual(h.takeEvents(), ["new h", "hincrby h", "hincrby h", "hincrbyfloat h", "hincrbyfloat h", "hset h"]);
});

inEncodings("HEXPIRE answers -2, 0, 1 or 2 for each field", (h) => {
  h.run("HSET h a 1 b 2 c 3");
  h.takeEvents();
  assert.equal(h.run("HEXPIRE h 100 FIELDS 2 a none"), "*2 :1 :-2");
  assert.equal(h.run("HEXPIRE h 200 NX FIELDS 2 a b"), "*2 :0 :1");
  assert.equal(h.run("HEXPIRE h 50 GT FIELDS 3 a b c"), "*3 :0 :0 :0");
  assert.equal(h.run("HEXPIRE h 150 LT FIELDS 3 a b c"), "*3 :0 :1 :1");
  assert.equal(h.run("HEXPIRE h 300 XX FIELDS 1 a"), "*1 :1");
  assert.equal(h.run("HTTL h FIELDS 4 a b c d"), "*4 :300 :150 :150 :-2");
  assert.deepEqual(h.takeEvents(), ["hexpire h", "hexpire h", "hexpire h", "hexpire h"]);
  assert.equal(h.run("HPEXPIREAT h 1 FIELDS 2 a a"), "*2 :2 :-2");
  assert.equal(h.run("HEXPIRE h 0 FIELDS 2 b c"), "*2 :2 :2");
  assert.deepEqual(h.takeEvents(), ["hdel h", "hdel h", "del h"]);
  assert.equal(h.run("HEXPIRE h 10 FIELDS 2 b c"), "*2 :-2 :-2");
});

inEncodings("times are told in seconds or milliseconds, from now on or since 1970", (h) => {
  h.run("HSET h a 1 b 2");
  h.run("HPEXPIRE h 1500 FIELDS 1 a");
  assert.equal(h.run("HPTTL h FIELDS 2 a b"), "*2 :1500 :-1");
  assert.equal(h.run("HTTL h FIELDS 1 a"), "*1 :2");
  assert.equal(h.run("HPEXPIRETIME h FIELDS 1 a"), `*1 :${h.nowMs + 1500}`);
  assert.equal(h.run("HEXPIRETIME h FIELDS 1 a"), `*1 :${Math.ceil((h.nowMs + 1500) / 1000)}`);
  assert.equal(h.run("HPERSIST h FIELDS 3 a b c"), "*3 :1 :-1 :-2");
  assert.equal(h.run("HPTTL h FIELDS 1 a"), "*1 :-1");
  assert.equal(h.run("HTTL none FIELDS 1 a"), "*1 :-2");
});

inEncodings("a field that has expired is not there for any command", (h) => {
  h.run("HSET h a 1 b 2");
  h.run("HPEXPIRE h 10 FIELDS 1 a");
  h.keyspace.setExpiry(Expiry.HIDDEN);
  h.advance(11);
  assert.equal(h.call("HGET", "h", "a"), "$-1\r\n");
  assert.equal(h.call("HGETALL", "h"), "*2\r\n$1\r\nb\r\n$1\r\n2\r\n");
  assert.equal(h.call("HSCAN", "h", "0"), "*2\r\n$1\r\n0\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n");
  assert.equal(h.run("HEXISTS h a"), "0");
  assert.equal(h.run("HDEL h a"), "0");
  assert.equal(h.run("HTTL h FIELDS 1 a"), "*1 :-2");
  assert.equal(h.run("HRANDFIELD h"), "b");
  h.takeEvents();
  h.keyspace.setExpiry(Expiry.REMOVED);
  assert.equal(h.run("HLEN h"), "1");
  assert.deepEqual(h.takeEvents(), ["hexpired h"]);
  h.run("HPEXPIRE h 10 FIELDS 1 b");
  h.advance(11);
  assert.equal(h.run("HINCRBY h b 5"), "5");
  assert.deepEqual(h.takeEvents(), ["hexpire h", "hexpired h", "del h", "new h", "hincrby h"]);
});

inEncodings("setting a field takes its expiry, adding to it does not", (h) => {
  h.run("HSETEX h EX 10 FIELDS 2 a 1 b 2");
  h.run("HSET h a 2");
  h.run("HINCRBY h b 1");
  assert.equal(h.run("HTTL h FIELDS 2 a b"), "*2 :-1 :10");
  h.run("HINCRBYFLOAT h b 0.5");
  assert.equal(h.run("HTTL h FIELDS 1 b"), "*1 :10");
  assert.equal(h.run("HSETEX h KEEPTTL FIELDS 2 a 3 b 4"), "1");
  assert.equal(h.run("HTTL h FIELDS 2 a b"), "*2 :-1 :10");
});

inEncodings("HSETEX sets all fields or none", (h) => {
  assert.equal(h.run("HSETEX h FXX FIELDS 1 a 1"), "0");
  assert.equal(h.run("EXISTS h"), "0");
  h.takeEvents();
  assert.equal(h.run("HSETEX h FNX PX 500 FIELDS 2 a 1 b 2"), "1");
  assert.deepEqual(h.takeEvents(), ["new h", "hset h", "hexpire h"]);
  assert.equal(h.run("HSETEX h FNX FIELDS 2 b 3 c 4"), "0");
  assert.equal(h.run("HSETEX h FXX FIELDS 2 b 3 c 4"), "0");
  assert.equal(h.run("HSETEX h FXX FIELDS 2 a 5 b 6"), "1");
  assert.equal(h.call("HMGET", "h", "a", "b", "c"), "*3\r\n$1\r\n5\r\n$1\r\n6\r\n$-1\r\n");
  assert.equal(h.run("HPTTL h FIELDS 2 a b"), "*2 :-1 :-1");
  assert.equal(h.run("HSETEX h PXAT 1 FIELDS 2 a 1 b 2"), "1");
  assert.equal(h.run("EXISTS h"), "0");
});

inEncodings("HGETDEL and HGETEX answer values, and remove fields or change their expiry", (h) => {
  h.run("HSET h a 1 b 2 c 3");
  h.takeEvents();
  assert.equal(h.call("HGETEX", "h", "EX", "10", "FIELDS", "2", "a", "x"), "*2\r\n$1\r\n1\r\n$-1\r\n");
  assert.equal(h.call("HGETEX", "h", "FIELDS", "1", "b"), "*1\r\n$1\r\n2\r\n");
  assert.equal(h.run("HTTL h FIELDS 2 a b"), "*2 :10 :-1");
  assert.equal(h.call("HGETEX", "h", "PERSIST", "FIELDS", "2", "a", "b"), "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  assert.equal(h.call("HGETEX", "h", "PXAT", "1", "FIELDS", "1", "c"), "*1\r\n$1\r\n3\r\n");
  assert.equal(h.call("HGETDEL", "h", "FIELDS", "2", "b", "c"), "*2\r\n$1\r\n2\r\n$-1\r\n");
  assert.equal(h.call("HGETDEL", "h", "FIELDS", "1", "a"), "*1\r\n$1\r\n1\r\n");
  assert.deepEqual(h.takeEvents(), ["hexpire h", "hpersist h", "hdel h", "hdel h", "hdel h", "del h"]);
  assert.equal(h.call("HGETDEL", "h", "FIELDS", "1", "a"), "*1\r\n$-1\r\n");
});

test("fields, times and conditions that make no sense are refused as Redis does", () => {
  const h = new CommandHarness(hashCommands, stringCommands);
  h.run("HSET h a 1");
  h.run("SET s 1");
  const missing = "ERR Mandatory argument FIELDS is missing or not at the right position";
  const mismatch = "ERR The `numfields` parameter must match the number of arguments";
  for (const [line, error] of [
    ["HEXPIRE h x FIELDS 1 a", "ERR value is not an integer or out of range"],
    ["HEXPIRE h -1 FIELDS 1 a", "ERR invalid expire time, must be >= 0"],
    ["HPEXPIRE h 70368744177664 FIELDS 1 a", "ERR invalid expire time in 'hpexpire' command"],
    ["HEXPIRE h 1 FIELDS 0 a", "ERR Parameter `numFields` should be greater than 0"],
    ["HEXPIRE h 1 FIELDS 2 a", mismatch],
    ["HEXPIRE h 1 YY FIELDS 1 a", missing],
    ["HTTL h FIELDS 0 a", "ERR Number of fields must be a positive integer"],
    ["HTTL h FIELDS 1 a b", mismatch],
    ["HPERSIST h FIELD 1 a", missing],
    ["HGETDEL h FIELDS x a", "ERR Number of fields must be a positive integer"],
    ["HGETEX h EX 1 PX 1 FIELDS 1 a", "ERR Only one of EX, PX, EXAT, PXAT or PERSIST arguments can be specified"],
    ["HGETEX h PERSIST 1 FIELDS 1 a", missing],
    ["HSETEX h NX FIELDS 1 a 1", "ERR unknown argument: NX"],
    ["HSETEX h FNX FXX FIELDS 1 a 1", "ERR Only one of FXX or FNX arguments can be specified"],
    ["HSETEX h EX 1 KEEPTTL FIELDS 1 a 1", "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified"],
    ["HSETEX h EX 1 EX 1 a 1", "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified"],
    ["HSETEX h FIELDS 0 a 1", "ERR invalid number of fields"],
    ["HSETEX h FIELDS 2 a 1", "ERR wrong number of arguments"],
    ["HEXPIRE s 1 FIELDS 1 a", "WRONGTYPE Operation against a key holding the wrong kind of value"],
  ] as const) {
    assert.equal(h.run(line), error, line);
  }
  assert.equal(h.run("HGET h a"), "1");
});

test("HRANDFIELD finds what is left of a big hash when nearly all of its fields have expired", () => {
  const h = new CommandHarness(hashCommands, genericCommands);
  const fields = Array.from({ length: 20_000 }, (_, i) => `f:${i}`);
  h.call("HSET", "h", ...fields.flatMap((field) => [field, field]));
  const stay = fields.filter((_, i) => i % 2000 === 77);
  const go = fields.filter((field) => !stay.includes(field));
  h.call("HPEXPIRE", "h", "10", "FIELDS", `${go.length}`, ...go);
  h.advance(1000);
  const of = (reply: string): string[] => reply.split("\r\n").filter((line) => line.startsWith("f:"));
  const met = new Set<string>();
  for (let i = 0; i < 100; i++) met.add(h.run("HRANDFIELD h"));
  assert.deepEqual([...met].sort(), [...stay].sort());
  for (const count of [3, 10, 2000, 12_000]) {
    const found = of(h.call("HRANDFIELD", "h", `${count}`));
    assert.equal(found.length, Math.min(count, stay.length), `${count} wanted`);
    assert.equal(new Set(found).size, found.length);
    assert.ok(found.every((field) => stay.includes(field)));
  }
  const repeated = of(h.call("HRANDFIELD", "h", "-500"));
  assert.equal(repeated.length, 500);
  assert.deepEqual([...new Set(repeated)].sort(), [...stay].sort());
  assert.ok(Number(h.run("HLEN h")) > 1000, "the others are still there");
});

test("HRANDFIELD of a big hash of which half has expired gives as many as it has", () => {
  const h = new CommandHarness(hashCommands, genericCommands);
  const fields = Array.from({ length: 2000 }, (_, i) => `f:${i}`);
  h.call("HSET", "h", ...fields.flatMap((field) => [field, field]));
  const go = fields.slice(0, 1000);
  h.call("HPEXPIRE", "h", "10", "FIELDS", "1000", ...go);
  h.advance(1000);
  for (const count of [1, 50, 100, 300, 999, 1000, 1500]) {
    const found = h
      .call("HRANDFIELD", "h", `${count}`)
      .split("\r\n")
      .filter((line) => line.startsWith("f:"));
    assert.equal(new Set(found).size, Math.min(count, 1000), `${count} wanted`);
    assert.ok(found.every((field) => Number(field.slice(2)) >= 1000));
  }
});
