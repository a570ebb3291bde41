/** What docs/tcp.md promises of connections and no other test has. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { embeddedServer, until } from "../support/embedded.js";
import { skipWithoutKernel, TCP_NODELAY, tcpOption } from "../support/kernel.js";
import { encodeCommand, RespConnection } from "../support/resp-connection.js";
import { serverFor, skipWithout } from "../support/servers.js";
import { once } from "../support/time-limit.js";
import { tlsServer } from "../support/tls.js";

const fieldOf = async (client: RespConnection, id: number, name: string): Promise<number> => {
  const line = String(await client.call("CLIENT", "LIST", "ID", id));
  return Number(new RegExp(` ${name}=(\\d+)`).exec(line)?.[1]);
};

test("no connection delays small packets, with TLS or without", {
  skip: skipWithoutKernel() || skipWithout("openssl"),
}, async (t) => {
  const server = await tlsServer(t);
  for (const client of [await server.plain(), await server.secure()]) {
    const fd = await fieldOf(client, (await client.call("CLIENT", "ID")) as number, "fd");
    assert.equal(tcpOption(fd, TCP_NODELAY), 1);
  }
});

test("the replies to commands that came in one packet leave in one", async (t) => {
  const { server } = await embeddedServer(t);
  const socket = connect(server.port, "127.0.0.1");
  t.after(() => void socket.destroy());
  await once(socket, "connect");
  socket.write("PING\r\n".repeat(20));
  const [chunk] = (await once(socket, "data")) as [Buffer];
  assert.equal(chunk.toString(), "+PONG\r\n".repeat(20));
});

test("the replies to commands that came in one TLS record leave in one", {
  skip: skipWithout("openssl"),
}, async (t) => {
  const server = await tlsServer(t);
  const socket = await server.socket();
  socket.write("PING\r\n".repeat(20));
  const [chunk] = (await once(socket, "data")) as [Buffer];
  assert.equal(chunk.toString(), "+PONG\r\n".repeat(20));
});

test("what a waiting client sends stays with it: the server reads a megabyte or so, and the rest when it goes on", async (t) => {
  const { connect: connectTo } = await embeddedServer(t);
  const observer = await connectTo();
  const sender = await connectTo();
  const id = (await sender.call("CLIENT", "ID")) as number;
  sender.write(encodeCommand(["BLPOP", "nothing", 0]));
  const value = "x".repeat(10_000);
  const count = 3000;
  const commands = Buffer.concat(
    Array.from({ length: count }, (_, i) => encodeCommand(["SET", `key:${i % 10}`, value])),
  );
  sender.write(commands);
  await until("it is full", async () => (await fieldOf(observer, id, "qbuf")) >= 1_048_576);
  // More comes only if the server reads on: then the system's buffers empty, and the client's own.
  for (let i = 0; i < 20; i++) await observer.call("PING");
  assert.ok((await fieldOf(observer, id, "qbuf")) < 1_500_000);
  assert.ok(sender.socket.writableLength > 10_000_000, "most of it did not leave the client");
  await observer.call("LPUSH", "nothing", "something");
  await sender.nextReply();
  for (let i = 0; i < count; i++) assert.equal((await sender.nextReply()).bytes.toString(), "+OK\r\n");
});

test("a server that ended can be started on its port again at once, while old connections linger", async (t) => {
  const first = await serverFor(t);
  const clients = await Promise.all(Array.from({ length: 20 }, () => RespConnection.connect(first.port)));
  // The server closes first, so that the connections linger on its side.
  for (const client of clients) void client.call("QUIT");
  await Promise.all(clients.map((client) => client.closed));
  await first.stop();
  const second = await serverFor(t, { port: first.port });
  assert.equal(second.port, first.port);
  assert.doesNotMatch(second.output(), /Address already in use/);
  const client = await RespConnection.connect(second.port);
  assert.equal(await client.call("PING"), "PONG");
  await client.close();
});
