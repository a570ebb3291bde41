import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";
import { encodeCommand, type RespConnection } from "../support/resp-connection.js";
import { serverFor } from "../support/servers.js";
import { once } from "../support/time-limit.js";
import { onAnyTry } from "../support/timing.js";

/** A socket that reads nothing. */
async function silent(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.pause();
  socket.on("error", () => {});
  return socket;
}

/** The longest of PINGs sent one after the other until `work` is done. */
async function longestPing(client: RespConnection, work: Promise<unknown>): Promise<number> {
  let isDone = false;
  void work.then(() => (isDone = true));
  let longest = 0;
  while (!isDone) {
    const since = performance.now();
    await client.call("PING");
    longest = Math.max(longest, performance.now() - since);
  }
  return longest;
}

const field = (line: string, name: string): number => Number(new RegExp(` ${name}=(\\d+)`).exec(line)?.[1]);

test("a client over the hard limit of its class is closed at once", async (t) => {
  const { connect: connectTo, server } = await embeddedServer(t, {
    "client-output-buffer-limit": "normal 1000000 0 0",
  } as never);
  const client = await connectTo();
  await client.call("SET", "big", "x".repeat(500_000));
  const reader = await silent(server.port);
  const closed = once(reader, "close");
  reader.write(Buffer.concat(Array.from({ length: 200 }, () => encodeCommand(["GET", "big"]))));
  reader.resume();
  await closed;
  assert.equal(await infoField(client, "client_output_buffer_limit_disconnections"), "1");
});

test("a client that is killed with replies unsent leaves nothing in the figures of memory", async (t) => {
  const { connect: connectTo, server } = await embeddedServer(t);
  const client = await connectTo();
  const figures = async () => Number(await infoField(client, "mem_clients_normal"));
  await client.call("SET", "big", "x".repeat(1_000_000));
  const before = await figures();
  const reader = await silent(server.port);
  const closed = once(reader, "close");
  reader.write(Buffer.concat(Array.from({ length: 30 }, () => encodeCommand(["GET", "big"]))));
  await until("its replies wait", async () => (await figures()) > before + 5_000_000);
  await client.call("CLIENT", "KILL", "TYPE", "normal");
  reader.resume();
  await closed;
  // The write that was cut off ends by then.
  for (let i = 0; i < 10; i++) await client.call("PING");
  assert.equal(await figures(), before);
});

test("a client over the soft limit is closed when its time is over", async (t) => {
  const { connect: connectTo, server } = await embeddedServer(t, {
    "client-output-buffer-limit": "pubsub 0 100000 1",
    hz: 50,
  } as never);
  const client = await connectTo();
  const subscriber = await silent(server.port);
  subscriber.write("SUBSCRIBE news\r\n");
  await until("it listens", async () => String(await client.call("PUBSUB", "NUMSUB", "news")) === "news,1");
  const since = Date.now();
  // More than the system's buffers take, so that it stays with the server.
  const message = "m".repeat(1_000_000);
  for (let i = 0; i < 20; i++) await client.call("PUBLISH", "news", message);
  await until("it is over", async () => String(await client.call("PUBSUB", "NUMSUB", "news")) === "news,0");
  assert.ok(Date.now() - since >= 1000, "not before its time");
  assert.equal(await infoField(client, "client_output_buffer_limit_disconnections"), "1");
  subscriber.destroy();
});

test("a client below the soft limit again in time is kept", async (t) => {
  const { connect: connectTo } = await embeddedServer(t, {
    "client-output-buffer-limit": "pubsub 0 100000 1",
    hz: 50,
  } as never);
  const client = await connectTo();
  await onAnyTry(async () => {
    const subscriber = await connectTo();
    await client.call("CONFIG", "RESETSTAT");
    await subscriber.call("SUBSCRIBE", "news");
    // Twice over the limit, further apart than it allows for once.
    for (let round = 0; round < 2; round++) {
      subscriber.socket.pause();
      for (let i = 0; i < 20; i++) await client.call("PUBLISH", "news", "m".repeat(1_000_000));
      subscriber.socket.resume();
      for (let i = 0; i < 20; i++) await subscriber.nextReply();
      if (round === 0) await new Promise((resolve) => setTimeout(resolve, 1100));
    }
    assert.equal(await infoField(client, "client_output_buffer_limit_disconnections"), "0");
  });
});

test("a client that never reads neither makes memory grow without bound nor slows the others", async (t) => {
  const server = await serverFor(t);
  const { RespConnection: Connection } = await import("../support/resp-connection.js");
  const client = await Connection.connect(server.port);
  t.after(() => client.close());
  await client.call("SET", "big", "x".repeat(1_000_000));
  const reader = await silent(server.port);
  // A gigabyte of replies.
  reader.write(Buffer.concat(Array.from({ length: 1000 }, () => encodeCommand(["GET", "big"]))));
  await onAnyTry(async () => {
    const longest = await longestPing(client, new Promise((resolve) => setTimeout(resolve, 500)));
    assert.ok(longest < 200, `a PING took ${longest} ms`);
  });
  const unsent = async (): Promise<number> => {
    const lines = String(await client.call("CLIENT", "LIST")).split("\n");
    return field(lines.find((other) => !other.includes("cmd=client"))!, "omem");
  };
  await until("much is unsent", async () => (await unsent()) > 50_000_000);
  assert.ok((await unsent()) < 80_000_000);
  // It gets everything when it reads at last.
  let received = 0;
  reader.on("data", (chunk) => (received += chunk.length));
  reader.resume();
  await until("all has come", () => received === 1000 * ("$1000000\r\n\r\n".length + 1_000_000));
  reader.destroy();
});

test("a client that sends a long pipeline before it reads gets all replies", async (t) => {
  const { connect: connectTo, server } = await embeddedServer(t);
  const client = await connectTo();
  await client.call("SET", "value", "x".repeat(1000));
  const reader = await silent(server.port);
  // 30 MB of replies, which no system's buffers hold.
  const count = 30_000;
  await new Promise((resolve) =>
    reader.write(Buffer.concat(Array.from({ length: count }, () => encodeCommand(["GET", "value"]))), resolve),
  );
  let received = 0;
  reader.on("data", (chunk) => (received += chunk.length));
  reader.resume();
  await until("all has come", () => received === count * ("$1000\r\n\r\n".length + 1000));
  reader.destroy();
});

test("a deep pipeline of one client lets the others have their turn", async (t) => {
  const server = await serverFor(t);
  const { RespConnection: Connection } = await import("../support/resp-connection.js");
  const client = await Connection.connect(server.port);
  const reader = await silent(server.port);
  t.after(async () => {
    reader.destroy();
    await client.close();
  });
  const count = 300_000;
  const pipeline = Buffer.concat(Array.from({ length: count }, (_, i) => encodeCommand(["SET", `key:${i}`, i])));
  let received = 0;
  reader.on("data", (chunk) => (received += chunk.length));
  reader.resume();
  await onAnyTry(async () => {
    const before = received;
    reader.write(pipeline);
    const longest = await longestPing(
      client,
      until("all has come", () => received === before + count * 5),
    );
    t.diagnostic(`longest PING beside a pipeline of ${count} SETs: ${longest.toFixed(1)} ms`);
    assert.ok(longest < 100, `a PING took ${longest} ms`);
  });
});

test("a command that repeats elements stops when its reply is more than its client may be sent", async (t) => {
  const { connect: connectTo } = await embeddedServer(t, {
    "client-output-buffer-limit": "normal 1000000 0 0",
  } as never);
  const observer = await connectTo();
  await observer.call("HSET", "hash", "field", "value");
  await observer.call("SADD", "set", "member");
  await observer.call("ZADD", "zset", 1, "member");
  for (const command of ["HRANDFIELD hash", "SRANDMEMBER set", "ZRANDMEMBER zset"]) {
    const client = await connectTo();
    const since = process.cpuUsage();
    client.write(`MULTI\r\nSET before 1\r\n${command} -999999999\r\nINCR after\r\nEXEC\r\n`);
    await client.closed;
    // A billion elements would take a minute.
    assert.ok(process.cpuUsage(since).user < 5_000_000);
  }
  assert.equal(await observer.call("GET", "after"), "3");
  assert.equal(await infoField(observer, "client_output_buffer_limit_disconnections"), "3");
});
