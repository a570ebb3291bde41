/** Clients that are interested in many keys at once: what that costs them, what the server counts of it, and what it costs the others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";
import type { RespConnection } from "../support/resp-connection.js";
import { onAnyTry } from "../support/timing.js";

const MANY = 8000;
const names = (prefix: string): string[] => Array.from({ length: MANY }, (_, i) => `${prefix}:${i}`);

/** Bytes that CLIENT LIST says a client takes. */
async function counted(observer: RespConnection, id: number): Promise<number> {
  return Number(/ tot-mem=(\d+)/.exec(String(await observer.call("CLIENT", "LIST", "ID", id)))![1]);
}

/** Fails when the buffers of this process have grown by more than 30 MB since `before`, which 8000 keys are far from. */
function assertModest(before: number): void {
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.ok(grown < 30e6, `${Math.round(grown / 1e6)} MB of buffers for ${MANY} keys`);
}

test("watching thousands of keys takes memory in proportion, counts it, and slows down nobody who writes them", async (t) => {
  const { connect } = await embeddedServer(t);
  const [watcher, writer] = [await connect(), await connect()];
  const id = Number(await watcher.call("CLIENT", "ID"));
  const keys = names("key");
  const idle = await counted(writer, id);
  const before = process.memoryUsage().arrayBuffers;
  await watcher.call("WATCH", ...keys);
  assertModest(before);
  assert.ok((await counted(writer, id)) - idle > MANY * 200);
  assert.equal(await infoField(writer, "total_watched_keys"), String(MANY));
  const pairs = keys.flatMap((key) => [key, "1"]);
  await onAnyTry(async () => {
    await watcher.call("UNWATCH");
    await watcher.call("WATCH", ...keys);
    const startMs = performance.now();
    await writer.call("MSET", ...pairs);
    const ms = performance.now() - startMs;
    assert.ok(ms < 400, `MSET of ${MANY} watched keys takes ${Math.round(ms)} ms`);
  });
  assert.equal(await infoField(writer, "total_watched_keys"), "0");
  await watcher.call("MULTI");
  assert.equal(await watcher.call("EXEC"), null);
  await until("nothing is held", async () => (await counted(writer, id)) <= idle + 20_000);
});

test("waiting for thousands of keys takes memory in proportion, and counts it until the client is served", async (t) => {
  const { connect } = await embeddedServer(t);
  const [waiter, writer] = [await connect(), await connect()];
  const id = Number(await waiter.call("CLIENT", "ID"));
  const idle = await counted(writer, id);
  const before = process.memoryUsage().arrayBuffers;
  const served = waiter.call("BLPOP", ...names("key"), 0);
  await until("it waits", async () => (await infoField(writer, "total_blocking_keys")) === String(MANY));
  assertModest(before);
  assert.ok((await counted(writer, id)) - idle > MANY * 400);
  await writer.call("RPUSH", `key:${MANY - 1}`, "x");
  assert.deepEqual(await served, [`key:${MANY - 1}`, "x"]);
  assert.equal(await infoField(writer, "total_blocking_keys"), "0");
  await until("nothing is held", async () => (await counted(writer, id)) <= idle + 20_000);
});

test("prefixes by the thousand are told from each other in no time, and the first that overlap are named", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect({ resp: 3 });
  const bcast = (...prefixes: string[]): Promise<unknown> =>
    client.call("CLIENT", "TRACKING", "ON", "BCAST", ...prefixes.flatMap((prefix) => ["PREFIX", prefix]));
  const prefixes = names("p").map((name) => `${name}:`);
  await onAnyTry(async () => {
    await client.call("CLIENT", "TRACKING", "OFF");
    const startMs = performance.now();
    await bcast(...prefixes);
    const ms = performance.now() - startMs;
    assert.ok(ms < 250, `${MANY} prefixes take ${Math.round(ms)} ms`);
  });
  const another = (a: string, b: string): RegExp =>
    new RegExp(`Prefix '${a}' overlaps with another provided prefix '${b}'`);
  const existing = (a: string, b: string): RegExp =>
    new RegExp(`Prefix '${a}' overlaps with an existing prefix '${b}'`);
  await assert.rejects(bcast("x", "p:77:1"), existing("p:77:1", "p:77:"));
  await assert.rejects(bcast("p:7"), existing("p:7", "p:7000:"));
  await assert.rejects(bcast("q", "y", "z:1", "y:2", "z"), another("y", "y:2"));
  await assert.rejects(bcast("q", "z:1", "y:2", "z", "y"), another("z:1", "z"));
  await assert.rejects(bcast("same", "q", "same"), another("same", "same"));
  await assert.rejects(bcast("ab", "b", "a", "p:1:1"), another("ab", "a"));
  await assert.rejects(bcast(""), existing("", "p:0:"));
});
