/** CONFIG SET holds from then on, for the clients and keys that are there too. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { embeddedServer, until } from "../support/embedded.js";
import { RespConnection } from "../support/resp-connection.js";

/** Commands that make a value of `count` elements of `bytes` each, and the encodings below and above a limit. */
const limits: readonly [
  name: string,
  value: string,
  make: (count: number, bytes: number) => string[],
  string,
  string,
][] = [
  ["hash-max-listpack-entries", "4", (n) => ["HSET", "k", ...pairs(n)], "listpack", "hashtable"],
  ["set-max-intset-entries", "4", (n) => ["SADD", "k", ...numbers(n)], "intset", "listpack"],
  ["set-max-listpack-entries", "4", (n) => ["SADD", "k", ...words(n)], "listpack", "hashtable"],
  ["zset-max-listpack-entries", "4", (n) => ["ZADD", "k", ...pairs(n)], "listpack", "skiplist"],
  ["list-max-listpack-size", "4", (n) => ["RPUSH", "k", ...words(n)], "listpack", "quicklist"],
];
const lengths: readonly [name: string, make: (bytes: number) => string[], string, string][] = [
  ["hash-max-listpack-value", (bytes) => ["HSET", "k", "f", "v".repeat(bytes)], "listpack", "hashtable"],
  ["set-max-listpack-value", (bytes) => ["SADD", "k", "v".repeat(bytes)], "listpack", "hashtable"],
  ["zset-max-listpack-value", (bytes) => ["ZADD", "k", "1", "v".repeat(bytes)], "listpack", "skiplist"],
];

const numbers = (n: number): string[] => Array.from({ length: n }, (_, i) => String(i + 1));
const words = (n: number): string[] => numbers(n).map((i) => `w${i}`);
const pairs = (n: number): string[] => numbers(n).flatMap((i) => [i, i]);

/** A client of a new server, and what tells the encoding of the key that a command makes. */
async function encodings(t: TestContext) {
  const connection = await (await embeddedServer(t)).connect();
  const encodingOf = async (command: string[]) => {
    await connection.call("DEL", "k");
    await connection.call(...command);
    return await connection.call("OBJECT", "ENCODING", "k");
  };
  return { connection, encodingOf };
}

describe("encodings change at", () => {
  for (const [name, value, make, small, big] of limits) {
    test(name, async (t) => {
      const { connection, encodingOf } = await encodings(t);
      assert.equal(await encodingOf(make(5, 1)), small);
      await connection.call("CONFIG", "SET", name, value);
      assert.equal(await encodingOf(make(4, 1)), small);
      assert.equal(await encodingOf(make(5, 1)), big);
    });
  }

  for (const [name, make, small, big] of lengths) {
    test(name, async (t) => {
      const { connection, encodingOf } = await encodings(t);
      assert.equal(await encodingOf(make(11)), small);
      await connection.call("CONFIG", "SET", name, "10");
      assert.equal(await encodingOf(make(10)), small);
      assert.equal(await encodingOf(make(11)), big);
    });
  }

  for (const [name, value] of [
    ["stream-node-max-entries", "3"],
    ["stream-node-max-bytes", "40"],
  ] as const) {
    test(name, async (t) => {
      const connection = await (await embeddedServer(t)).connect();
      const nodes = async () => {
        await connection.call("DEL", "k");
        for (let i = 0; i < 9; i++) await connection.call("XADD", "k", "*", "field", "value");
        const info = (await connection.call("XINFO", "STREAM", "k")) as unknown[];
        return info[info.indexOf("radix-tree-keys") + 1];
      };
      assert.equal(await nodes(), 1);
      await connection.call("CONFIG", "SET", name, value);
      assert.ok(((await nodes()) as number) > 1);
    });
  }
});

test("proto-max-bulk-len holds for clients that are connected", async (t) => {
  const { connect } = await embeddedServer(t);
  const [one, other] = [await connect(), await connect()];
  await one.call("CONFIG", "SET", "proto-max-bulk-len", "1mb");
  for (const connection of [one, other, await connect()]) {
    const reply = await connection.send(["ECHO", "x".repeat(1024 * 1024)]);
    assert.equal(reply.isError, false);
    connection.write("*2\r\n$4\r\nECHO\r\n$1048577\r\n");
    assert.match(`${await connection.nextReply()}`, /invalid bulk length/);
  }
});

test("client-query-buffer-limit ends a client whose unfinished command passes it", async (t) => {
  const { connect } = await embeddedServer(t);
  const [one, other] = [await connect(), await connect()];
  await one.call("CONFIG", "SET", "client-query-buffer-limit", "1mb");
  other.write(`*2\r\n$4\r\nECHO\r\n$9000000\r\n${"x".repeat(1_200_000)}`);
  await other.closed;
  assert.equal(await one.call("PING"), "PONG");
});

test("min-replicas-to-write refuses writes while there are none, unless their lag does not matter", async (t) => {
  const connection = await (await embeddedServer(t)).connect();
  const write = async () => `${await connection.send(["SET", "k", "v"])}`;
  await connection.call("CONFIG", "SET", "min-replicas-to-write", "1");
  assert.match(await write(), /NOREPLICAS/);
  assert.equal(await connection.call("GET", "k"), null);
  await connection.call("CONFIG", "SET", "min-replicas-max-lag", "0");
  assert.match(await write(), /OK/);
  await connection.call("CONFIG", "SET", "min-replicas-max-lag", "10");
  assert.match(await write(), /NOREPLICAS/);
  await connection.call("CONFIG", "SET", "min-replicas-to-write", "0");
  assert.match(await write(), /OK/);
});

test("the slow log and the latency monitor begin with the next command", async (t) => {
  const connection = await (await embeddedServer(t, { "enable-debug-command": "yes" })).connect();
  assert.equal(await connection.call("SLOWLOG", "LEN"), 0);
  await connection.call("CONFIG", "SET", "slowlog-log-slower-than", "0");
  for (let i = 0; i < 5; i++) await connection.call("PING");
  assert.equal(await connection.call("SLOWLOG", "LEN"), 6);
  await connection.call("CONFIG", "SET", "slowlog-max-len", "2");
  assert.equal(await connection.call("SLOWLOG", "LEN"), 2);
  await connection.call("CONFIG", "SET", "slowlog-log-slower-than", "-1");
  await connection.call("SLOWLOG", "RESET");
  await connection.call("PING");
  assert.equal(await connection.call("SLOWLOG", "LEN"), 0);
  await connection.call("DEBUG", "SLEEP", "0.02");
  assert.deepEqual(await connection.call("LATENCY", "LATEST"), []);
  await connection.call("CONFIG", "SET", "latency-monitor-threshold", "10");
  await connection.call("DEBUG", "SLEEP", "0.02");
  assert.match(String(await connection.call("LATENCY", "LATEST")), /^command,/);
});

test("maxmemory-policy says what OBJECT tells of a key, and lfu-log-factor how often it counts", async (t) => {
  const connection = await (await embeddedServer(t)).connect();
  const ask = async (what: string) => (await connection.send(["OBJECT", what, "k"])).isError;
  await connection.call("SET", "k", "v");
  assert.deepEqual([await ask("FREQ"), await ask("IDLETIME")], [true, false]);
  await connection.call(
    "CONFIG",
    "SET",
    "maxmemory-policy",
    "allkeys-lfu",
    "lfu-log-factor",
    "0",
    "lfu-decay-time",
    "0",
  );
  assert.deepEqual([await ask("FREQ"), await ask("IDLETIME")], [false, true]);
  await connection.call("SET", "k", "v");
  const before = (await connection.call("OBJECT", "FREQ", "k")) as number;
  for (let i = 0; i < 10; i++) await connection.call("GET", "k");
  assert.equal(await connection.call("OBJECT", "FREQ", "k"), before + 10);
  await connection.call("CONFIG", "SET", "lfu-log-factor", "1000000");
  for (let i = 0; i < 10; i++) await connection.call("GET", "k");
  assert.equal(await connection.call("OBJECT", "FREQ", "k"), before + 10);
  await connection.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
  assert.deepEqual([await ask("FREQ"), await ask("IDLETIME")], [true, false]);
});

test("maxmemory-clients as a share follows maxmemory, which is lowered under a client", async (t) => {
  const { connect } = await embeddedServer(t);
  const [control, hoarder] = [await connect(), await connect()];
  await control.call("CONFIG", "SET", "maxmemory", "1gb", "maxmemory-clients", "10%");
  await hoarder.call("MULTI");
  for (let i = 0; i < 20; i++) await hoarder.call("SET", "k", "v".repeat(100_000));
  await control.call("CONFIG", "SET", "maxmemory", "10mb");
  await hoarder.closed;
  assert.equal(await control.call("PING"), "PONG");
});

test("timeout closes a client that has been idle for longer, and hz says how soon that is seen", async (t) => {
  const { connect } = await embeddedServer(t);
  const [control, idle] = [await connect(), await connect()];
  await control.call("CONFIG", "SET", "hz", "100", "timeout", "1");
  await until("the idle client is closed", async () => {
    await control.call("PING");
    return idle.socket.destroyed || idle.socket.readableEnded;
  });
  assert.match(String(await control.call("INFO", "server")), /configured_hz:100\r\n/);
  await control.call("CONFIG", "SET", "timeout", "0");
});

test("notify-keyspace-events and latency-tracking are switched on and off", async (t) => {
  const { server, connect } = await embeddedServer(t);
  const [control, listener] = [await connect(), await RespConnection.connect(server.port, { resp: 3 })];
  t.after(() => listener.close());
  listener.write("PSUBSCRIBE __key*\r\n");
  await listener.nextPush();
  await control.call("SET", "before", "v");
  await control.call("CONFIG", "SET", "notify-keyspace-events", "K$");
  await control.call("SET", "after", "v");
  assert.match(String((await listener.nextPush()).value), /__keyspace@0__:after,set/);
  await control.call("CONFIG", "SET", "notify-keyspace-events", "");
  await control.call("SET", "later", "v");
  await control.call("PUBLISH", "__key", "end");
  assert.match(String((await listener.nextPush()).value), /end/);

  assert.match(String(await control.call("INFO", "latencystats")), /latency_percentiles_usec_set/);
  await control.call("CONFIG", "SET", "latency-tracking", "no");
  await control.call("CONFIG", "RESETSTAT");
  await control.call("SET", "k", "v");
  assert.doesNotMatch(String(await control.call("INFO", "latencystats")), /latency_percentiles_usec_set/);
});
