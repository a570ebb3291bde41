import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedServer } from "../../../test/support/simulated-server.js";
import { Argv } from "../../bytes/argv.js";
import type { Client } from "../../commands/client.js";
import { Keyspace } from "../../keyspace/keyspace.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { Arena } from "../../memory/arena.js";
import { KeyspaceEvents } from "./keyspace-events.js";
import { Channels } from "./pubsub.js";

/** A client that keeps what it is sent. */
function listener(resp: 2 | 3 = 2): Client & { received: Uint8Array[]; text(): string } {
  const received: Uint8Array[] = [];
  return {
    resp,
    subscriptions: null,
    subscriptionCount: 0,
    received,
    hold: () => {},
    send: (bytes: Uint8Array) => received.push(bytes),
    text: () => Buffer.concat(received).toString("latin1"),
  } as unknown as Client & { received: Uint8Array[]; text(): string };
}

function publish(pubsub: Channels, channel: string, message: string, kind: "channel" | "shard" = "channel"): number {
  return pubsub.publish(kind, Argv.from([channel, message]), 0, 1);
}

test("a message is encoded once for all receivers of a protocol version", () => {
  const pubsub = new Channels();
  const [a, b, c] = [listener(), listener(), listener(3)];
  for (const client of [a, b, c]) assert.equal(pubsub.subscribe(client, "channel", "news"), 1);
  assert.equal(publish(pubsub, "news", "hi"), 3);
  assert.equal(a.text(), "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$2\r\nhi\r\n");
  assert.equal(c.text(), ">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$2\r\nhi\r\n");
  assert.equal(a.received[0], b.received[0]);
  assert.equal(publish(pubsub, "other", "hi"), 0);
});

test("a client gets a message once for its channel and once for each pattern that matches", () => {
  const pubsub = new Channels();
  const client = listener();
  pubsub.subscribe(client, "channel", "abc");
  pubsub.subscribe(client, "pattern", "a*");
  assert.equal(pubsub.subscribe(client, "pattern", "*\xff"), 3);
  assert.equal(publish(pubsub, "abc", "\0\r\n"), 2);
  assert.equal(
    client.text(),
    "*3\r\n$7\r\nmessage\r\n$3\r\nabc\r\n$3\r\n\0\r\n\r\n*4\r\n$8\r\npmessage\r\n$2\r\na*\r\n$3\r\nabc\r\n$3\r\n\0\r\n\r\n",
  );
});

test("shard channels are apart from channels, and patterns do not see them", () => {
  const pubsub = new Channels();
  const client = listener();
  assert.equal(pubsub.subscribe(client, "channel", "x"), 1);
  assert.equal(pubsub.subscribe(client, "pattern", "*"), 2);
  assert.equal(pubsub.subscribe(client, "shard", "x"), 1);
  assert.equal(client.subscriptionCount, 3);
  assert.equal(publish(pubsub, "x", "1", "shard"), 1);
  assert.equal(client.text(), "*3\r\n$8\r\nsmessage\r\n$1\r\nx\r\n$1\r\n1\r\n");
  assert.deepEqual([...pubsub.channels("shard")], ["x"]);
});

test("subscribing twice counts once, and the last subscriber takes the channel along", () => {
  const pubsub = new Channels();
  const client = listener();
  pubsub.subscribe(client, "channel", "x");
  assert.equal(pubsub.subscribe(client, "channel", "x"), 1);
  assert.equal(pubsub.subscriberCount("channel", "x"), 1);
  assert.equal(pubsub.unsubscribe(client, "channel", "y"), 1);
  assert.equal(pubsub.unsubscribe(client, "channel", "x"), 0);
  assert.deepEqual([...pubsub.channels("channel")], []);
  assert.equal(client.subscriptionCount, 0);
});

test("a client that leaves, even while a message is sent, is forgotten everywhere", () => {
  const pubsub = new Channels();
  const [a, b] = [listener(), listener()];
  for (const client of [a, b]) {
    pubsub.subscribe(client, "channel", "x");
    pubsub.subscribe(client, "pattern", "*");
  }
  a.send = () => pubsub.leave(a);
  publish(pubsub, "x", "1");
  assert.equal(a.subscriptionCount, 0);
  assert.equal(b.received.length, 2);
  pubsub.leave(b);
  assert.deepEqual([[...pubsub.channels("channel")], pubsub.patternCount], [[], 0]);
});

test("keyspace events go to the channels that are switched on", () => {
  const pubsub = new Channels();
  const keyspace = new Keyspace({ arena: new Arena(), databaseCount: 16, hashKey: [1, 2], random: () => 0 });
  const events = new KeyspaceEvents(keyspace, pubsub);
  const client = listener();
  pubsub.subscribe(client, "pattern", "__key*");
  const notify = (): string => {
    client.received.length = 0;
    events.notify(NotifyClass.GENERIC, "del", keyspace.database(3), Argv.from(["DEL", "k"]), 1);
    return client.text();
  };
  const head = "*4\r\n$8\r\npmessage\r\n$6\r\n__key*\r\n";
  keyspace.notifyFlags = NotifyClass.KEYSPACE;
  assert.equal(notify(), `${head}$16\r\n__keyspace@3__:k\r\n$3\r\ndel\r\n`);
  keyspace.notifyFlags = NotifyClass.KEYEVENT;
  assert.equal(notify(), `${head}$18\r\n__keyevent@3__:del\r\n$1\r\nk\r\n`);
  keyspace.notifyFlags = NotifyClass.KEYEVENT | NotifyClass.KEYSPACE;
  assert.match(notify(), /__keyspace@3__.*__keyevent@3__/s);
});

test("what a client subscribes to counts as its memory until it unsubscribes, by name, from all or by RESET", () => {
  const world = new SimulatedServer();
  const client = world.open();
  const held = () => client.connection.heldBytes;
  for (const [subscribe, unsubscribe] of [
    ["SUBSCRIBE", "UNSUBSCRIBE"],
    ["PSUBSCRIBE", "PUNSUBSCRIBE"],
    ["SSUBSCRIBE", "SUNSUBSCRIBE"],
  ] as const) {
    client.say(`${subscribe} a`);
    const one = held();
    assert.ok(one > 100);
    client.say(`${subscribe} a longer`);
    assert.equal(held(), 2 * one + "longer".length - "a".length);
    client.say(`${unsubscribe} a none`);
    assert.equal(held(), one + "longer".length - "a".length);
    client.say(`${subscribe} a b`, unsubscribe);
    assert.equal(held(), 0, unsubscribe);
    client.say(`${subscribe} a b c`, "RESET");
    assert.equal(held(), 0, "RESET");
  }
});
