/** Client-side caching as clients do it: node-redis' own cache over RESP3, and ioredis with messages redirected over RESP2. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Redis } from "ioredis";
import * as redis5 from "redis5";
import * as redis6 from "redis6";
import { once } from "../support/time-limit.js";
import { applications } from "./applications.js";

/** What is used of a node-redis client here; the versions agree on it. */
interface Caching {
  connect(): Promise<unknown>;
  get(key: string): Promise<string | null>;
  hGetAll(key: string): Promise<Record<string, string>>;
  set(key: string, value: string): Promise<unknown>;
  destroy(): void;
}
type Create = (options: object) => Caching;

const versions: readonly (readonly [name: string, create: Create])[] = [
  ["node-redis 5", redis5.createClient as unknown as Create],
  ["node-redis 6", redis6.createClient as unknown as Create],
];

/** How often a command has been called. */
async function calls(io: Redis, command: string): Promise<number> {
  const text = await io.info("commandstats");
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(text)?.[1] ?? 0);
}

/** Asks until the answer is as expected. */
async function eventually<T>(ask: () => Promise<T>, expected: T): Promise<void> {
  while ((await ask()) !== expected) await new Promise((resolve) => setImmediate(resolve));
}

applications("client-side caching", ({ port, io, another }) => {
  for (const [name, create] of versions) {
    test(`${name} asks once and hears of changes, expiry and flushes`, async (t) => {
      const client = create({
        url: `redis://127.0.0.1:${port()}`,
        RESP: 3,
        clientSideCache: { ttl: 0, maxEntries: 100, evictPolicy: "LRU" },
      });
      await client.connect();
      t.after(() => client.destroy());
      await io().set("key", "1");
      const before = await calls(io(), "get");
      for (let i = 0; i < 20; i++) assert.equal(await client.get("key"), "1");
      assert.equal((await calls(io(), "get")) - before, 1);

      await io().set("key", "2");
      await eventually(() => client.get("key"), "2");
      const after = await calls(io(), "get");
      for (let i = 0; i < 20; i++) assert.equal(await client.get("key"), "2");
      assert.equal(await calls(io(), "get"), after);

      await client.set("key", "mine");
      await eventually(() => client.get("key"), "mine");
      await io().hset("hash", "field", "value");
      assert.equal((await client.hGetAll("hash"))["field"], "value");
      await io().hset("hash", "field", "other");
      await eventually(async () => (await client.hGetAll("hash"))["field"], "other");

      await io().pexpire("key", 20);
      await eventually(() => client.get("key"), null);
      await io().set("flushed", "1");
      assert.equal(await client.get("flushed"), "1");
      await io().flushall();
      await eventually(() => client.get("flushed"), null);
    });
  }

  test("ioredis hears on a second connection of the keys that the first one has read", async () => {
    const listener = another();
    const reader = another();
    const id = await listener.client("ID");
    await listener.subscribe("__redis__:invalidate");
    assert.equal(await reader.call("CLIENT", "TRACKING", "ON", "REDIRECT", String(id)), "OK");
    assert.equal(await reader.call("CLIENT", "GETREDIR"), id);
    await io().mset("a", "1", "b", "1", "c", "1");
    await reader.mget("a", "b");
    const received: string[] = [];
    const two = new Promise<void>((resolve) => {
      listener.on("message", (channel: string, keys: string) => {
        assert.equal(channel, "__redis__:invalidate");
        if (received.push(keys) === 2) resolve();
      });
    });
    await io().mset("c", "2", "b", "2", "a", "2");
    await two;
    assert.deepEqual(received, ["b", "a"]);
    const flushed = once(listener, "message");
    await io().flushdb();
    assert.deepEqual(await flushed, ["__redis__:invalidate", ""]);
  });

  test("ioredis hears of everything under its prefixes in BCAST mode", async () => {
    const listener = another();
    const tracker = another();
    const id = await listener.client("ID");
    await listener.subscribe("__redis__:invalidate");
    await tracker.call("CLIENT", "TRACKING", "ON", "REDIRECT", String(id), "BCAST", "PREFIX", "user:", "NOLOOP");
    const message = once(listener, "message");
    await tracker.mset("user:3", "mine", "user:4", "mine");
    await io().mset("user:2", "1", "item:1", "1", "user:1", "1");
    assert.deepEqual(await message, ["__redis__:invalidate", "user:1,user:2"]);
  });
});
