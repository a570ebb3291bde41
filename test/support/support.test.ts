import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { test } from "node:test";
import { ReplyParser, RespError, RespStatus } from "./reply-parser.js";
import { encodeCommand, RespConnection } from "./resp-connection.js";
import { serverFor, skipWithout, startServer } from "./servers.js";
import { once, within } from "./time-limit.js";

const everyType =
  "+OK\r\n-ERR no\r\n:-7\r\n:9223372036854775807\r\n$5\r\na\r\nbc\r\n$-1\r\n*-1\r\n*2\r\n:1\r\n*1\r\n$0\r\n\r\n_\r\n#t\r\n,1.5\r\n" +
  "(123456789012345678901\r\n!5\r\nERR x\r\n=7\r\ntxt:abc\r\n%1\r\n+k\r\n:2\r\n~2\r\n:1\r\n:2\r\n>2\r\n+message\r\n:1\r\n|1\r\n+a\r\n:1\r\n:5\r\n";

const decoded = [
  new RespStatus("OK"),
  new RespError("ERR no"),
  -7,
  9223372036854775807n,
  "a\r\nbc",
  null,
  null,
  [1, [""]],
  null,
  true,
  1.5,
  123456789012345678901n,
  new RespError("ERR x"),
  "abc",
  new Map([[new RespStatus("k"), 2]]),
  new Set([1, 2]),
  [new RespStatus("message"), 1],
  5,
];

test("replies are cut and decoded whichever way the bytes arrive", () => {
  const bytes = Buffer.from(everyType, "latin1");
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const parser = new ReplyParser();
    const replies = [];
    for (let i = 0; i < bytes.length; i += size) {
      parser.feed(bytes.subarray(i, i + size));
      for (let reply = parser.next(); reply !== null; reply = parser.next()) replies.push(reply);
    }
    assert.deepEqual(
      replies.map((reply) => reply.value),
      decoded,
    );
    assert.equal(Buffer.concat(replies.map((reply) => reply.bytes)).toString("latin1"), everyType);
  }
});

test("a command is an array of bulk strings, one byte per character", () => {
  assert.equal(encodeCommand(["SET", "k\xff", 7]).toString("latin1"), "*3\r\n$3\r\nSET\r\n$2\r\nk\xff\r\n$1\r\n7\r\n");
});

test("a started server answers, and nothing of it is left after stop", {
  skip: skipWithout("redis-server"),
}, async () => {
  const server = await startServer({ program: "redis-server" });
  const connection = await RespConnection.connect(server.port, { resp: 3 });
  const replies = await Promise.all([
    connection.send(["PING"]),
    connection.send(["GET", "none"]),
    connection.send(["NO"]),
  ]);
  assert.deepEqual(
    replies.slice(0, 2).map((reply) => reply.bytes.toString()),
    ["+PONG\r\n", "_\r\n"],
  );
  assert.ok(replies[2]!.isError);
  await server.stop();
  await connection.closed;
  await assert.rejects(connection.send(["PING"]));
  assert.throws(() => process.kill(server.pid, 0));
  assert.equal(existsSync(server.directory), false);
});

test("a server that cannot start fails with what it printed", { skip: skipWithout("redis-server") }, async () => {
  await assert.rejects(
    startServer({ program: "redis-server", args: ["--no-such-directive", "1"] }),
    /no-such-directive/,
  );
});

test("pushes are kept apart from replies", { skip: skipWithout("redis-server") }, async (t) => {
  const server = await serverFor(t, { program: "redis-server" });
  const subscriber = await RespConnection.connect(server.port, { resp: 3 });
  const publisher = await RespConnection.connect(server.port);
  subscriber.write(encodeCommand(["SUBSCRIBE", "news"]));
  assert.deepEqual((await subscriber.nextPush()).value, ["subscribe", "news", 1]);
  assert.equal(await publisher.call("PUBLISH", "news", "hello"), 1);
  assert.equal(await subscriber.call("PING"), "PONG");
  assert.deepEqual((await subscriber.nextPush()).value, ["message", "news", "hello"]);
  await Promise.all([subscriber.close(), publisher.close()]);
});

test("a reply, a push or an end that does not come fails whoever waits for it, with its name", async (t) => {
  // It answers the first command, and nothing else.
  const server = createServer((socket) => {
    socket.once("data", () => socket.write("+PONG\r\n"));
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const mute = async (): Promise<RespConnection> => {
    const connection = await RespConnection.connect(port, { limitMs: 20 });
    assert.equal(await connection.call("PING"), "PONG");
    return connection;
  };
  const first = await mute();
  await assert.rejects(first.call("BLPOP", "key", 0), /waited in vain for the reply to BLPOP key 0: 20 ms/);
  // What comes later would be taken for another's.
  await assert.rejects(first.call("PING"), /waited in vain for the reply to BLPOP/);
  await first.closed;
  await assert.rejects((await mute()).nextPush(), /waited in vain for a push/);
  await assert.rejects((await mute()).send(["SET", "k".repeat(200)]), /the reply to SET k{96}…/);
  const open = await mute();
  await assert.rejects(open.closed, /waited in vain for the end of a connection/);
  await open.close();
});

test("waiting for an event or a promise has an end", async (t) => {
  // A limit alone keeps no process alive.
  const alive = setInterval(() => {}, 1000);
  t.after(() => clearInterval(alive));
  const emitter = new EventEmitter();
  await assert.rejects(once(emitter, "never", 5), /waited in vain for the event "never" of a EventEmitter: 5 ms/);
  assert.equal(emitter.listenerCount("never"), 0);
  const soon = once(emitter, "soon");
  emitter.emit("soon", 7);
  assert.deepEqual(await soon, [7]);
  await assert.rejects(within("nothing", new Promise(() => {}), 5), /for nothing/);
  assert.equal(await within("something", Promise.resolve(1)), 1);
});
