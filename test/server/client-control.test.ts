import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";

test("CLIENT PAUSE WRITE holds writes and lets reads pass; UNPAUSE lets them go on in their order", async (t) => {
  const { connect } = await embeddedServer(t);
  const [client, writer] = [await connect(), await connect()];
  await client.call("CLIENT", "PAUSE", 100_000, "WRITE");
  assert.equal(await client.call("GET", "key"), null);
  const replies = [writer.send(["SET", "key", 1]), writer.send(["INCR", "key"]), writer.send(["GET", "key"])];
  await until(
    "it waits",
    async () =>
      (await infoField(client, "blocked_clients")) === "1" ||
      String(await client.call("CLIENT", "LIST")).includes("cmd=set"),
  );
  assert.equal(await client.call("GET", "key"), null);
  await client.call("CLIENT", "UNPAUSE");
  assert.deepEqual(await Promise.all(replies.map(async (reply) => (await reply).bytes.toString())), [
    "+OK\r\n",
    ":2\r\n",
    "$1\r\n2\r\n",
  ]);
});

test("CLIENT PAUSE holds everything until its time is over", async (t) => {
  const { connect } = await embeddedServer(t);
  const [client, other] = [await connect(), await connect()];
  const since = performance.now();
  await client.call("CLIENT", "PAUSE", 120);
  assert.equal(await other.call("PING"), "PONG");
  assert.ok(performance.now() - since >= 115);
});

test("CLIENT PAUSE WRITE holds an EXEC that writes, and no key expires meanwhile", async (t) => {
  const { connect } = await embeddedServer(t);
  const [client, other] = [await connect(), await connect()];
  await client.call("SET", "short", "value", "PX", 1);
  await other.call("MULTI");
  await other.call("SET", "key", 1);
  await client.call("CLIENT", "PAUSE", 100_000, "WRITE");
  const executed = other.send(["EXEC"]);
  await until("time has passed", () => new Promise((resolve) => setTimeout(() => resolve(true), 5)));
  assert.equal(await client.call("DBSIZE"), 1);
  await client.call("CLIENT", "UNPAUSE");
  assert.equal((await executed).bytes.toString(), "*1\r\n+OK\r\n");
  assert.equal(await client.call("GET", "short"), null);
});

test("a paused client that resets its connection is forgotten; one that only sends no more has its turn", async (t) => {
  const { connect } = await embeddedServer(t);
  const [client, leaving] = [await connect(), await connect()];
  await client.call("CLIENT", "PAUSE", 100_000, "WRITE");
  leaving.write("SET gone 1\r\n");
  await until("it waits", async () => String(await client.call("CLIENT", "LIST")).includes("cmd=set"));
  leaving.socket.resetAndDestroy();
  await until("it is gone", async () => String(await client.call("CLIENT", "LIST")).split("\n").length === 2);
  const last = await connect();
  last.socket.end("SET done 1\r\n");
  await until("it waits", async () => String(await client.call("CLIENT", "LIST")).includes("cmd=set"));
  await client.call("CLIENT", "UNPAUSE");
  await last.closed;
  assert.equal(await client.call("EXISTS", "gone", "done"), 1);
});

test("CLIENT KILL closes others at once, and the caller after its reply", async (t) => {
  const { connect } = await embeddedServer(t);
  const [client, victim] = [await connect(), await connect()];
  const id = (await victim.call("CLIENT", "ID")) as number;
  assert.equal(await client.call("CLIENT", "KILL", "ID", id), 1);
  await victim.closed;
  const own = (await client.call("CLIENT", "ID")) as number;
  client.write(`CLIENT KILL ID ${own} SKIPME no\r\nSET after 1\r\n`);
  assert.equal((await client.nextReply()).value, 1);
  await client.closed;
  assert.equal(await (await connect()).call("EXISTS", "after"), 0);
});

test("CLIENT REPLY SKIP inside EXEC has no reply there, and drops the one after EXEC's", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  client.write("MULTI\r\nCLIENT REPLY SKIP\r\nEXEC\r\nECHO dropped\r\nECHO a\r\nECHO b\r\n");
  for (const expected of ["+OK\r\n", "+QUEUED\r\n", "*1\r\n$1\r\na\r\n", "$1\r\nb\r\n"]) {
    assert.equal((await client.nextReply()).bytes.toString(), expected);
  }
});

test("CLIENT REPLY OFF, SKIP and ON decide what is answered", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  client.write(
    "CLIENT REPLY OFF\r\nSET a 1\r\nNOSUCH\r\nCLIENT REPLY ON\r\nGET a\r\nCLIENT REPLY SKIP\r\nGET a\r\nECHO last\r\n",
  );
  const replies: string[] = [];
  for (let i = 0; i < 3; i++) replies.push((await client.nextReply()).bytes.toString());
  assert.deepEqual(replies, ["+OK\r\n", "$1\r\n1\r\n", "$4\r\nlast\r\n"]);
});

test("maxmemory-clients closes the client that needs most, not one with NO-EVICT", async (t) => {
  const { server, connect: connectTo } = await embeddedServer(t, { "maxmemory-clients": "10mb" });
  const client = await connectTo();
  await client.call("CLIENT", "NO-EVICT", "ON");
  const hungry = (name: string, bytes: number, first = "PING") => {
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(`CLIENT SETNAME ${name}\r\n${first}\r\n*2\r\n$4\r\nECHO\r\n$20000000\r\n`);
    socket.write(Buffer.alloc(bytes));
    t.after(() => void socket.destroy());
    return socket;
  };
  const there = async (): Promise<string[]> =>
    String(await client.call("CLIENT", "LIST")).match(/(?<= name=)\w+/g) ?? [];
  hungry("small", 2_000_000);
  const large = hungry("large", 12_000_000);
  await new Promise((resolve) => large.once("close", resolve));
  assert.equal(await infoField(client, "evicted_clients"), "1");
  assert.deepEqual(await there(), ["small"]);
  hungry("spared", 12_000_000, "CLIENT NO-EVICT ON");
  await until("the other one has to go", async () => String(await there()) === "spared");
});
