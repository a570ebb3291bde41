/** Memory that was freed goes back to the system, also in a server that has nothing to do. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { residentMegabytes } from "../../bench/process-figures.js";
import { infoField, until } from "../support/embedded.js";
import { encodeCommand, RespConnection } from "../support/resp-connection.js";
import { serverFor } from "../support/servers.js";

const skip = process.platform !== "linux" && "reads /proc";

/** What a server may hold when its load is gone, to what a fresh one holds: 1.2 to 1.3, and what chance adds. */
const MORE = 1.4;
const LIMIT_MS = 15_000;
const KEYS = 200_000;
/** Commands for each collection, each for so many elements. */
const COMMANDS = 1500;
const ELEMENTS = Array.from({ length: 100 }, (_, i) => i);

interface Loaded {
  readonly client: RespConnection;
  resident(): number;
  /** What the server held when it was fresh. */
  readonly fresh: number;
}

async function freshServer(t: TestContext): Promise<Loaded> {
  const server = await serverFor(t, { program: "redstart", args: ["--enable-debug-command", "yes"] });
  const client = await RespConnection.connect(server.port);
  t.after(() => client.close());
  await client.call("PING");
  const resident = (): number => residentMegabytes(server.pid)!;
  return { client, resident, fresh: resident() };
}

/** Waits until the server holds no more than a fresh one may. */
async function hasGoneBack(t: TestContext, { client, resident, fresh }: Loaded): Promise<void> {
  const loaded = resident();
  await until("all is freed", async () => Number(await infoField(client, "used_memory")) < 1e5);
  const freedMs = performance.now();
  await until(
    `memory has gone back, ${resident()}`,
    () => resident() < fresh * MORE || performance.now() - freedMs > LIMIT_MS,
  );
  const seconds = (performance.now() - freedMs) / 1000;
  const figures = `${loaded.toFixed(0)} to ${resident().toFixed(0)} MB, fresh ${fresh.toFixed(0)} MB`;
  t.diagnostic(`${figures}, in ${seconds.toFixed(1)} s`);
  assert.ok(resident() < fresh * MORE, figures);
}

/** Sends commands, many at once. */
async function sendAll(
  client: RespConnection,
  count: number,
  command: (i: number) => (string | number)[],
): Promise<void> {
  const atOnce = 500;
  for (let from = 0; from < count; from += atOnce) {
    const commands = Array.from({ length: Math.min(atOnce, count - from) }, (_, i) => encodeCommand(command(from + i)));
    client.write(Buffer.concat(commands));
    for (let i = 0; i < commands.length; i++) await client.nextReply();
  }
}

/** Some 200 MB: keys, a collection of each type, strings up to 90 MB; and the server has looked at all of them. */
async function load({ client }: Loaded): Promise<void> {
  await client.call("DEBUG", "POPULATE", KEYS, "key", 200);
  await sendAll(client, COMMANDS, (i) => ["SADD", "set", ...ELEMENTS.map((k) => `member:${i * 100 + k}`)]);
  await sendAll(client, COMMANDS, (i) => ["ZADD", "zset", ...ELEMENTS.flatMap((k) => [k, `member:${i * 100 + k}`])]);
  await sendAll(client, COMMANDS, (i) => ["HSET", "hash", ...ELEMENTS.flatMap((k) => [`field:${i * 100 + k}`, k])]);
  await sendAll(client, COMMANDS, (i) => ["RPUSH", "list", ...ELEMENTS.map((k) => `element:${i * 100 + k}`)]);
  await sendAll(client, 50_000, (i) => ["XADD", "stream", `${i + 1}-1`, "field", `value:${i}`]);
  await client.call("XGROUP", "CREATE", "stream", "group", 0);
  await sendAll(client, 50, () => ["XREADGROUP", "GROUP", "group", "me", "COUNT", 1000, "STREAMS", "stream", ">"]);
  for (const letter of ["x", "y"]) await client.call("APPEND", "large", letter.repeat(45_000_000));
  const readings = [
    "SRANDMEMBER set",
    "ZRANGE zset 100 200",
    "ZRANK zset member:77",
    "HGET hash field:7",
    "LINDEX list 900",
  ];
  for (const reading of readings) await client.call(...(reading.split(" ") as [string]));
  await client.call("SELECT", 3);
  await client.call("SET", "key", "x".repeat(1_000_000));
  await client.call("GET", "key");
}

for (const way of ["FLUSHALL", "FLUSHALL ASYNC", "deleting every key"]) {
  test(`a server idle after ${way} holds hardly more than a fresh one`, { skip }, async (t) => {
    const server = await freshServer(t);
    const { client } = server;
    await load(server);
    assert.ok(server.resident() > server.fresh + 150);
    if (way.startsWith("FLUSHALL")) {
      await client.call(...(way.split(" ") as [string]));
    } else {
      await client.call("DEL", "key");
      await client.call("SELECT", 0);
      await client.call("DEL", "set", "zset", "hash", "list", "stream", "large");
      await sendAll(client, KEYS, (i) => ["DEL", `key:${i}`]);
    }
    await hasGoneBack(t, server);
  });
}

test("collections that are popped until they are empty give their memory back", { skip }, async (t) => {
  const server = await freshServer(t);
  const { client } = server;
  await load(server);
  await client.call("FLUSHDB");
  await client.call("SELECT", 0);
  await sendAll(client, KEYS, (i) => ["DEL", `key:${i}`]);
  await client.call("DEL", "hash", "stream", "large");
  await sendAll(client, COMMANDS, () => ["SPOP", "set", 100]);
  await sendAll(client, COMMANDS, () => ["ZPOPMIN", "zset", 100]);
  await sendAll(client, COMMANDS, () => ["RPOP", "list", 100]);
  assert.equal(await client.call("DBSIZE"), 0);
  await hasGoneBack(t, server);
});

test("MEMORY PURGE while much is being freed answers at once, and gives it back when it is", { skip }, async (t) => {
  const server = await freshServer(t);
  const { client } = server;
  await client.call("DEBUG", "POPULATE", 1_000_000, "key", 100);
  const sentMs = performance.now();
  client.write(Buffer.concat([encodeCommand(["FLUSHALL", "ASYNC"]), encodeCommand(["MEMORY", "PURGE"])]));
  for (let i = 0; i < 2; i++) await client.nextReply();
  const tookMs = performance.now() - sentMs;
  assert.ok(Number(await infoField(client, "lazyfree_pending_objects")) > 0, "there was nothing left to wait for");
  t.diagnostic(`${tookMs.toFixed(1)} ms`);
  assert.ok(tookMs < 100, `${tookMs} ms`);
  await hasGoneBack(t, server);
});
