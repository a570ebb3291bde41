/**
 * Values of tens of megabytes: they are written in slices, between which others have their turn, and nobody sees a part; and their memory
 * comes back.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";
import { type Argument, encodeCommand, RespConnection } from "../support/resp-connection.js";
import { serverFor, skipWithout } from "../support/servers.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { identitiesFor, tlsServer } from "../support/tls.js";
import { clientPath } from "../support/unix-socket.js";

const MB = 1024 * 1024;
const LIMIT = { timeout: 240_000 };

/** Sends a command; resolves to the value of its reply. */
async function ask(connection: RespConnection, ...args: Argument[]): Promise<unknown> {
  return (await connection.send(args)).value;
}

/** Whether `count` bytes of the value from `offset` on are all `byte`. */
async function isFilled(connection: RespConnection, key: string, offset: number, count: number, byte: number) {
  const reply = await connection.send(["GETRANGE", key, offset, offset + count - 1]);
  const bytes = reply.bytes.subarray(reply.bytes.indexOf(10) + 1, -2);
  return bytes.length === count && bytes.every((found) => found === byte);
}

test("APPEND of much to much lets others have their turns, and they see all of it or nothing", LIMIT, async (t) => {
  const { connect } = await embeddedServer(t);
  const [writer, reader] = [await connect(), await connect()];
  await writer.call("SET", "k", Buffer.alloc(30 * MB, "a"));
  const answered = ask(writer, "APPEND", "k", Buffer.alloc(60 * MB, "b"));
  const lengths = new Set<unknown>();
  let isDone = false;
  void answered.then(() => (isDone = true));
  while (!isDone) lengths.add(await reader.call("STRLEN", "k"));
  assert.equal(await answered, 90 * MB);
  lengths.add(await reader.call("STRLEN", "k"));
  assert.deepEqual([...lengths], [30 * MB, 90 * MB]);
  assert.ok(await isFilled(reader, "k", 0, 30 * MB, 97));
  assert.ok(await isFilled(reader, "k", 30 * MB, 60 * MB, 98));
});

/** Begins APPEND of 60 MB to `k`; resolves when some of it has been written, before it is done. */
async function beginAppend(writer: RespConnection, observer: RespConnection): Promise<{ answered: Promise<unknown> }> {
  const answered = ask(writer, "APPEND", "k", Buffer.alloc(60 * MB, "b"));
  // Room for it is made when writing begins.
  await until("it has begun", async () => Number(await observer.call("MEMORY", "USAGE", "k")) > 90 * MB);
  assert.equal(await observer.call("STRLEN", "k"), 40 * MB);
  return { answered };
}

for (const [name, change, length, check] of [
  [
    "is appended to",
    ["APPEND", "k", "xyz"],
    100 * MB + 3,
    [
      [40 * MB, 3, 0],
      [40 * MB + 3, 60 * MB, 98],
    ],
  ],
  ["is overwritten", ["SET", "k", "short"], 60 * MB + 5, [[5, 60 * MB, 98]]],
  ["is deleted", ["DEL", "k"], 60 * MB, [[0, 60 * MB, 98]]],
  [
    "grows",
    ["SETRANGE", "k", 45 * MB, "z"],
    105 * MB + 1,
    [
      [40 * MB, 5 * MB, 0],
      [45 * MB + 1, 60 * MB, 98],
    ],
  ],
  ["is renamed", ["RENAME", "k", "other"], 60 * MB, [[0, 60 * MB, 98]]],
] as [string, Argument[], number, [number, number, number][]][]) {
  test(`a value that ${name} while much is appended to it has both changes, one after the other`, LIMIT, async (t) => {
    const { connect } = await embeddedServer(t);
    const [writer, other] = [await connect(), await connect()];
    await writer.call("SET", "k", Buffer.alloc(40 * MB, "a"));
    const { answered } = await beginAppend(writer, other);
    await other.call(...change);
    assert.equal(await answered, length);
    for (const [offset, count, byte] of check) {
      if (name === "is appended to" && byte === 0) continue;
      assert.ok(await isFilled(other, "k", offset, count, byte), `${count} bytes from ${offset} on`);
    }
    assert.equal(await other.call("STRLEN", "k"), length);
  });
}

test("two that append much to one value come one after the other", LIMIT, async (t) => {
  const { connect } = await embeddedServer(t);
  const [a, b] = [await connect(), await connect()];
  await a.call("SET", "k", Buffer.alloc(40 * MB, "0"));
  const lengths = await Promise.all([
    ask(a, "APPEND", "k", Buffer.alloc(30 * MB, "a")),
    ask(b, "APPEND", "k", Buffer.alloc(30 * MB, "b")),
  ]);
  assert.deepEqual([...lengths].sort(), [100 * MB, 70 * MB]);
  const first = lengths[0] === 70 * MB ? 97 : 98;
  assert.ok(await isFilled(a, "k", 40 * MB, 30 * MB, first));
  assert.ok(await isFilled(a, "k", 70 * MB, 30 * MB, first ^ 3));
});

test("who is closed while appending much changes nothing, and does not keep others from it", LIMIT, async (t) => {
  const { connect } = await embeddedServer(t);
  const [writer, other] = [await connect(), await connect()];
  await writer.call("SET", "k", Buffer.alloc(40 * MB, "a"));
  const { answered } = await beginAppend(writer, other);
  answered.catch(() => {});
  assert.equal(await other.call("CLIENT", "KILL", "TYPE", "normal"), 1);
  assert.equal(await other.call("APPEND", "k", Buffer.alloc(60 * MB, "c")), 100 * MB);
  assert.ok(await isFilled(other, "k", 40 * MB, 60 * MB, 99));
});

test("SETRANGE writes much over the end of a value, with what is between filled up", LIMIT, async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("SET", "k", Buffer.alloc(40 * MB, "a"));
  assert.equal(await client.call("SETRANGE", "k", 30 * MB, Buffer.alloc(50 * MB, "b")), 80 * MB);
  assert.ok(await isFilled(client, "k", 29 * MB, MB, 97));
  assert.ok(await isFilled(client, "k", 30 * MB, 50 * MB, 98));
  assert.equal(await client.call("SETRANGE", "k", 90 * MB, Buffer.alloc(20 * MB, "c")), 110 * MB);
  assert.ok(await isFilled(client, "k", 80 * MB, 10 * MB, 0));
  assert.ok(await isFilled(client, "k", 90 * MB, 20 * MB, 99));
  assert.match(await infoField(client, "cmdstat_setrange"), /^calls=2,/);
});

test("inside a transaction all is written at once", LIMIT, async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("SET", "k", Buffer.alloc(40 * MB, "a"));
  await client.call("MULTI");
  await client.call("APPEND", "k", Buffer.alloc(20 * MB, "b"));
  await client.call("STRLEN", "k");
  assert.deepEqual(await client.call("EXEC"), [60 * MB, 60 * MB]);
});

test("a value is received where it stays over TLS, a Unix socket and a stream within the process", {
  ...LIMIT,
  skip: skipWithout("openssl"),
}, async (t) => {
  const path = `${temporaryDirectory(t)}/socket`;
  const server = await tlsServer(t, identitiesFor(t), { unixsocket: path });
  const { server: embedded } = await embeddedServer(t);
  for (const [name, client, observer] of [
    ["TLS", await server.secure(), await server.plain()],
    ["Unix socket", await RespConnection.connect(clientPath(path)), await server.plain()],
    ["stream", RespConnection.over(embedded.connect()), RespConnection.over(embedded.connect())],
  ] as const) {
    t.after(() => client.close());
    const stored = client.send(["SET", name, Buffer.alloc(40 * MB, "a"), "EX", 1000]);
    const tail = client.send(["APPEND", name, "tail"]);
    assert.equal((await stored).bytes.toString(), "+OK\r\n", name);
    assert.equal((await tail).value, 40 * MB + 4);
    assert.ok(await isFilled(observer, name, 0, 40 * MB, 97), name);
    assert.equal(await observer.call("GETRANGE", name, -5, -1), "atail");
    // A copy would have a size of its own.
    const usage = Number(await observer.call("MEMORY", "USAGE", name));
    assert.ok(usage < 40 * MB + 40_000, `${usage}`);
  }
});

test("CLIENT REPLY SKIP drops the reply of a command that is done in slices, and no other", LIMIT, async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("SET", "k", Buffer.alloc(40 * MB, "a"));
  client.write(encodeCommand(["CLIENT", "REPLY", "SKIP"]));
  client.write(encodeCommand(["APPEND", "k", Buffer.alloc(20 * MB, "b")]));
  assert.equal(await client.call("STRLEN", "k"), 60 * MB);
});

test("a value grows by hundreds of megabytes in no time, and takes no memory for it", LIMIT, async (t) => {
  const { port, pid } = await serverFor(t);
  const client = await RespConnection.connect(port);
  t.after(() => client.close());
  await client.call("SET", "k", Buffer.alloc(40 * MB, "a"));
  const rss = Number(await infoField(client, "used_memory_rss"));
  const startMs = performance.now();
  for (let i = 1; i <= 10; i++) await client.call("SETRANGE", "k", (i * 40 + 60) * MB, "z");
  assert.ok(performance.now() - startMs < 2000);
  assert.equal(await client.call("STRLEN", "k"), 460 * MB + 1);
  assert.ok(Number(await infoField(client, "used_memory_rss")) - rss < 60 * MB, `process ${pid}`);
  assert.equal(await client.call("SETBIT", "k", 8 * 100 * MB, 1), 0);
  assert.equal(await client.call("BITCOUNT", "k", 50 * MB, -1), 10 * 5 + 1);
});

test("memory of a request that was never finished comes back by itself", LIMIT, async (t) => {
  const { port } = await serverFor(t);
  const observer = await RespConnection.connect(port);
  t.after(() => observer.close());
  const rss = async (): Promise<number> => Number(await infoField(observer, "used_memory_rss"));
  const fresh = await rss();
  const client = await RespConnection.connect(port);
  client.write("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$500000000\r\n");
  client.write(Buffer.alloc(60 * MB, "x"));
  await until("it counts", async () => Number(await infoField(observer, "used_memory")) > 60 * MB);
  client.socket.destroy();
  const startMs = Date.now();
  await until("the memory is back", async () => (await rss()) < fresh * 1.3);
  assert.ok(Date.now() - startMs < 15_000, `${Date.now() - startMs} ms`);
});

test("memory of large requests comes back by itself", LIMIT, async (t) => {
  const { port } = await serverFor(t);
  const observer = await RespConnection.connect(port);
  t.after(() => observer.close());
  const rss = async (): Promise<number> => Number(await infoField(observer, "used_memory_rss"));
  const fresh = await rss();
  for (let i = 0; i < 3; i++) {
    const client = await RespConnection.connect(port);
    await client.call("SET", `k${i}`, Buffer.alloc(60 * MB, "x"));
    await client.close();
  }
  assert.ok((await rss()) - fresh > 150 * MB);
  await observer.call("FLUSHALL");
  const startMs = Date.now();
  await until("the memory is back", async () => (await rss()) < fresh * 1.3);
  assert.ok(Date.now() - startMs < 15_000, `${Date.now() - startMs} ms`);
});
