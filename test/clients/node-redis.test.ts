/** node-redis 4, 5 and 6 with their default options: version 4 speaks RESP2, version 6 asks for RESP3 by itself. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as redis4 from "redis4";
import * as redis5 from "redis5";
import * as redis6 from "redis6";
import { type RunningServer, startServer } from "../support/servers.js";
import { dropAllConnections, skipUnlessKnown } from "./commands-known.js";

/** What these tests use of a client; the three versions agree on it. */
interface Client {
  connect(): Promise<unknown>;
  on(event: string, listener: () => void): unknown;
  set(key: string, value: string | Buffer, options?: object): Promise<string | null>;
  get(key: string): Promise<string | null>;
  del(keys: string | string[]): Promise<number>;
  mSet(pairs: Record<string, string>): Promise<unknown>;
  incrBy(key: string, by: number): Promise<number>;
  expire(key: string, seconds: number): Promise<unknown>;
  ttl(key: string): Promise<number>;
  watch(key: string): Promise<unknown>;
  multi(): Multi;
  scanIterator(options: object): AsyncIterable<string | string[]>;
  sendCommand(args: string[]): Promise<unknown>;
  subscribe(channel: string, listener: (message: string, channel: string) => void): Promise<unknown>;
  publish(channel: string, message: string): Promise<number>;
  ping(): Promise<string>;
  quit(): Promise<unknown>;
}

interface Multi {
  set(key: string, value: string): Multi;
  incr(key: string): Multi;
  get(key: string): Multi;
  exec(): Promise<unknown[] | null>;
}

type Connect = (options: object) => Client;
type GetBuffer = (client: Client, key: string) => Promise<unknown>;

const typeMapped =
  (mapping: object): GetBuffer =>
  (client, key) =>
    (client as unknown as { withTypeMapping(mapping: object): Client }).withTypeMapping(mapping).get(key);

const versions: readonly (readonly [name: string, create: Connect, getBuffer: GetBuffer])[] = [
  [
    "node-redis 4",
    redis4.createClient as unknown as Connect,
    (client, key) =>
      (client.get as unknown as (options: object, key: string) => Promise<unknown>).call(
        client,
        redis4.commandOptions({ returnBuffers: true }),
        key,
      ),
  ],
  ["node-redis 5", redis5.createClient as unknown as Connect, typeMapped({ [redis5.RESP_TYPES.BLOB_STRING]: Buffer })],
  ["node-redis 6", redis6.createClient as unknown as Connect, typeMapped({ [redis6.RESP_TYPES.BLOB_STRING]: Buffer })],
];

const binary = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

for (const [name, create, getBuffer] of versions) {
  describe(name, () => {
    let server: RunningServer;
    let client: Client;
    const connect = async (to: RunningServer): Promise<Client> => {
      const made = create({ url: `redis://127.0.0.1:${to.port}` });
      made.on("error", () => {});
      await made.connect();
      return made;
    };
    before(async () => {
      server = await startServer();
      client = await connect(server);
    });
    after(async () => {
      await client?.quit();
      await server?.stop();
    });

    test("sets and gets text and binary values", async () => {
      assert.equal(await client.set("text", "héllo"), "OK");
      assert.equal(await client.get("text"), "héllo");
      assert.equal(await client.get("none"), null);
      await client.set("binary", binary);
      assert.deepEqual(await getBuffer(client, "binary"), binary);
      assert.equal(await client.del(["binary", "none"]), 1);
    });

    test("takes options of SET, and expiry", async () => {
      assert.equal(await client.set("lock", "1", { EX: 100, NX: true }), "OK");
      assert.equal(await client.set("lock", "2", { EX: 100, NX: true }), null);
      assert.ok((await client.ttl("lock")) >= 99);
      assert.ok(await client.expire("lock", 200));
      assert.ok((await client.ttl("lock")) >= 199);
    });

    test("pipelines what is sent at once", async () => {
      const replies = await Promise.all(Array.from({ length: 5000 }, () => client.incrBy("count", 1)));
      assert.equal(replies.at(-1), 5000);
    });

    test("runs transactions, and aborts them when a watched key changes", async () => {
      assert.deepEqual(await client.multi().set("t", "1").incr("t").get("t").exec(), ["OK", 2, "2"]);
      const other = await connect(server);
      await client.watch("t");
      await other.set("t", "changed");
      await assert.rejects(client.multi().set("t", "mine").exec(), { name: "Error" });
      assert.equal(await client.get("t"), "changed");
      await other.quit();
    });

    test("iterates over the keys", async () => {
      await client.mSet(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`scan:${i}`, "x"])));
      const seen = new Set<string>();
      for await (const keys of client.scanIterator({ MATCH: "scan:*", COUNT: 50 })) {
        for (const key of typeof keys === "string" ? [keys] : keys) seen.add(key);
      }
      assert.equal(seen.size, 1000);
    });

    test("gets errors as rejections", async () => {
      await client.set("word", "abc");
      await assert.rejects(client.incrBy("word", 1), /ERR value is not an integer or out of range/);
      await assert.rejects(client.sendCommand(["NOSUCHCOMMAND"]), /ERR unknown command 'NOSUCHCOMMAND'/);
    });

    test("publishes and subscribes", async (t) => {
      const skip = await skipUnlessKnown(server.port, "subscribe", "publish");
      if (skip) return t.skip(skip);
      const subscriber = await connect(server);
      const message = new Promise((resolve) => {
        void subscriber.subscribe("news", (text) => resolve(text)).then(() => client.publish("news", "hello"));
      });
      assert.equal(await message, "hello");
      await subscriber.quit();
    });

    test("comes back after its connection was dropped", async () => {
      const dropped = await connect(server);
      const reconnecting = new Promise<void>((resolve) => dropped.on("reconnecting", resolve));
      await dropped.set("before", "1");
      await dropAllConnections(server.port);
      await reconnecting;
      assert.equal(await dropped.get("before"), "1");
      await dropped.quit();
    });

    test("comes back after the server was restarted", async () => {
      const first = await startServer();
      const waiting = await connect(first);
      await first.stop();
      const second = await startServer({ port: first.port });
      assert.equal(await waiting.ping(), "PONG");
      await waiting.quit();
      await second.stop();
    });
  });
}
