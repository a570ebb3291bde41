/** DEBUG about values: their digests, which must be those of redis-server, and how they are kept. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KeyspaceServer } from "./keyspace-server.js";

/** Commands that make a value of each type, and what redis-server 7.0.15 gives as its digest. */
const VALUES: Readonly<Record<string, { make: readonly string[]; digest: string }>> = {
  list: { make: ["RPUSH list a bb 12345"], digest: "f06144a8f060f7e53b16305f621d31b4ea25e3e8" },
  iset: { make: ["SADD iset 1 2 3"], digest: "2a462a3f51a1db89738ebbeef0c47ce1bbc85246" },
  set: { make: ["SADD set a b c"], digest: "593c2414786d75446e97f4ea5d4b731f3313da72" },
  hash: { make: ["HSET hash f v g w"], digest: "d127864ed50239662bf61bafc9bda63c17da5b37" },
  zset: { make: ["ZADD zset 1 a 2.5 b inf c -inf d 0 e"], digest: "241619c084f19cb6e9cd149949f39f430270c88d" },
  stream: {
    make: ["XADD stream 1-1 f v g w", "XADD stream 2-0 h x"],
    digest: "6a3e41fbf4f346d91ca64282a6605e591c32d432",
  },
  str: { make: ["SET str hello PX 100000000"], digest: "d037c4eb8a8b36b602fbced4000daeab0714c1e3" },
};
const DIGEST_OF_ALL = "d13e3b85a2da4a14b8d5fe78fc6d8c7297a4e189";

/** A server of which every collection is in its small or in its big encoding. */
function serverWith(entries: number): KeyspaceServer {
  const server = new KeyspaceServer();
  const { limits } = server.keyspace;
  limits.hashMaxListpackEntries = entries;
  limits.setMaxIntsetEntries = entries;
  limits.setMaxListpackEntries = entries;
  limits.zsetMaxListpackEntries = entries;
  limits.listMaxListpackSize = Math.max(1, entries);
  for (const { make } of Object.values(VALUES)) for (const line of make) server.call(line);
  return server;
}

/** The digests of some keys' values. */
function digests(server: KeyspaceServer, ...keys: string[]): string[] {
  return server.bytes("DEBUG", "DIGEST-VALUE", ...keys).match(/[0-9a-f]{40}/g)!;
}

describe("DEBUG DIGEST and DIGEST-VALUE are redis-server's", () => {
  for (const [name, entries] of [
    ["small", 128],
    ["big", 0],
  ] as const) {
    test(`of collections in their ${name} encodings`, () => {
      const server = serverWith(entries);
      for (const [key, { digest }] of Object.entries(VALUES)) assert.deepEqual(digests(server, key), [digest], key);
      assert.equal(server.call("DEBUG DIGEST"), DIGEST_OF_ALL);
    });
  }

  test("and differ when a field expires, a database is another, or an element is moved", () => {
    const server = serverWith(128);
    const before = digests(server, "hash", "list");
    server.call("HEXPIRE hash 100 FIELDS 1 f");
    server.call("LMOVE list list LEFT RIGHT");
    const changed = digests(server, "hash", "list");
    assert.notEqual(changed[0], before[0]);
    assert.notEqual(changed[1], before[1]);
    server.call("HPERSIST hash FIELDS 1 f");
    server.call("LMOVE list list RIGHT LEFT");
    assert.deepEqual(digests(server, "hash", "list"), before);
    server.call("MOVE str 9");
    assert.notEqual(server.call("DEBUG DIGEST"), DIGEST_OF_ALL);
  });
});

test("DEBUG OBJECT tells how long a string is in an RDB file that is not compressed", () => {
  const server = new KeyspaceServer();
  const lengths: readonly [value: string, length: number][] = [
    ["127", 2],
    ["128", 3],
    ["-128", 2],
    ["-129", 3],
    ["32767", 3],
    ["32768", 5],
    ["-32768", 3],
    ["-32769", 5],
    ["2147483647", 5],
    ["2147483648", 11],
    ["-2147483648", 5],
    ["-2147483649", 12],
    ["12345678901", 12],
    ["123456789012", 13],
    ["", 1],
    ["abc", 4],
    ["01", 3],
    ["x".repeat(63), 64],
    ["x".repeat(64), 66],
    ["x".repeat(16383), 16385],
    ["x".repeat(16384), 16389],
  ];
  for (const [value, length] of lengths) {
    server.put("key", value);
    assert.match(
      String(server.call("DEBUG OBJECT key")),
      new RegExp(` serializedlength:${length} `),
      value.slice(0, 20),
    );
  }
});

test("DEBUG OBJECT tells since when a value is idle, and of a quicklist its runs and settings", () => {
  const server = serverWith(0);
  server.advance(5000);
  const clock = (server.context.nowMs / 1000 - 5) % 2 ** 24;
  assert.match(String(server.call("DEBUG OBJECT str")), new RegExp(` lru:${clock} lru_seconds_idle:5$`));
  server.settings["list-max-listpack-size"] = "-2";
  server.bytes("RPUSH", "list", ...Array.from({ length: 997 }, () => "x".repeat(100)));
  const told = String(server.call("DEBUG OBJECT list fast"));
  const [, runs, average] = / lru_seconds_idle:0 ql_nodes:(\d+) ql_avg_node:(\S+) /.exec(told)!;
  assert.ok(Number(runs) > 5);
  assert.equal(average, (1000 / Number(runs)).toFixed(2));
  const rest = (isCompressed: number) =>
    ` ql_listpack_max:-2 ql_compressed:${isCompressed} ql_uncompressed_size:${server.call("MEMORY USAGE list")}`;
  assert.ok(told.endsWith(rest(0)), told);
  server.settings["list-compress-depth"] = "1";
  assert.ok(String(server.call("DEBUG OBJECT list")).endsWith(rest(1)));
});

test("DEBUG SDSLEN is for strings that are not kept as numbers", () => {
  const server = serverWith(128);
  assert.equal(
    server.call("DEBUG SDSLEN str"),
    "key_sds_len:3, key_sds_avail:0, key_zmalloc: 3, val_sds_len:5, val_sds_avail:0, " +
      `val_zmalloc: ${server.call("MEMORY USAGE str")}`,
  );
  server.put("number", "12");
  for (const key of ["number", "list"])
    assert.equal(server.call(`DEBUG SDSLEN ${key}`), "ERR Not an sds encoded string.");
  assert.equal(server.call("DEBUG SDSLEN none"), "ERR no such key");
});

test("DEBUG LISTPACK and QUICKLIST are for what is kept so", () => {
  const [small, big] = [serverWith(128), serverWith(0)];
  small.call("HEXPIRE hash 100 FIELDS 1 f");
  for (const key of ["hash", "zset", "set", "list"])
    assert.equal(small.call(`DEBUG LISTPACK ${key}`), "Listpack structure printed on stdout", key);
  for (const [server, key] of [
    [small, "iset"],
    [small, "str"],
    [big, "hash"],
    [big, "list"],
  ] as const)
    assert.equal(server.call(`DEBUG LISTPACK ${key}`), "ERR Not a listpack encoded object.", key);
  assert.equal(big.call("DEBUG QUICKLIST list"), "Quicklist structure printed on stdout");
  assert.equal(big.call("DEBUG QUICKLIST list 1"), "Quicklist structure printed on stdout");
  assert.equal(small.call("DEBUG QUICKLIST list"), "ERR Not a quicklist encoded object.");
  assert.equal(small.call("DEBUG QUICKLIST none"), "ERR no such key");
});

test("DEBUG HTSTATS counts a database's keys, HTSTATS-KEY a big collection's elements", () => {
  const server = serverWith(0);
  const stats = String(server.call("DEBUG HTSTATS 0"));
  assert.match(
    stats,
    /^\[Dictionary HT\]\nHash table 0 stats \(main hash table\):\n table size: (\d+)\n number of elements: 7\n volatile elements: 1\n pages: 1\n/,
  );
  const size = Number(/table size: (\d+)/.exec(stats)![1]);
  assert.ok(stats.includes(`\n load: ${(700 / size).toFixed(2)}%\n[Expires HT]\n`), stats);
  for (let i = 0; i < 2000; i++) server.put(`key:${i}`);
  const many = String(server.call("DEBUG HTSTATS 0 full"));
  const pages = Number(/ pages: (\d+)/.exec(many)![1]);
  assert.ok(pages > 1);
  assert.ok(many.includes(` table size: ${pages * size}\n number of elements: 2007\n`));
  const empty =
    "[Dictionary HT]\nHash table 0 stats (main hash table):\nNo stats available for empty dictionaries\n" +
    "[Expires HT]\nHash table 0 stats (main hash table):\nNo stats available for empty dictionaries\n";
  assert.equal(server.call("DEBUG HTSTATS 1"), empty);
  server.call("MOVE str 1");
  assert.match(String(server.call("DEBUG HTSTATS 1")), / number of elements: 1\n volatile elements: 1\n/);
  for (const index of ["-1", "16"])
    assert.equal(server.call(`DEBUG HTSTATS ${index}`), "ERR Out of range database", index);
  assert.equal(server.call("DEBUG HTSTATS x"), "ERR value is not an integer or out of range");
  for (const [key, count] of [
    ["hash", 2],
    ["set", 3],
    ["zset", 5],
  ] as const)
    assert.equal(
      server.call(`DEBUG HTSTATS-KEY ${key}`),
      `Hash table 0 stats (main hash table):\n number of elements: ${count}\n`,
    );
  server.call("HEXPIRE hash 100 FIELDS 1 f");
  assert.match(String(server.call("DEBUG HTSTATS-KEY hash full")), / number of elements: 2\n/);
  for (const key of ["key:1", "list", "stream"])
    assert.match(String(server.call(`DEBUG HTSTATS-KEY ${key}`)), /^ERR The value stored at the specified key is not/);
  assert.equal(server.call("DEBUG HTSTATS-KEY none"), "ERR no such key");
});
