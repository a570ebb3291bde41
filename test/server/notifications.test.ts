import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";

test("keyspace events reach pattern subscribers in order, for what was done and what expired", async (t) => {
  const { connect } = await embeddedServer(t, { "notify-keyspace-events": "KEA", hz: 100 });
  const [client, listener] = [await connect(), await connect()];
  await listener.call("PSUBSCRIBE", "__key*__:*");
  await client.call("SET", "key", 1);
  await client.call("INCR", "key");
  await client.call("SELECT", 3);
  await client.call("SET", "short", 1, "PX", 5);
  const events: string[] = [];
  while (!events.includes("__keyevent@3__:expired short")) {
    const [, , channel, message] = (await listener.nextReply()).value as string[];
    events.push(`${channel} ${message}`);
  }
  assert.deepEqual(events, [
    ...["__keyspace@0__:key set", "__keyevent@0__:set key"],
    ...["__keyspace@0__:key incrby", "__keyevent@0__:incrby key"],
    ...["__keyspace@3__:short set", "__keyevent@3__:set short"],
    ...["__keyspace@3__:short expire", "__keyevent@3__:expire short"],
    ...["__keyspace@3__:short expired", "__keyevent@3__:expired short"],
  ]);
});

test("SMOVE reports what happens to the source before the new key", async (t) => {
  const { connect } = await embeddedServer(t, { "notify-keyspace-events": "EAn" });
  const [client, listener] = [await connect(), await connect()];
  await client.call("SADD", "source", "member");
  await listener.call("PSUBSCRIBE", "*");
  await client.call("SMOVE", "source", "target", "member");
  for (const [event, key] of ["srem source", "del source", "new target", "sadd target"].map((each) =>
    each.split(" "),
  )) {
    assert.deepEqual((await listener.nextReply()).value, ["pmessage", "*", `__keyevent@0__:${event}`, key]);
  }
});

test("SMOVE without a source finds out that the destination has expired", async (t) => {
  const { connect } = await embeddedServer(t, { "notify-keyspace-events": "Ex", "enable-debug-command": "yes" });
  const [client, listener] = [await connect(), await connect()];
  await client.call("DEBUG", "SET-ACTIVE-EXPIRE", 0);
  await listener.call("PSUBSCRIBE", "*");
  await client.call("SET", "target", 1, "PXAT", 1);
  assert.equal(await client.call("SMOVE", "source", "target", "member"), 0);
  await client.call("PUBLISH", "channel", "end");
  assert.deepEqual((await listener.nextReply()).value, ["pmessage", "*", "__keyevent@0__:expired", "target"]);
});

test("a key that has expired when clients that wait for it are looked at is left for who reads it", async (t) => {
  const { connect } = await embeddedServer(t, { "notify-keyspace-events": "EA", "enable-debug-command": "yes" });
  const [client, listener, waiter] = [await connect(), await connect(), await connect()];
  await client.call("DEBUG", "SET-ACTIVE-EXPIRE", 0);
  await listener.call("PSUBSCRIBE", "*");
  const blocked = waiter.send(["BLPOP", "key", 0]);
  blocked.catch(() => {});
  await until("it waits", async () => (await infoField(client, "blocked_clients")) === "1");
  await client.call("SET", "key", "text", "PXAT", 1);
  await client.call("PUBLISH", "channel", "here");
  await client.call("GET", "key");
  for (const [channel, message] of [
    ["__keyevent@0__:set", "key"],
    ["__keyevent@0__:expire", "key"],
    ["channel", "here"],
    ["__keyevent@0__:expired", "key"],
  ]) {
    assert.deepEqual((await listener.nextReply()).value, ["pmessage", "*", channel, message]);
  }
});

test("only the classes that are switched on are sent, and evictions are one", async (t) => {
  const { connect } = await embeddedServer(t, { "notify-keyspace-events": "Ege", "maxmemory-policy": "allkeys-lru" });
  const [client, listener] = [await connect(), await connect()];
  await listener.call("PSUBSCRIBE", "*");
  await client.call("SET", "a", "x".repeat(100_000));
  await client.call("DEL", "a");
  assert.deepEqual((await listener.nextReply()).value, ["pmessage", "*", "__keyevent@0__:del", "a"]);
  await client.call("SET", "b", "x".repeat(100_000));
  await client.call("CONFIG", "SET", "maxmemory", 1);
  assert.deepEqual((await listener.nextReply()).value, ["pmessage", "*", "__keyevent@0__:evicted", "b"]);
});

test("RESP3 subscribers get pushes and may run any command between them", async (t) => {
  const { connect } = await embeddedServer(t);
  const [client, listener] = [await connect(), await connect({ resp: 3 })];
  listener.write("SUBSCRIBE news\r\n");
  assert.deepEqual((await listener.nextPush()).value, ["subscribe", "news", 1]);
  assert.equal(await client.call("PUBLISH", "news", "hello"), 1);
  assert.equal((await listener.nextPush()).bytes.toString(), ">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
  assert.equal(await listener.call("SET", "a", 1), "OK");
  assert.equal(await listener.call("PING"), "PONG");
  // Its own message comes after the reply to PUBLISH.
  assert.equal(await listener.call("PUBLISH", "news", "own"), 1);
  assert.deepEqual((await listener.nextPush()).value, ["message", "news", "own"]);
});

test("a message to many subscribers of both protocols reaches each once", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  const listeners = await Promise.all(Array.from({ length: 60 }, (_, i) => connect({ resp: i % 2 === 0 ? 2 : 3 })));
  for (const [i, listener] of listeners.entries()) {
    listener.write("SUBSCRIBE news\r\n");
    await (i % 2 === 0 ? listener.nextReply() : listener.nextPush());
  }
  const message = "m".repeat(100_000);
  assert.equal(await client.call("PUBLISH", "news", message), 60);
  for (const [i, listener] of listeners.entries()) {
    const reply = await (i % 2 === 0 ? listener.nextReply() : listener.nextPush());
    assert.deepEqual(reply.value, ["message", "news", message]);
  }
});
