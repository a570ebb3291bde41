/** Messages between applications: pub/sub as ioredis and node-redis do it, with patterns, shard channels, bytes and lost connections. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as redis5 from "redis5";
import { once } from "../support/time-limit.js";
import { applications } from "./applications.js";

const bytes = Buffer.from([0, 13, 10, 36, 255]);

applications("messages", ({ port, io, node, another, anotherNode }) => {
  test("ioredis: channels, patterns and shard channels", async () => {
    const subscriber = another();
    assert.equal(await subscriber.subscribe("news", "sport"), 2);
    assert.equal(await subscriber.psubscribe("n*"), 3);
    assert.equal(await subscriber.ssubscribe("shard"), 1);
    const events = [once(subscriber, "message"), once(subscriber, "pmessage"), once(subscriber, "smessage")];
    assert.equal(await io().publish("news", "hello"), 2);
    assert.equal(await io().spublish("shard", "hi"), 1);
    assert.deepEqual(await Promise.all(events), [
      ["news", "hello"],
      ["n*", "news", "hello"],
      ["shard", "hi"],
    ]);
    assert.deepEqual(await io().pubsub("NUMSUB", "news", "nobody"), ["news", 1, "nobody", 0]);
    assert.deepEqual(await io().pubsub("SHARDCHANNELS"), ["shard"]);
    await assert.rejects(subscriber.get("key"), /subscriber mode/);
    assert.deepEqual(await subscriber.ping(), ["pong", ""]);
    // ioredis takes the 0 of the channels for the end of all subscriptions.
    assert.equal(await subscriber.sunsubscribe("shard"), 0);
    await subscriber.psubscribe("n*");
    await subscriber.unsubscribe("news", "sport");
    await subscriber.punsubscribe("n*");
    assert.equal(await subscriber.get("key"), null);
  });

  test("ioredis: messages are bytes, and come in their order", async () => {
    const subscriber = another();
    await subscriber.subscribe(bytes as unknown as string);
    const first = once(subscriber, "messageBuffer");
    await io().publish(bytes as unknown as string, bytes);
    assert.deepEqual(await first, [bytes, bytes]);
    const received: string[] = [];
    const all = new Promise<void>((resolve) => {
      subscriber.on("message", (_channel: string, text: string) => {
        if (received.push(text) === 5000) resolve();
      });
    });
    const publishing = io().pipeline();
    for (let i = 0; i < 5000; i++) publishing.publish(bytes as unknown as string, String(i));
    await publishing.exec();
    await all;
    assert.deepEqual(
      received,
      Array.from({ length: 5000 }, (_, i) => String(i)),
    );
    subscriber.disconnect();
  });

  test("ioredis: a subscriber whose connection was lost subscribes again", async () => {
    const subscriber = another();
    subscriber.on("error", () => {});
    await subscriber.subscribe("news");
    await subscriber.psubscribe("p*");
    const isReady = once(subscriber, "ready");
    await io().client("KILL", "TYPE", "pubsub");
    await isReady;
    const message = once(subscriber, "message");
    while ((await io().publish("news", "again")) === 0);
    assert.deepEqual(await message, ["news", "again"]);
    subscriber.disconnect();
  });

  for (const resp of [2, 3] as const) {
    test(`node-redis over RESP${resp}: listeners of channels, patterns and shard channels`, async (t) => {
      const subscriber = redis5.createClient({ url: `redis://127.0.0.1:${port()}`, RESP: resp });
      subscriber.on("error", () => {});
      await subscriber.connect();
      t.after(() => subscriber.destroy());
      const received: string[] = [];
      let expected = 4;
      let complete = (): void => {};
      const all = new Promise<void>((resolve) => (complete = resolve));
      const listener = (kind: string) => (text: string, channel: string) => {
        received.push(`${kind} ${channel} ${text}`);
        if (--expected === 0) complete();
      };
      await subscriber.subscribe(["news", "sport"], listener("channel"));
      await subscriber.subscribe("news", listener("second"));
      await subscriber.pSubscribe("n?ws", listener("pattern"));
      await subscriber.sSubscribe("news", listener("shard"));
      await node().publish("news", "a");
      await node().sPublish("news", "b");
      await all;
      assert.deepEqual(received.sort(), ["channel news a", "pattern news a", "second news a", "shard news b"]);
      assert.equal((await node().pubSubNumSub("news"))["news"], 1);
      assert.equal(await node().pubSubNumPat(), 1);
      await subscriber.unsubscribe("news");
      await subscriber.pUnsubscribe("n?ws");
      await subscriber.sUnsubscribe("news");
      assert.equal(await node().publish("news", "c"), 0);
      assert.equal(await node().publish("sport", "c"), 1);
      await subscriber.unsubscribe();
      assert.equal(await subscriber.get("key"), null);
    });
  }

  test("node-redis: bytes arrive as bytes, and a subscriber finds its way back", async () => {
    const subscriber = await anotherNode();
    subscriber.on("error", () => {});
    const received: Buffer[] = [];
    let arrived = (): void => {};
    const next = (): Promise<void> => new Promise((resolve) => (arrived = resolve));
    await subscriber.subscribe(
      "binary",
      (message: Buffer) => {
        received.push(message);
        arrived();
      },
      true,
    );
    const first = next();
    await node().publish("binary", bytes as unknown as string);
    await first;
    assert.deepEqual(received, [bytes]);
    const ready = new Promise<void>((resolve) => subscriber.once("ready", resolve));
    await io().client("KILL", "TYPE", "pubsub");
    await ready;
    const second = next();
    while ((await node().publish("binary", "again")) === 0);
    await second;
    assert.equal(String(received.at(-1)), "again");
  });
});
