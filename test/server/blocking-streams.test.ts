import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";
import type { RespConnection } from "../support/resp-connection.js";

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

const read = (key: string, id: string, value: string): string =>
  `*1\r\n*2\r\n$1\r\n${key}\r\n*1\r\n*2\r\n$${id.length}\r\n${id}\r\n*2\r\n$1\r\nf\r\n$1\r\n${value}\r\n`;

test("XREAD with $ gets what comes after it began to wait, also when other changes wake it before", async (t) => {
  const { connect } = await embeddedServer(t);
  const [writer, a, b] = [await connect(), await connect(), await connect()];
  await writer.call("XADD", "s", "1", "f", "1");
  await writer.call("XADD", "s", "2", "f", "2");
  const first = await waiting(writer, a, "XREAD", "BLOCK", 0, "STREAMS", "none", "s", "$", "$");
  const second = await waiting(writer, b, "XREAD", "BLOCK", 0, "STREAMS", "s", "2-0");
  await writer.call("XDEL", "s", "2");
  await writer.call("XADD", "s", "3", "f", "3");
  assert.equal(await first.reply, read("s", "3-0", "3"));
  assert.equal(await second.reply, read("s", "3-0", "3"));
});

test("consumers of one group that wait get different entries, in the order they came", async (t) => {
  const { connect } = await embeddedServer(t);
  const [writer, a, b] = [await connect(), await connect(), await connect()];
  await writer.call("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM");
  const first = await waiting(writer, a, "XREADGROUP", "GROUP", "g", "a", "BLOCK", 0, "STREAMS", "s", ">");
  const second = await waiting(writer, b, "XREADGROUP", "GROUP", "g", "b", "BLOCK", 0, "STREAMS", "s", ">");
  await writer.call("XADD", "s", "1", "f", "1");
  assert.equal(await first.reply, read("s", "1-0", "1"));
  await writer.call("XADD", "s", "2", "f", "2");
  assert.equal(await second.reply, read("s", "2-0", "2"));
  const [pending] = (await writer.call("XPENDING", "s", "g", "-", "+", 10, "b")) as unknown[][];
  assert.deepEqual([pending![0], pending![1], pending![3]], ["2-0", "b", 1]);
});

test("who waits for entries of a group hears that the group, the stream or its type has gone", async (t) => {
  const { connect } = await embeddedServer(t);
  const [writer, reader] = [await connect(), await connect()];
  for (const [change, error] of [
    [["XGROUP", "DESTROY", "s", "g"], "-NOGROUP"],
    [["DEL", "s"], "-NOGROUP"],
    [["SET", "s", "text"], "-WRONGTYPE"],
  ] as const) {
    await writer.call("DEL", "s");
    await writer.call("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM");
    const { reply } = await waiting(writer, reader, "XREADGROUP", "GROUP", "g", "a", "BLOCK", 0, "STREAMS", "s", ">");
    await writer.call(...change);
    assert.ok((await reply).startsWith(error), `${change[0]}: ${await reply}`);
  }
});
