import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyspaceServer } from "./keyspace-server.js";

function serverWith(...keys: string[]): KeyspaceServer {
  const server = new KeyspaceServer();
  for (const key of keys) server.put(key);
  server.events = [];
  return server;
}

test("DEL and UNLINK report each key they removed, and count only those", () => {
  for (const name of ["DEL", "UNLINK"]) {
    const server = serverWith("a", "b");
    assert.deepEqual(server.effects(`${name} a x b a`), { events: ["del 0 a", "del 0 b"], dirty: 2 });
    assert.deepEqual(server.touched, ["0 a", "0 b"]);
    assert.equal(server.call("EXISTS a b"), 0);
  }
});

test("DEL of an expired key answers 0 and reports the expiry", () => {
  const server = new KeyspaceServer();
  server.put("a", "1", server.context.nowMs + 5);
  server.advance(6);
  assert.deepEqual(server.effects("DEL a"), { events: ["expired 0 a"], dirty: 0 });
});

test("EXISTS counts a key as often as it is given, and misses are events", () => {
  const server = serverWith("a");
  assert.equal(server.call("EXISTS a a b"), 2);
  assert.deepEqual(server.events, ["keymiss 0 b"]);
  assert.deepEqual([server.keyspace.stats.hits, server.keyspace.stats.misses], [2, 1]);
});

test("EXISTS, TYPE and TTL leave the access time alone, TOUCH does not", () => {
  const server = serverWith("a");
  server.advance(10_000);
  for (const line of ["EXISTS a", "TYPE a", "TTL a", "OBJECT ENCODING a"]) server.call(line);
  assert.equal(server.call("OBJECT IDLETIME a"), 10);
  server.keyspace.touchOnAccess = false;
  assert.equal(server.call("TOUCH a x"), 1);
  assert.equal(server.keyspace.touchOnAccess, false);
  assert.equal(server.call("OBJECT IDLETIME a"), 0);
});

test("KEYS lists what matches and has not expired", () => {
  const server = serverWith("user:1", "user:2", "other");
  server.put("user:3", "", server.context.nowMs + 1);
  server.advance(2);
  assert.deepEqual((server.call("KEYS user:*") as string[]).sort(), ["user:1", "user:2"]);
  assert.deepEqual((server.call("KEYS *") as string[]).sort(), ["other", "user:1", "user:2"]);
  assert.deepEqual(server.call("KEYS nothing"), []);
  assert.equal(server.context.db.size, 4);
});

test("SCAN returns every key once the cursor is back at 0, about COUNT at a time", () => {
  const server = new KeyspaceServer();
  for (let i = 0; i < 5000; i++) server.put(`key:${i}`);
  const seen = new Set<string>();
  let cursor = "0";
  let calls = 0;
  do {
    const [next, keys] = server.call(`SCAN ${cursor} COUNT 100`) as [string, string[]];
    assert.ok(keys.length < 130, `${keys.length} keys`);
    for (const key of keys) seen.add(key);
    cursor = next;
    calls++;
  } while (cursor !== "0");
  assert.equal(seen.size, 5000);
  assert.ok(calls >= 40 && calls <= 60, `${calls} calls`);
});

test("SCAN removes the expired keys it finds and leaves them out", () => {
  const server = serverWith("a");
  server.put("b", "", server.context.nowMs + 1);
  server.advance(2);
  assert.deepEqual(server.call("SCAN 0 COUNT 100"), ["0", ["a"]]);
  assert.equal(server.context.db.size, 1);
  assert.equal(server.keyspace.stats.expiredKeys, 1);
});

test("SCAN filters by pattern and type; an unknown type matches nothing", () => {
  const server = serverWith("a", "b");
  assert.deepEqual(server.call("SCAN 0 MATCH a COUNT 99 TYPE STRING"), ["0", ["a"]]);
  assert.deepEqual(server.call("SCAN 0 COUNT 99 TYPE hash"), ["0", []]);
  assert.deepEqual(server.call("SCAN 0 COUNT 99 TYPE nonsense"), ["0", []]);
});

test("SCAN takes any unsigned 64-bit cursor and refuses other texts first of all", () => {
  const server = serverWith("a");
  for (const cursor of ["18446744073709551615", "-1", "+0", "007"]) {
    assert.match(server.bytes("SCAN", cursor), /^\*2\r\n/, cursor);
  }
  assert.match(server.bytes("SCAN", ""), /^\*2\r\n/);
  for (const cursor of ["18446744073709551616", "x", " 1", "1 ", "0x1", "-"]) {
    assert.equal(server.bytes("SCAN", cursor, "COUNT", "x"), "-ERR invalid cursor\r\n", cursor);
  }
});

test("SCAN reads COUNT as Redis does", () => {
  const server = serverWith("a");
  assert.equal(server.call("SCAN 0 COUNT 0"), "ERR syntax error");
  assert.equal(server.call("SCAN 0 COUNT x"), "ERR value is not an integer or out of range");
  assert.equal(server.call("SCAN 0 COUNT"), "ERR syntax error");
  assert.equal(server.call("SCAN 0 NOVALUES 1"), "ERR syntax error");
});

test("RANDOMKEY names a key, or null", () => {
  assert.equal(new KeyspaceServer().call("RANDOMKEY"), null);
  assert.equal(serverWith("only").call("RANDOMKEY"), "only");
});

test("RENAME moves value and expiry, and reports both names with one change", () => {
  const server = new KeyspaceServer();
  server.put("a", "1", server.context.nowMs + 5000);
  server.put("b", "2");
  assert.deepEqual(server.effects("RENAME a b"), { events: ["new 0 b", "rename_from 0 a", "rename_to 0 b"], dirty: 1 });
  assert.deepEqual(server.touched, ["0 a", "0 b"]);
  assert.equal(server.call("PTTL b"), 5000);
  assert.equal(server.call("EXISTS a"), 0);
});

test("RENAME to the same name changes nothing, but needs the key", () => {
  const server = serverWith("a");
  assert.deepEqual(server.effects("RENAME a a"), { events: [], dirty: 0 });
  assert.equal(server.call("RENAME a a"), "OK");
  assert.equal(server.call("RENAMENX a a"), 0);
  assert.equal(server.call("RENAME x x"), "ERR no such key");
  assert.equal(server.call("RENAMENX x a"), "ERR no such key");
});

test("RENAMENX leaves an existing target alone", () => {
  const server = serverWith("a", "b");
  assert.equal(server.call("RENAMENX a b"), 0);
  assert.equal(server.call("RENAMENX a c"), 1);
  assert.equal(server.call("EXISTS b c"), 2);
});

test("MOVE reports in both databases", () => {
  const server = serverWith("a");
  assert.deepEqual(server.effects("MOVE a 3"), { events: ["new 3 a", "move_from 0 a", "move_to 3 a"], dirty: 1 });
  assert.deepEqual(server.touched, ["0 a", "3 a"]);
  assert.equal(server.call("MOVE a 3"), 0);
  server.put("a");
  assert.equal(server.call("MOVE a 3"), 0);
});

test("MOVE checks the database before the key", () => {
  const server = new KeyspaceServer();
  assert.equal(server.call("MOVE x y"), "ERR value is not an integer or out of range");
  assert.equal(server.call("MOVE x 16"), "ERR DB index is out of range");
  assert.equal(server.call("MOVE x 0"), "ERR source and destination objects are the same");
  assert.match(String(server.call("MOVE x 99999999999")), /^ERR value is out of range, value must between -2147483648/);
});

test("COPY copies the expiry, and replaces only when told", () => {
  const server = new KeyspaceServer();
  server.put("a", "1", server.context.nowMs + 5000);
  server.put("b", "2");
  assert.equal(server.call("COPY a b"), 0);
  assert.deepEqual(server.effects("COPY a b REPLACE"), { events: ["new 0 b", "copy_to 0 b"], dirty: 1 });
  assert.equal(server.call("PTTL b"), 5000);
  assert.equal(server.call("COPY a a DB 2"), 1);
  assert.equal(server.call("COPY a a"), "ERR source and destination objects are the same");
  assert.equal(server.call("COPY a b DB"), "ERR syntax error");
  assert.equal(server.call("COPY a b DB 99"), "ERR DB index is out of range");
  assert.equal(server.call("COPY x y"), 0);
});

test("OBJECT tells the encoding, idle time and frequency", () => {
  const server = serverWith("a");
  server.put("n", "12");
  assert.equal(server.call("OBJECT ENCODING n"), "int");
  assert.equal(server.call("OBJECT ENCODING a"), "embstr");
  assert.equal(server.call("OBJECT REFCOUNT a"), 1);
  assert.equal(server.call("OBJECT REFCOUNT n"), 2147483647);
  for (const [number, count] of [
    ["0", 2147483647],
    ["9999", 2147483647],
    ["10000", 1],
    ["-1", 1],
  ] as const) {
    server.put("n", number);
    assert.equal(server.call("OBJECT REFCOUNT n"), count, number);
  }
  assert.equal(server.call("OBJECT ENCODING x"), null);
  assert.match(String(server.call("OBJECT FREQ a")), /^ERR An LFU maxmemory policy is not selected, access frequency/);
  server.keyspace.isLfu = true;
  assert.match(String(server.call("OBJECT IDLETIME a")), /^ERR An LFU maxmemory policy is selected, idle time not/);
  server.put("fresh");
  assert.equal(server.call("OBJECT FREQ fresh"), 5);
});

test("EXPIRE and its relatives agree on the time", () => {
  const server = serverWith("a");
  const now = server.context.nowMs;
  for (const line of [
    "EXPIRE a 10",
    "PEXPIRE a 10000",
    `EXPIREAT a ${now / 1000 + 10}`,
    `PEXPIREAT a ${now + 10_000}`,
  ]) {
    assert.deepEqual(server.effects(line), { events: ["expire 0 a"], dirty: 1 }, line);
    assert.equal(server.call("TTL a"), 10);
    assert.equal(server.call("PTTL a"), 10_000);
    assert.equal(server.call("EXPIRETIME a"), now / 1000 + 10);
    assert.equal(server.call("PEXPIRETIME a"), now + 10_000);
    assert.deepEqual(server.effects("PERSIST a"), { events: ["persist 0 a"], dirty: 1 });
    assert.equal(server.call("PERSIST a"), 0);
  }
  assert.equal(server.call("EXPIRE x 10"), 0);
  assert.equal(server.call("TTL a"), -1);
  assert.equal(server.call("TTL x"), -2);
});

test("EXPIRE to a time that has passed deletes the key", () => {
  for (const line of ["EXPIRE a 0", "PEXPIRE a -1", "EXPIREAT a 1", "EXPIRE a -9007199254740993"]) {
    const server = serverWith("a");
    assert.deepEqual(server.effects(line), { events: ["del 0 a"], dirty: 1 }, line);
    assert.equal(server.call("EXISTS a"), 0);
  }
});

test("EXPIRE keeps to NX, XX, GT and LT", () => {
  const server = serverWith("a");
  const steps: [string, number][] = [
    ["XX", 0],
    ["GT", 0],
    ["NX", 1],
    ["NX", 0],
    ["GT", 0],
    ["LT", 0],
    ["XX", 1],
  ];
  for (const [option, expected] of steps) assert.equal(server.call(`EXPIRE a 100 ${option}`), expected, option);
  assert.equal(server.call("EXPIRE a 101 GT"), 1);
  assert.equal(server.call("EXPIRE a 50 xx lt"), 1);
  server.call("PERSIST a");
  assert.equal(server.call("EXPIRE a 50 LT"), 1);
});

test("EXPIRE finds errors in this order: options, their combination, the number, its range, the key", () => {
  const server = serverWith("a");
  assert.equal(server.call("EXPIRE x y AB NX XX"), "ERR Unsupported option AB");
  const both = "ERR NX and XX, GT or LT options at the same time are not compatible";
  assert.equal(server.call("EXPIRE x y NX GT LT"), both);
  assert.equal(server.call("EXPIRE x y GT LT"), "ERR GT and LT options at the same time are not compatible");
  assert.equal(server.call("EXPIRE x 1.5"), "ERR value is not an integer or out of range");
  for (const [name, time] of [
    ["expire", "9223372036854776"],
    ["expire", "-9223372036854776"],
    ["expireat", "9223372036854776"],
    ["pexpire", "9223372036854775807"],
  ]) {
    assert.equal(server.call(`${name} a ${time}`), `ERR invalid expire time in '${name}' command`);
  }
  assert.equal(server.call("PEXPIREAT a 9223372036854775807"), 1);
  assert.equal(server.call("PEXPIRETIME a"), 9223372036854775807n);
});
