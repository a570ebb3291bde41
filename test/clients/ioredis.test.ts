/** ioredis 5 and 6 with their default options. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis as Redis5 } from "ioredis";
import { Redis as Redis6 } from "ioredis6";
import { type RunningServer, startServer } from "../support/servers.js";
import { once } from "../support/time-limit.js";
import { dropAllConnections, skipUnlessKnown } from "./commands-known.js";

/** Version 6 has the interface of version 5, as far as these tests go. */
type Redis = Redis5;
const versions = [
  ["ioredis 5", Redis5],
  ["ioredis 6", Redis6 as unknown as typeof Redis5],
] as const;

const binary = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

for (const [name, Client] of versions) {
  describe(name, () => {
    let server: RunningServer;
    let redis: Redis;
    before(async () => {
      server = await startServer();
      redis = new Client(server.port);
    });
    after(async () => {
      redis?.disconnect();
      await server?.stop();
    });

    test("sets and gets text and binary values", async () => {
      assert.equal(await redis.set("text", "héllo"), "OK");
      assert.equal(await redis.get("text"), "héllo");
      assert.equal(await redis.get("none"), null);
      await redis.set(binary, binary);
      assert.deepEqual(await redis.getBuffer(binary), binary);
      assert.equal(await redis.del(binary, "none"), 1);
    });

    test("takes options of SET, and expiry", async () => {
      assert.equal(await redis.set("lock", "1", "EX", 100, "NX"), "OK");
      assert.equal(await redis.set("lock", "2", "EX", 100, "NX"), null);
      assert.ok((await redis.ttl("lock")) >= 99);
      assert.equal(await redis.expire("lock", 200), 1);
      assert.equal(await redis.persist("lock"), 1);
      assert.equal(await redis.ttl("lock"), -1);
      assert.equal(await redis.pexpire("lock", 5), 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(await redis.exists("lock"), 0);
    });

    test("counts", async () => {
      assert.equal(await redis.incr("count"), 1);
      assert.equal(await redis.incrby("count", 41), 42);
      assert.equal(await redis.decr("count"), 41);
      assert.equal(await redis.incrbyfloat("count", 0.5), "41.5");
    });

    test("pipelines ten thousand commands", async () => {
      const pipeline = redis.pipeline();
      for (let i = 0; i < 5000; i++) pipeline.set(`p:${i}`, `v${i}`).get(`p:${i}`);
      const results = await pipeline.exec();
      assert.equal(results?.length, 10_000);
      assert.deepEqual(results?.at(-1), [null, "v4999"]);
    });

    test("runs transactions, and aborts them when a watched key changes", async () => {
      const results = await redis.multi().set("t", "1").incr("t").get("t").exec();
      assert.deepEqual(results, [
        [null, "OK"],
        [null, 2],
        [null, "2"],
      ]);
      const other = new Client(server.port);
      await redis.watch("t");
      await other.set("t", "changed");
      assert.equal(await redis.multi().set("t", "mine").exec(), null);
      assert.equal(await redis.get("t"), "changed");
      other.disconnect();
    });

    test("scans with a stream and with a pattern", async () => {
      await redis.mset(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`scan:${i}`, "x"])));
      const seen = new Set<string>();
      for await (const keys of redis.scanStream({ match: "scan:*", count: 50 })) {
        for (const key of keys as string[]) seen.add(key);
      }
      assert.equal(seen.size, 1000);
    });

    test("gets errors as rejections, alone and in a pipeline", async () => {
      await redis.set("word", "abc");
      await assert.rejects(redis.incr("word"), /ERR value is not an integer or out of range/);
      await assert.rejects(redis.call("NOSUCHCOMMAND", "x"), /ERR unknown command 'NOSUCHCOMMAND'/);
      const results = await redis.pipeline().incr("word").get("word").exec();
      assert.match(String(results?.[0]?.[0]), /not an integer/);
      assert.deepEqual(results?.[1], [null, "abc"]);
    });

    test("selects a database by option and by command", async () => {
      const other = new Client({ port: server.port, db: 3 });
      await other.set("here", "3");
      assert.equal(await redis.exists("here"), 0);
      await other.select(0);
      assert.equal(await other.exists("here"), 0);
      other.disconnect();
    });

    test("publishes and subscribes", async (t) => {
      const skip = await skipUnlessKnown(server.port, "subscribe", "publish");
      if (skip) return t.skip(skip);
      const subscriber = new Client(server.port);
      await subscriber.subscribe("news");
      const message = once(subscriber, "message");
      assert.equal(await redis.publish("news", "hello"), 1);
      assert.deepEqual(await message, ["news", "hello"]);
      await subscriber.quit();
    });

    test("comes back after its connection was dropped, and quits", async () => {
      const client = new Client(server.port);
      client.on("error", () => {});
      await client.set("before", "1");
      const closed = once(client, "close");
      await dropAllConnections(server.port);
      await closed;
      assert.equal(await client.get("before"), "1");
      assert.equal(await client.quit(), "OK");
    });

    test("comes back after the server was restarted", async () => {
      const first = await startServer();
      const client = new Client(first.port);
      client.on("error", () => {});
      await client.set("x", "1");
      await first.stop();
      const second = await startServer({ port: first.port });
      assert.equal(await client.ping(), "PONG");
      client.disconnect();
      await second.stop();
    });
  });
}
