/**
 * INFO over a socket: its fields are those of a real redis-server, in the same order, but for the differences listed here.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RespConnection } from "./support/resp-connection.js";
import { type Program, serverFor, skipWithout, testedProgram } from "./support/servers.js";
import type { Scope } from "./support/temporary-directory.js";

/** Sections whose fields do not depend on what was called. */
const SECTIONS = ["server", "clients", "memory", "persistence", "stats", "replication", "cpu", "cluster", "keyspace"];

/** What Redis has and Redstart leaves out: how the C program was built, and what only jemalloc can tell. */
const LEFT_OUT = new Set([
  "redis_build_id",
  "atomicvar_api",
  "gcc_version",
  "allocator_resident",
  "allocator_muzzy",
  "allocator_rss_ratio",
  "allocator_rss_bytes",
  "rss_overhead_ratio",
  "rss_overhead_bytes",
]);

/** What Redstart has and Redis 7.0 lacks: fields of 7.2 and later, and its own. */
const ADDED = new Set([
  "expired_subkeys",
  "redstart_version",
  "throttled_clients",
  "total_throttled_commands",
  "total_throttled_time_ms",
  "node_version",
  "listener0",
  "pubsub_clients",
  "watching_clients",
  "total_watched_keys",
  "total_blocking_keys",
  "total_blocking_keys_on_nokey",
  "mem_clients_replies",
  "js_heap_used",
  "js_heap_total",
  "arena_segments_bytes",
  "arena_committed_bytes",
  "client_query_buffer_limit_disconnections",
  "client_output_buffer_limit_disconnections",
  "eventloop_cycles",
  "eventloop_duration_sum",
  "eventloop_duration_cmd_sum",
  "instantaneous_eventloop_cycles_per_sec",
  "instantaneous_eventloop_duration_usec",
  "acl_access_denied_auth",
  "acl_access_denied_cmd",
  "acl_access_denied_key",
  "acl_access_denied_channel",
]);

async function connected(scope: Scope, program: Program): Promise<RespConnection> {
  const server = await serverFor(scope, { program });
  const connection = await RespConnection.connect(server.port);
  scope.after(() => connection.close());
  return connection;
}

async function info(connection: RespConnection, ...sections: string[]): Promise<string> {
  return String(await connection.call("INFO", ...sections));
}

function fieldNames(text: string): string[] {
  return [...text.matchAll(/^([^#:\r\n]+):/gm)].map((match) => match[1]!);
}

function field(text: string, name: string): string {
  const match = new RegExp(`^${name}:(.*)\r$`, "m").exec(text);
  assert.ok(match !== null, `INFO has ${name}`);
  return match[1]!;
}

test("every section has the fields of redis-server, in its order", { skip: skipWithout("redis-server") }, async (t) => {
  const ours = await connected(t, "redstart");
  const theirs = await connected(t, "redis-server");
  for (const section of SECTIONS) {
    await ours.call("SET", "key", "value");
    await theirs.call("SET", "key", "value");
    const expected = fieldNames(await info(theirs, section)).filter((name) => !LEFT_OUT.has(name));
    const found = fieldNames(await info(ours, section)).filter((name) => expected.includes(name) || !ADDED.has(name));
    assert.deepEqual(found, expected, section);
  }
});

test("INFO's sections come in redis-server's order", { skip: skipWithout("redis-server") }, async (t) => {
  const ours = await connected(t, "redstart");
  const theirs = await connected(t, "redis-server");
  // Keysizes is Redis 8.0's.
  const titles = (text: string) =>
    [...text.matchAll(/^# (.*)\r$/gm)].map((match) => match[1]).filter((title) => title !== "Keysizes");
  for (const names of [[], ["all"], ["everything"], ["default", "commandstats"], ["cpu", "nothing", "SERVER"], ["x"]]) {
    assert.deepEqual(titles(await info(ours, ...names)), titles(await info(theirs, ...names)), names.join(" "));
  }
});

test("INFO counts what happens on the connection, and CONFIG RESETSTAT starts over", async (t) => {
  const connection = await connected(t, testedProgram);
  await connection.call("SET", "a", "1", "PX", 100000);
  await connection.call("GET", "a");
  await connection.call("GET", "missing");
  await assert.rejects(connection.call("GET"));
  await assert.rejects(connection.call("RENAME", "missing", "b"));
  const text = await info(connection, "everything");
  assert.equal(field(text, "keyspace_hits"), "1");
  assert.equal(field(text, "keyspace_misses"), "1");
  assert.equal(field(text, "total_error_replies"), "2");
  assert.equal(field(text, "errorstat_ERR"), "count=2");
  assert.match(
    field(text, "cmdstat_get"),
    /^calls=2,usec=\d+,usec_per_call=\d+\.\d\d,rejected_calls=1,failed_calls=0$/,
  );
  assert.match(field(text, "cmdstat_rename"), /calls=1,.*,rejected_calls=0,failed_calls=1$/);
  assert.match(field(text, "latency_percentiles_usec_get"), /^p50=\d+\.\d{3},p99=\d+\.\d{3},p99\.9=\d+\.\d{3}$/);
  assert.match(field(text, "db0"), /^keys=1,expires=1,avg_ttl=\d+$/);
  assert.equal(field(text, "connected_clients"), "1");
  assert.ok(Number(field(text, "total_net_input_bytes")) > 100);
  assert.ok(Number(field(text, "total_net_output_bytes")) > 10);
  await connection.call("CONFIG", "RESETSTAT");
  const fresh = await info(connection, "everything");
  assert.equal(field(fresh, "keyspace_hits"), "0");
  assert.equal(field(fresh, "total_error_replies"), "0");
  assert.doesNotMatch(fresh, /errorstat_|cmdstat_get/);
});

test("INFO keysizes counts keys by the size of their values, and INFO alone does without", async (t) => {
  const connection = await connected(t, testedProgram);
  assert.equal(await info(connection, "keysizes"), "# Keysizes\r\n");
  const numbered = (count: number) => Array.from({ length: count }, (_, i) => `element:${i}`);
  await connection.call("SET", "empty", "");
  await connection.call("SET", "integer", "-1234567");
  await connection.call("SET", "text", "a");
  await connection.call("APPEND", "text", "bc");
  await connection.call("SETRANGE", "external", "5000", "x");
  await connection.call("RPUSH", "list", "a");
  await connection.call("RPUSH", "quicklist", ...numbered(1100));
  await connection.call("SADD", "intset", "1", "2", "3", "4");
  await connection.call("SADD", "listpack", "a", "b", "c");
  await connection.call("SADD", "table", ...numbered(200));
  await connection.call("ZADD", "pairs", "1", "a", "2", "b");
  await connection.call("ZADD", "skiplist", ...numbered(300).flatMap((member, i) => [String(i), member]));
  await connection.call("HSET", "hash", "a", "1", "b", "2", "c", "3");
  await connection.call("HSET", "expiring", "a", "1", "b", "2");
  await connection.call("HEXPIRE", "expiring", "100", "FIELDS", "1", "a");
  await connection.call("HSET", "big", ...numbered(600).flatMap((name) => [name, "v"]));
  await connection.call("HSET", "bigexpiring", ...numbered(700).flatMap((name) => [name, "v"]));
  await connection.call("HEXPIRE", "bigexpiring", "100", "FIELDS", "1", "element:5");
  await connection.call("XADD", "stream", "*", "a", "1");
  await connection.call("SELECT", "9");
  await connection.call("RPUSH", "list", "a");
  const expected = [
    "# Keysizes",
    "db0_distrib_strings_sizes:0=1,2=1,8=1,4K=1",
    "db0_distrib_lists_items:1=1,1K=1",
    "db0_distrib_sets_items:2=1,4=1,128=1",
    "db0_distrib_zsets_items:2=1,256=1",
    "db0_distrib_hashes_items:2=2,512=2",
    "db9_distrib_lists_items:1=1",
    "",
  ];
  assert.deepEqual((await info(connection, "keysizes")).split("\r\n"), expected);
  assert.ok((await info(connection, "everything")).endsWith(expected.join("\r\n")));
  assert.doesNotMatch(await info(connection), /Keysizes/);
});

test("a large data set is counted by the cron once INFO keysizes was asked for", async (t) => {
  const connection = await connected(t, testedProgram);
  for (let from = 0; from < 20_000; from += 1000) {
    await connection.call("MSET", ...Array.from({ length: 1000 }, (_, i) => [`key:${from + i}`, "value"]).flat());
  }
  assert.equal(await info(connection, "keysizes"), "# Keysizes\r\n");
  const until = Date.now() + 20_000;
  let text = "";
  while (!text.includes("db0") && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    text = await info(connection, "keysizes");
  }
  assert.equal(text, "# Keysizes\r\ndb0_distrib_strings_sizes:4=20000\r\n");
});

test("used_memory grows with the data and falls when it goes", async (t) => {
  const connection = await connected(t, testedProgram);
  const used = async () => Number(field(await info(connection, "memory"), "used_memory"));
  const before = await used();
  for (let i = 0; i < 50; i++) await connection.call("SET", `key:${i}`, "x".repeat(100_000));
  const full = await used();
  assert.ok(full - before > 5_000_000 && full - before < 7_000_000, `${full - before} bytes for 5 MB`);
  await connection.call("FLUSHALL", "SYNC");
  assert.ok((await used()) - before < 500_000);
  const peak = Number(field(await info(connection, "memory"), "used_memory_peak"));
  assert.ok(peak >= full);
});

test("INFO is a verbatim string in RESP3", async (t) => {
  const server = await serverFor(t);
  const connection = await RespConnection.connect(server.port, { resp: 3 });
  t.after(() => connection.close());
  const reply = await connection.send(["INFO", "cluster"]);
  assert.match(reply.bytes.toString("latin1"), /^=\d+\r\ntxt:# Cluster\r\ncluster_enabled:0\r\n\r\n$/);
});
