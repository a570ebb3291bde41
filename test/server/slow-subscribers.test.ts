/** Subscribers that do not read what they subscribed to. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";
import type { RespConnection } from "../support/resp-connection.js";
import { once } from "../support/time-limit.js";

async function silent(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => {});
  socket.pause();
  socket.write("SUBSCRIBE news\r\n");
  return socket;
}

/** A figure of the one subscriber, from CLIENT LIST. */
async function figure(client: RespConnection, name: string): Promise<number> {
  const lines = String(await client.call("CLIENT", "LIST")).split("\n");
  return Number(new RegExp(` ${name}=(\\d+)`).exec(lines.find((line) => line.includes(" sub=1 "))!)?.[1]);
}

test("those over their limit are cut, the others get every message in its order", async (t) => {
  const { connect: connectTo, server } = await embeddedServer(t, {
    "client-output-buffer-limit": "pubsub 1000000 0 0",
  } as never);
  const publisher = await connectTo();
  const reader = await connectTo();
  await reader.call("SUBSCRIBE", "news");
  const lazy = await Promise.all(Array.from({ length: 5 }, () => silent(server.port)));
  const isListening = async (): Promise<boolean> =>
    String(await publisher.call("PUBSUB", "NUMSUB", "news")) === "news,6";
  await until("all listen", isListening);
  const closed = lazy.map((socket) => once(socket, "close"));
  const count = 400;
  let receivers = 0;
  for (let i = 0; i < count; i++) {
    receivers = (await publisher.call("PUBLISH", "news", `${i}:`.padEnd(50_000, "x"))) as number;
  }
  assert.equal(receivers, 1);
  for (let i = 0; i < count; i++) {
    const [, , text] = (await reader.nextReply()).value as unknown as string[];
    assert.ok(String(text).startsWith(`${i}:x`), `message ${i}`);
  }
  for (const socket of lazy) socket.resume();
  await Promise.all(closed);
  assert.equal(await infoField(publisher, "client_output_buffer_limit_disconnections"), "5");
});

test("what short messages hold for a slow subscriber is counted, and given back when it has read them", async (t) => {
  const { connect: connectTo, server } = await embeddedServer(t, {} as never);
  const publisher = await connectTo();
  const lazy = await silent(server.port);
  await until("it listens", async () => String(await publisher.call("PUBSUB", "NUMSUB", "news")) === "news,1");
  // First fill what the system keeps between the two.
  const filler = "x".repeat(1_000_000);
  while ((await figure(publisher, "omem")) === 0) await publisher.call("PUBLISH", "news", filler);
  const before = await figure(publisher, "omem");
  const message = "m".repeat(68);
  const copy = `*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$68\r\n${message}\r\n`.length;
  publisher.write(`PUBLISH news ${message}\r\n`.repeat(10_000));
  for (let i = 0; i < 10_000; i++) assert.equal((await publisher.nextReply()).value, 1);
  const bytes = before + copy * 10_000;
  const waiting = await figure(publisher, "omem");
  assert.ok(waiting >= bytes && waiting < bytes * 1.02 + 20_000, `${waiting} for ${bytes} bytes`);
  assert.ok((await figure(publisher, "tot-mem")) >= bytes);
  lazy.resume();
  await until("all is read", async () => (await figure(publisher, "omem")) === 0);
  assert.ok((await figure(publisher, "tot-mem")) < 50_000);
});
