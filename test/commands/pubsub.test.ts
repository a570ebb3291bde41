import assert from "node:assert/strict";
import { test } from "node:test";
import { restrictionError } from "../../src/commands/pubsub/restriction.js";
import { Channels } from "../../src/server/pubsub/pubsub.js";
import { KeyspaceServer } from "./keyspace-server.js";

function subscriber(resp: 2 | 3 = 2): { server: KeyspaceServer; sent: string[]; client: Record<string, unknown> } {
  const sent: string[] = [];
  const client = {
    id: 1,
    resp,
    replyMode: "on",
    subscriptions: null,
    subscriptionCount: 0,
    hold: () => {},
    send: (bytes: Uint8Array) => sent.push(Buffer.from(bytes).toString("latin1")),
  };
  const server = new KeyspaceServer({ client, pubsub: new Channels() });
  return { server, sent, client };
}

test("SUBSCRIBE confirms each name with the count so far", () => {
  const { server } = subscriber();
  assert.equal(
    server.bytes("SUBSCRIBE", "a", "a", "\xff"),
    "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n" +
      "*3\r\n$9\r\nsubscribe\r\n$1\r\n\xff\r\n:2\r\n",
  );
  assert.equal(server.bytes("PSUBSCRIBE", "*"), "*3\r\n$10\r\npsubscribe\r\n$1\r\n*\r\n:3\r\n");
  assert.equal(server.bytes("SSUBSCRIBE", "s"), "*3\r\n$10\r\nssubscribe\r\n$1\r\ns\r\n:1\r\n");
});

test("UNSUBSCRIBE without names ends all subscriptions, and says so once when there are none", () => {
  const { server } = subscriber(3);
  server.call("SUBSCRIBE a b");
  server.call("PSUBSCRIBE *");
  assert.equal(
    server.bytes("UNSUBSCRIBE"),
    ">3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:2\r\n>3\r\n$11\r\nunsubscribe\r\n$1\r\nb\r\n:1\r\n",
  );
  assert.equal(server.bytes("UNSUBSCRIBE"), ">3\r\n$11\r\nunsubscribe\r\n_\r\n:1\r\n");
  assert.equal(server.bytes("UNSUBSCRIBE", "x"), ">3\r\n$11\r\nunsubscribe\r\n$1\r\nx\r\n:1\r\n");
});

test("confirmations reach a client that wants no replies", () => {
  const { server, sent, client } = subscriber();
  client.replyMode = "off";
  assert.equal(server.bytes("SUBSCRIBE", "a"), "");
  assert.deepEqual(sent, ["*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"]);
});

test("SSUBSCRIBE is refused inside a transaction", () => {
  const { server } = subscriber();
  server.context.inTransaction = true;
  assert.equal(server.call("SSUBSCRIBE a"), "ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
});

test("PUBSUB tells channels, subscribers and patterns", () => {
  const { server } = subscriber();
  for (const line of ["SUBSCRIBE ab ac", "PSUBSCRIBE x* y*", "SSUBSCRIBE s"]) server.bytes(...line.split(" "));
  assert.deepEqual(server.call("PUBSUB CHANNELS"), ["ab", "ac"]);
  assert.deepEqual(server.call("PUBSUB CHANNELS ?c"), ["ac"]);
  assert.deepEqual(server.call("PUBSUB NUMSUB ab zz"), ["ab", 1, "zz", 0]);
  assert.deepEqual(server.call("PUBSUB SHARDNUMSUB s ab"), ["s", 1, "ab", 0]);
  assert.deepEqual(server.call("PUBSUB SHARDCHANNELS"), ["s"]);
  assert.equal(server.call("PUBSUB NUMPAT"), 2);
  assert.match(String(server.call("PUBSUB CHANNELS a b")), /^ERR unknown subcommand or wrong number of arguments for/);
});

test("PUBLISH counts receivers, SPUBLISH those of the shard channel", () => {
  const { server, sent } = subscriber();
  server.bytes("SUBSCRIBE", "a");
  server.bytes("PSUBSCRIBE", "a*");
  assert.equal(server.call("PUBLISH a hi"), 2);
  assert.equal(server.call("SPUBLISH a hi"), 0);
  assert.equal(sent.length, 2);
});

test("PING of a subscribed RESP2 client is answered like a message", () => {
  const { server, client } = subscriber();
  server.bytes("SUBSCRIBE", "a");
  assert.equal(server.bytes("PING"), "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
  assert.equal(server.bytes("PING", "x"), "*2\r\n$4\r\npong\r\n$1\r\nx\r\n");
  client.resp = 3;
  assert.equal(server.bytes("PING"), "+PONG\r\n");
});

test("what a subscribed client may not call is named in full", () => {
  const { server } = subscriber();
  const entry = server.context.commands.byFullName("client|list")!;
  assert.match(restrictionError(entry), /^ERR Can't execute 'client\|list': only \(P\|S\)SUBSCRIBE /);
});
