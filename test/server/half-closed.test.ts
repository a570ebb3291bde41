/**
 * Clients that close their half when they have sent all they have to say, as `nc -N`, `socat` and `socket.end(commands)` do: what came whole is
 * done, and all its replies arrive before the server ends the connection, whatever the connection is made of and wherever the end falls.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { describe, test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";
import { type Argument, encodeCommand } from "../support/resp-connection.js";
import { skipWithout } from "../support/servers.js";
import { makeTemporaryDirectory, type Scope } from "../support/temporary-directory.js";
import { tlsServer } from "../support/tls.js";
import { clientPath } from "../support/unix-socket.js";

/** Sends the bytes with the end behind them; resolves with all that comes until the server's end. */
async function answers(stream: Duplex, bytes: Uint8Array): Promise<string> {
  const received: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => received.push(chunk));
  const ended = once(stream, "end");
  stream.end(bytes);
  await ended;
  return Buffer.concat(received).toString("latin1");
}

const commands = (...all: Argument[][]): Buffer => Buffer.concat(all.map(encodeCommand));

/** Commands with short, long and no replies, each with its reply. */
const pipeline: [Argument[], string][] = [
  [["DEL", "l", "s"], ""],
  [["RPUSH", "l", "a", "b", "c"], ":3\r\n"],
  [["LRANGE", "l", 0, -1], "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n"],
  [["SETRANGE", "s", 2999, "x"], ":3000\r\n"],
  [["GET", "s"], `$3000\r\n${"\0".repeat(2999)}x\r\n`],
  [["MULTI"], "+OK\r\n"],
  [["INCR", "n"], "+QUEUED\r\n"],
  [["EXEC"], "*1\r\n"],
  [["BLPOP", "l", 0], "*2\r\n$1\r\nl\r\n$1\r\na\r\n"],
  [["CLIENT", "REPLY", "SKIP"], ""],
  [["PING"], ""],
  [["ECHO", "end"], "$3\r\nend\r\n"],
];

/** What is to come after the first `count` commands. */
function expected(count: number): RegExp {
  const text = pipeline
    .slice(0, count)
    .map(([[name], reply]) => (name === "DEL" ? ":[0-2]\\r\\n" : reply.replace(/[*$+\r\n]/g, escaped)))
    .map((reply) => reply.replace("\\*1\\r\\n", "\\*1\\r\\n:[0-9]+\\r\\n"));
  return new RegExp(`^${text.join("")}$`);
}

function escaped(character: string): string {
  return character === "\r" ? "\\r" : character === "\n" ? "\\n" : `\\${character}`;
}

/** How a test gets a new connection. */
type Open = () => Promise<Duplex>;

async function checkEveryPlace(open: Open): Promise<void> {
  const whole = commands(...pipeline.map(([command]) => command));
  let count = 0;
  let complete = 0;
  let next = encodeCommand(pipeline[0]![0]).length;
  // Every byte of the first commands and of the last ones; in between, after each command.
  for (let end = 1; end <= whole.length; end++) {
    if (end === next) {
      count++;
      complete = end;
      next += count < pipeline.length ? encodeCommand(pipeline[count]![0]).length : 0;
    }
    if (end !== complete && end > 60 && end < whole.length - 60) continue;
    assert.match(await answers(await open(), whole.subarray(0, end)), expected(count), `after ${end} bytes`);
  }
  assert.equal(count, pipeline.length);
}

/** More than a batch takes, more than a turn's time allows, and more replies than the system's buffers take. */
async function checkMuch(open: Open): Promise<void> {
  const many = 3000;
  const slow: Argument[][] = [
    ["DEL", "n", "big"],
    ["RPUSH", "big", ...Array.from({ length: 5000 }, (_, i) => i)],
  ];
  for (let i = 0; i < many; i++) slow.push(i % 10 === 0 ? ["LREM", "big", 1, "nosuch"] : ["INCR", "n"]);
  const lines = (await answers(await open(), commands(...slow))).split("\r\n");
  assert.equal(lines.length - 1, slow.length);
  assert.equal(lines.at(-2), `:${many * 0.9}`);
  const large = Array.from({ length: 100 }, (): Argument[] => ["LRANGE", "big", 0, -1]);
  const text = await answers(await open(), commands(...large));
  assert.equal(text.length, 100 * (await answers(await open(), commands(large[0]!))).length);
}

describe("a client that closes its half after any byte has the replies to all that came whole", () => {
  async function plain(scope: Scope) {
    const { path, remove } = makeTemporaryDirectory();
    scope.after(remove);
    const unixsocket = join(path, "half.sock");
    return { ...(await embeddedServer(scope, { unixsocket })), unixsocket };
  }

  const socketTo = async (where: number | string): Promise<Socket> => {
    const options = typeof where === "number" ? { port: where, host: "127.0.0.1" } : { path: clientPath(where) };
    const socket = connect({ ...options, allowHalfOpen: true });
    await once(socket, "connect");
    return socket;
  };

  test("over TCP", async (t) => {
    const { server } = await plain(t);
    await checkEveryPlace(() => socketTo(server.port));
    await checkMuch(() => socketTo(server.port));
  });

  test("over a Unix socket", async (t) => {
    const { unixsocket } = await plain(t);
    await checkEveryPlace(() => socketTo(unixsocket));
    await checkMuch(() => socketTo(unixsocket));
  });

  test("over a connection without a socket", async (t) => {
    const { server } = await plain(t);
    await checkEveryPlace(async () => server.connect());
    await checkMuch(async () => server.connect());
  });

  describe("over TLS", { skip: skipWithout("openssl") }, () => {
    test("too", async (t) => {
      const server = await tlsServer(t);
      const open: Open = () => server.socket(null, { allowHalfOpen: true });
      await checkEveryPlace(open);
      await checkMuch(open);
    });

    test("but one that leaves before its handshake is done is gone at once", async (t) => {
      const server = await tlsServer(t);
      const client = await server.plain();
      for (const bytes of [[], [22, 3, 1, 2, 0, 1, 0, 1]]) {
        const socket = connect({ host: "127.0.0.1", port: server.tlsPort, allowHalfOpen: true });
        socket.on("error", () => {});
        const closed = once(socket, "close");
        socket.end(Buffer.from(bytes));
        socket.resume();
        await closed;
        assert.equal(await infoField(client, "connected_clients"), "1");
      }
    });
  });
});

test("a client that waits when its end comes gets the replies before, no element, and none behind", async (t) => {
  const { connect: connectTo, server } = await embeddedServer(t);
  const client = await connectTo();
  const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
  const bytes = commands(["PING"], ["BLPOP", "queue", 0], ["SET", "behind", 1]);
  assert.equal(await answers(socket, bytes), "+PONG\r\n");
  assert.equal(await client.call("RPUSH", "queue", "element"), 1);
  assert.equal(await client.call("LLEN", "queue"), 1);
  assert.equal(await client.call("EXISTS", "behind"), 0);
  assert.equal(await infoField(client, "blocked_clients"), "0");
});

test("a client that resets its connection is gone at once, whatever it has left to read or to do", async (t) => {
  const { connect: connectTo, server } = await embeddedServer(t);
  const client = await connectTo();
  await client.call("SET", "big", "x".repeat(1_000_000));
  await client.call("CLIENT", "PAUSE", 60_000, "WRITE");
  for (const last of [["PING"], ["SET", "k", "v"]]) {
    const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
    socket.pause();
    socket.end(commands(...Array.from({ length: 30 }, () => ["GET", "big"]), last));
    await until("it is served", async () => Number(await infoField(client, "total_net_output_bytes")) > 1_000_000);
    await until("its end has come", async () => /omem=[1-9]/.test(String(await client.call("CLIENT", "LIST"))));
    socket.resetAndDestroy();
    await until("it is gone", async () => (await infoField(client, "connected_clients")) === "1");
  }
});

test("what a client sent before it closed its half is done when a pause ends", async (t) => {
  const { connect: connectTo, server } = await embeddedServer(t);
  const client = await connectTo();
  await client.call("CLIENT", "PAUSE", 60_000, "WRITE");
  const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
  const all = answers(socket, commands(["PING"], ["INCR", "n"], ["INCR", "n"]));
  await until("it is held", async () => /cmd=incr/.test(String(await client.call("CLIENT", "LIST"))));
  await client.call("CLIENT", "UNPAUSE");
  assert.equal(await all, "+PONG\r\n:1\r\n:2\r\n");
});
