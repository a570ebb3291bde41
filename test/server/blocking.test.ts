import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";
import type { RespConnection } from "../support/resp-connection.js";
import { onAnyTry } from "../support/timing.js";

/** Sends a command that is going to wait, and returns when it does; the promise in it is for the bytes of its reply. */
async function waiting(
  observer: RespConnection,
  client: RespConnection,
  ...args: (string | number)[]
): Promise<{ reply: Promise<string> }> {
  const before = Number(await infoField(observer, "blocked_clients"));
  const reply = client.send(args).then(({ bytes }) => bytes.toString("latin1"));
  // A test that failed closes its connections.
  reply.catch(() => {});
  await until("it waits", async () => Number(await infoField(observer, "blocked_clients")) === before + 1);
  return { reply };
}

const popped = (key: string, value: string) => `*2\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`;

test("clients that wait for one key are served in the order they came", async (t) => {
  const { connect } = await embeddedServer(t);
  const [pusher, a, b, c] = [await connect(), await connect(), await connect(), await connect()];
  const first = await waiting(pusher, a, "BLPOP", "key", 0);
  const second = await waiting(pusher, b, "BRPOP", "other", "key", 0);
  const third = await waiting(pusher, c, "BLPOP", "key", 0);
  assert.equal(await infoField(pusher, "total_blocking_keys"), "2");
  assert.equal(await pusher.call("RPUSH", "key", 1, 2), 2);
  assert.equal(await first.reply, popped("key", "1"));
  assert.equal(await second.reply, popped("key", "2"));
  await pusher.call("RPUSH", "key", 3);
  assert.equal(await third.reply, popped("key", "3"));
  assert.equal(await infoField(pusher, "total_blocking_keys"), "0");
  assert.equal(await infoField(pusher, "blocked_clients"), "0");
});

test("a client that waits for several keys is served by the one that is first among its arguments", async (t) => {
  const { connect } = await embeddedServer(t);
  const [pusher, client] = [await connect(), await connect()];
  const { reply } = await waiting(pusher, client, "BLPOP", "a", "b", "a", 0);
  await pusher.call("MULTI");
  await pusher.call("RPUSH", "b", 1);
  await pusher.call("RPUSH", "a", 2);
  await pusher.call("EXEC");
  assert.equal(await reply, popped("a", "2"));
  assert.equal(await pusher.call("LLEN", "b"), 1);
});

test("what EXEC adds and takes away again serves nobody", async (t) => {
  const { connect } = await embeddedServer(t);
  const [pusher, client] = [await connect(), await connect()];
  const { reply } = await waiting(pusher, client, "BLPOP", "key", 0);
  for (const command of [["MULTI"], ["RPUSH", "key", "a"], ["DEL", "key"], ["SET", "key", "text"]]) {
    await pusher.call(...command);
  }
  await pusher.call("EXEC");
  assert.equal(await infoField(pusher, "blocked_clients"), "1");
  await pusher.call("DEL", "key");
  await pusher.call("RPUSH", "key", "b");
  assert.equal(await reply, popped("key", "b"));
});

test("a chain of BLMOVEs runs to its end, and a loop of them too", async (t) => {
  const { connect } = await embeddedServer(t);
  const [pusher, a, b, c] = [await connect(), await connect(), await connect(), await connect()];
  const last = await waiting(pusher, c, "BLPOP", "z", 0);
  const middle = await waiting(pusher, b, "BLMOVE", "y", "z", "LEFT", "RIGHT", 0);
  const first = await waiting(pusher, a, "BRPOPLPUSH", "x", "y", 0);
  await pusher.call("RPUSH", "x", "v");
  assert.equal(await first.reply, "$1\r\nv\r\n");
  assert.equal(await middle.reply, "$1\r\nv\r\n");
  assert.equal(await last.reply, popped("z", "v"));
  const left = await waiting(pusher, a, "BLMOVE", "x", "y", "LEFT", "LEFT", 0);
  const right = await waiting(pusher, b, "BLMOVE", "y", "x", "LEFT", "LEFT", 0);
  await pusher.call("RPUSH", "x", "w");
  await left.reply;
  await right.reply;
  assert.deepEqual(await pusher.call("LRANGE", "x", 0, -1), ["w"]);
});

test("BLMOVE to a key of another type fails when there is an element, which stays", async (t) => {
  const { connect } = await embeddedServer(t);
  const [pusher, client] = [await connect(), await connect()];
  await pusher.call("SET", "target", "text");
  const { reply } = await waiting(pusher, client, "BLMOVE", "source", "target", "LEFT", "LEFT", 0);
  await pusher.call("RPUSH", "source", "a");
  assert.match(await reply, /^-WRONGTYPE/);
  assert.equal(await pusher.call("LLEN", "source"), 1);
});

test("RENAME, COPY, MOVE and SWAPDB bring what clients wait for", async (t) => {
  const { connect } = await embeddedServer(t);
  const [pusher, client] = [await connect(), await connect()];
  await pusher.call("RPUSH", "elsewhere", "a", "b", "c");
  let { reply } = await waiting(pusher, client, "BLPOP", "key", 0);
  await pusher.call("COPY", "elsewhere", "key");
  assert.equal(await reply, popped("key", "a"));
  await pusher.call("DEL", "key");
  ({ reply } = await waiting(pusher, client, "BLPOP", "key", 0));
  await pusher.call("RENAME", "elsewhere", "key");
  assert.equal(await reply, popped("key", "a"));
  await client.call("SELECT", 5);
  ({ reply } = await waiting(pusher, client, "BLPOP", "key", 0));
  await pusher.call("MOVE", "key", 5);
  assert.equal(await reply, popped("key", "b"));
  await client.call("DEL", "key");
  ({ reply } = await waiting(pusher, client, "BLPOP", "key", 0));
  await pusher.call("RPUSH", "key", "s");
  await pusher.call("SWAPDB", 0, 5);
  assert.equal(await reply, popped("key", "s"));
});

test("timeouts are exact to a few milliseconds, and end the earliest first", async (t) => {
  const { connect } = await embeddedServer(t);
  const clients = await Promise.all(Array.from({ length: 5 }, () => connect()));
  await onAnyTry(async () => {
    const order: number[] = [];
    const since = performance.now();
    const late = await Promise.all(
      [0.09, 0.03, 0.061, 0.1, 0.05].map(async (seconds, i) => {
        assert.equal((await clients[i]!.send(["BLPOP", "key", seconds])).bytes.toString(), "*-1\r\n");
        order.push(i);
        return performance.now() - since - seconds * 1000;
      }),
    );
    assert.ok(Math.min(...late) > -2 && Math.max(...late) < 20, `late by ${late} ms`);
    assert.deepEqual(order, [1, 4, 2, 0, 3]);
  });
});

test("the reply to a command whose time is up is null", async (t) => {
  const { connect } = await embeddedServer(t);
  const [two, three] = [await connect(), await connect({ resp: 3 })];
  for (const command of [
    "BLPOP a b 0.01",
    "BRPOPLPUSH a b 0.01",
    "BLMOVE a b LEFT LEFT 0.01",
    "BLMPOP 0.01 1 a LEFT",
  ]) {
    assert.equal((await two.send(command.split(" "))).bytes.toString(), "*-1\r\n");
    assert.equal((await three.send(command.split(" "))).bytes.toString(), "_\r\n");
  }
});

test("timeouts that are none are refused before the keys are looked at", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("SET", "key", "text");
  for (const [timeout, error] of [
    ["x", "ERR timeout is not a float or out of range"],
    ["nan", "ERR timeout is not a float or out of range"],
    ["-1", "ERR timeout is negative"],
    ["-inf", "ERR timeout is negative"],
    ["inf", "ERR timeout is out of range"],
    ["1e300", "ERR timeout is out of range"],
    ["9223372036854775807", "ERR timeout is out of range"],
    ["9223372036854775", "ERR timeout is out of range"],
  ] as const) {
    await assert.rejects(client.call("BLPOP", "key", timeout), { message: error });
  }
  await assert.rejects(client.call("BLPOP", "key", "1e12"), /WRONGTYPE/);
});

test("a time of weeks is more than a timer takes, and does not end at once", async (t) => {
  const { connect } = await embeddedServer(t);
  const [pusher, client] = [await connect(), await connect()];
  const { reply } = await waiting(pusher, client, "BLPOP", "key", "9000000000");
  await pusher.call("RPUSH", "key", "a");
  assert.equal(await reply, popped("key", "a"));
});

test("in MULTI nothing waits", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("MULTI");
  await client.call("BLPOP", "a", 0);
  await client.call("BLMOVE", "a", "b", "LEFT", "LEFT", 0);
  await client.call("BLMPOP", 0, 1, "a", "LEFT");
  assert.equal((await client.send(["EXEC"])).bytes.toString(), "*3\r\n*-1\r\n$-1\r\n*-1\r\n");
});

test("CLIENT UNBLOCK ends the waiting as if time were up, or with an error", async (t) => {
  const { connect } = await embeddedServer(t);
  const [observer, client] = [await connect(), await connect()];
  const id = Number(await client.call("CLIENT", "ID"));
  assert.equal(await observer.call("CLIENT", "UNBLOCK", id), 0);
  let { reply } = await waiting(observer, client, "BLPOP", "key", 0);
  assert.match(String(await observer.call("CLIENT", "LIST", "ID", id)), / flags=b .* cmd=blpop /);
  assert.equal(await observer.call("CLIENT", "UNBLOCK", id), 1);
  assert.equal(await reply, "*-1\r\n");
  ({ reply } = await waiting(observer, client, "BLPOP", "key", 0));
  assert.equal(await observer.call("CLIENT", "UNBLOCK", id, "ERROR"), 1);
  assert.equal(await reply, "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
  assert.equal(await observer.call("CLIENT", "UNBLOCK", id), 0);
  assert.match(await infoField(observer, "cmdstat_blpop"), /^calls=2,.*,failed_calls=1$/);
  assert.equal(await infoField(observer, "errorstat_UNBLOCKED"), "count=1");
});

test("what is pipelined behind a waiting command runs after it, also RESET and QUIT", async (t) => {
  const { connect } = await embeddedServer(t);
  const [pusher, client] = [await connect(), await connect()];
  const { reply } = await waiting(pusher, client, "BLPOP", "key", 0);
  client.write("SET after 1\r\nRESET\r\nQUIT\r\n");
  assert.equal(await pusher.call("EXISTS", "after"), 0);
  await pusher.call("RPUSH", "key", "a");
  assert.equal(await reply, popped("key", "a"));
  const rest = [await client.nextReply(), await client.nextReply(), await client.nextReply()];
  assert.equal(rest.map(({ bytes }) => bytes.toString()).join(""), "+OK\r\n+RESET\r\n+OK\r\n");
  await client.closed;
  assert.equal(await pusher.call("GET", "after"), "1");
});

test("a pipeline of pushes and pops between two clients keeps every reply in its order", async (t) => {
  const { connect } = await embeddedServer(t);
  const [pusher, client] = [await connect(), await connect()];
  const { reply } = await waiting(pusher, client, "BLPOP", "key", 0);
  client.write("BLPOP key 0\r\nPING\r\nBLPOP key 0\r\n");
  pusher.write("PING a\r\nRPUSH key 1\r\nPING b\r\nRPUSH key 2 3\r\nPING c\r\n");
  assert.equal(await reply, popped("key", "1"));
  const mine: string[] = [];
  for (let i = 0; i < 3; i++) mine.push((await client.nextReply()).bytes.toString());
  assert.deepEqual(mine, [popped("key", "2"), "+PONG\r\n", popped("key", "3")]);
  const others: string[] = [];
  for (let i = 0; i < 5; i++) others.push((await pusher.nextReply()).bytes.toString());
  assert.deepEqual(others, ["$1\r\na\r\n", ":1\r\n", "$1\r\nb\r\n", ":2\r\n", "$1\r\nc\r\n"]);
});

test("a client that leaves while it waits is not served", async (t) => {
  const { connect } = await embeddedServer(t);
  const [pusher, leaving, client] = [await connect(), await connect(), await connect()];
  await waiting(pusher, leaving, "BLPOP", "key", 0);
  const { reply } = await waiting(pusher, client, "BLPOP", "key", 0);
  await leaving.close();
  await until("it is gone", async () => (await infoField(pusher, "blocked_clients")) === "1");
  await pusher.call("RPUSH", "key", "a");
  assert.equal(await reply, popped("key", "a"));
});

test("CLIENT REPLY SKIP and OFF drop the reply of a command that waited", async (t) => {
  const { connect } = await embeddedServer(t);
  const [pusher, client] = [await connect(), await connect()];
  client.write("CLIENT REPLY SKIP\r\nBLPOP key 0\r\nPING\r\n");
  await until("it waits", async () => (await infoField(pusher, "blocked_clients")) === "1");
  await pusher.call("RPUSH", "key", "a");
  assert.equal((await client.nextReply()).bytes.toString(), "+PONG\r\n");
  client.write("CLIENT REPLY OFF\r\nBLPOP key 0\r\nCLIENT REPLY ON\r\n");
  await until("it waits", async () => (await infoField(pusher, "blocked_clients")) === "1");
  await pusher.call("RPUSH", "key", "b");
  assert.equal((await client.nextReply()).bytes.toString(), "+OK\r\n");
  client.write("CLIENT REPLY SKIP\r\nBLPOP key 0.01\r\nPING\r\n");
  assert.equal((await client.nextReply()).bytes.toString(), "+PONG\r\n");
});

test("a paused server serves waiting clients after the pause", async (t) => {
  const { connect } = await embeddedServer(t);
  const [pusher, client] = [await connect(), await connect()];
  const { reply } = await waiting(pusher, client, "BLPOP", "key", 0);
  await pusher.call("MULTI");
  await pusher.call("RPUSH", "key", "a");
  await pusher.call("CLIENT", "PAUSE", 100_000, "WRITE");
  await pusher.call("EXEC");
  assert.equal(await pusher.call("LLEN", "key"), 1);
  await pusher.call("CLIENT", "UNPAUSE");
  assert.equal(await reply, popped("key", "a"));
});

test("a command that waited is counted once, when it has its reply", async (t) => {
  const { connect } = await embeddedServer(t);
  const [pusher, client] = [await connect(), await connect()];
  await pusher.call("CONFIG", "RESETSTAT");
  const { reply } = await waiting(pusher, client, "BLPOP", "key", 0);
  await assert.rejects(infoField(pusher, "cmdstat_blpop"), /INFO has no/);
  await pusher.call("RPUSH", "key", "a");
  await reply;
  assert.match(await infoField(pusher, "cmdstat_blpop"), /^calls=1,usec=\d+,.*,rejected_calls=0,failed_calls=0$/);
  await client.call("BLPOP", "key", "0.01");
  assert.match(await infoField(pusher, "cmdstat_blpop"), /^calls=2,/);
});

test("ten thousand waiting clients are served in their order", { timeout: 240_000 }, async (t) => {
  const { server } = await embeddedServer(t, { maxclients: 20_000 });
  const order: number[] = [];
  const count = 10_000;
  for (let i = 0; i < count; i++) {
    const stream = server.connect();
    stream.on("data", () => order.push(i));
    stream.write(`BLPOP key other${i % 100} ${1000 + (i % 7)}\r\n`);
  }
  const pusher = server.connect();
  let replies = "";
  pusher.on("data", (chunk: Buffer) => {
    replies += chunk.toString();
  });
  await until("all wait", async () => {
    replies = "";
    pusher.write("INFO clients\r\n");
    await until("it answers", () => replies.endsWith("\r\n\r\n") || /nokey:0\r\n/.test(replies));
    return replies.includes(`blocked_clients:${count}\r\n`) && replies.includes("total_blocking_keys:101\r\n");
  });
  pusher.write(`RPUSH key ${Array.from({ length: count }, (_, i) => i).join(" ")}\r\n`);
  await until("all are served", () => order.length === count);
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
});
