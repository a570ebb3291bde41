/** Big collections go in slices: whoever deletes one, or lets it expire, makes nobody wait, and gets the memory back. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { RespConnection } from "../support/resp-connection.js";
import { serverFor } from "../support/servers.js";
import { onAnyTry } from "../support/timing.js";

const MEMBERS = 1_000_000;
const AT_ONCE = 5000;
/** Beyond the longest PING of a server with nothing to do: freeing it all at once takes ten times as long. */
const TOLERANCE_MS = 30;
const IDLE_MS = 300;
/** Memory that a server needs and releases by itself. */
const SLACK_BYTES = 2_000_000;
const FREED_WITHIN_MS = 60_000;

async function connect(t: TestContext, port: number): Promise<RespConnection> {
  const connection = await RespConnection.connect(port);
  t.after(() => connection.close());
  return connection;
}

/** Pings about once a millisecond until `isDone`; returns the longest in milliseconds. */
async function longestPing(connection: RespConnection, isDone: () => boolean): Promise<number> {
  let longest = 0;
  while (!isDone()) {
    const sent = performance.now();
    await connection.call("PING");
    longest = Math.max(longest, performance.now() - sent);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return longest;
}

async function usedMemory(connection: RespConnection): Promise<number> {
  return Number(/used_memory:(\d+)/.exec((await connection.call("INFO", "memory")) as string)![1]);
}

/** Sends `words`, then what `make` says of each number, many at a time. */
async function fill(connection: RespConnection, words: string[], count: number, make: (i: number) => string[]) {
  for (let from = 0; from < count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => from + i);
    await connection.call(...words, ...numbers.flatMap(make));
  }
}

/** Does something that frees a lot, and checks how long others waited meanwhile, and that memory is back. */
async function checkFreeing(t: TestContext, port: number, before: number, free: () => Promise<void>): Promise<void> {
  const [pinger, watcher] = [await connect(t, port), await connect(t, port)];
  const start = performance.now();
  const idleMs = await longestPing(pinger, () => performance.now() - start > IDLE_MS);
  let isBack = false;
  const longest = longestPing(pinger, () => isBack);
  await free();
  const limit = performance.now() + FREED_WITHIN_MS;
  let used = Number.POSITIVE_INFINITY;
  while (used > before + SLACK_BYTES && performance.now() < limit) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    used = await usedMemory(watcher);
  }
  isBack = true;
  const longestMs = await longest;
  t.diagnostic(`longest PING: idle ${idleMs.toFixed(1)} ms, while freeing ${longestMs.toFixed(1)} ms`);
  assert.ok(used <= before + SLACK_BYTES, `${used - before} bytes are not back`);
  assert.ok(longestMs < idleMs + TOLERANCE_MS, `longest PING ${longestMs} ms, ${idleMs} ms when idle`);
}

test("a set of a million members is deleted without anybody waiting, and its memory is back", async (t) => {
  const server = await serverFor(t);
  const client = await connect(t, server.port);
  const before = await usedMemory(client);
  await onAnyTry(async () => {
    await fill(client, ["SADD", "big"], MEMBERS, (i) => [`member:${i}`]);
    assert.equal(await client.call("SCARD", "big"), MEMBERS);
    assert.ok((await usedMemory(client)) > before + MEMBERS * 16);
    await checkFreeing(t, server.port, before, async () => {
      assert.equal(await client.call("DEL", "big"), 1);
    });
  });
});

test("big collections of all types expire at once without anybody waiting", async (t) => {
  const server = await serverFor(t);
  const client = await connect(t, server.port);
  const before = await usedMemory(client);
  const count = MEMBERS / 10;
  await onAnyTry(async () => {
    await fill(client, ["HSET", "hash"], count, (i) => [`field:${i}`, `value:${i}`]);
    await fill(client, ["ZADD", "zset"], count, (i) => [`${i}`, `member:${i}`]);
    await fill(client, ["RPUSH", "list"], count, (i) => [`element:${i}`]);
    await fill(client, ["SADD", "set"], count, (i) => [`${i}`]);
    for (let i = 0; i < 5; i++) await client.call("XADD", "stream", "*", "field", "x".repeat(100_000));
    await checkFreeing(t, server.port, before, async () => {
      for (const key of ["hash", "zset", "list", "set", "stream"]) await client.call("PEXPIRE", key, 20);
    });
    assert.equal(await client.call("DBSIZE"), 0);
  });
});
