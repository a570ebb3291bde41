import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import { promisify } from "node:util";
import { copiesSharedWell } from "../../src/bytes/copy-long.js";
import { createServer, OptionError, type RedstartServer, type ServerOptions, version } from "../../src/index.js";
import { embeddedServer } from "../support/embedded.js";
import { ReplyParser } from "../support/reply-parser.js";
import { encodeCommand, RespConnection } from "../support/resp-connection.js";
import { once } from "../support/time-limit.js";

const api = new URL("../../src/index.js", import.meta.url).href;

/** Runs a module's text in a process of its own; rejects when that fails or does not end by itself within ten seconds. */
async function runAlone(text: string, ...nodeArgs: string[]): Promise<string> {
  const module = `import { createServer } from ${JSON.stringify(api)};\n${text}`;
  const args = [...nodeArgs, "--input-type=module", "-e", module];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000, maxBuffer: 1 << 20 });
  return stdout.trim();
}

/** Collects replies from one side of `connect()`. */
function replies(stream: Duplex): () => Promise<string> {
  const parser = new ReplyParser();
  stream.on("data", (chunk: Buffer) => parser.feed(chunk));
  return async () => {
    for (;;) {
      const reply = parser.next();
      if (reply !== null) return reply.bytes.toString("latin1");
      await once(stream, "data");
    }
  };
}

test("createServer takes directives under their own names and in camel case, with values of their types", async (t) => {
  const options: ServerOptions = {
    maxmemory: "64mb",
    maxmemoryPolicy: "allkeys-lru",
    "notify-keyspace-events": "KEA",
    databases: 3,
    activeExpireEffort: 5,
  };
  const { connect, server } = await embeddedServer(t, options);
  assert.ok(server.port > 0);
  const client = await connect();
  const get = async (name: string): Promise<unknown> => ((await client.call("CONFIG", "GET", name)) as string[])[1];
  assert.equal(await get("maxmemory"), "67108864");
  assert.equal(await get("maxmemory-policy"), "allkeys-lru");
  assert.equal(await get("active-expire-effort"), "5");
  await assert.rejects(client.call("SELECT", 3), /DB index is out of range/);
});

test("options that do not exist or cannot have their value are refused by name", async () => {
  const refused = async (options: object, text: RegExp): Promise<void> => {
    await assert.rejects(createServer(options), (error: Error) => {
      assert.ok(error instanceof OptionError, String(error));
      assert.match(error.message, text);
      return true;
    });
  };
  await refused({ noSuchThing: 1 }, /^option "noSuchThing": there is no such directive$/);
  await refused({ maxmemory: "lots" }, /^option "maxmemory": argument must be a memory value$/);
  await refused({ port: 70_000 }, /^option "port": /);
  await refused({ port: "x" }, /^option "port": /);
  await refused({ maxmemoryPolicy: "some" }, /^option "maxmemoryPolicy": argument\(s\) must be one of/);
  await refused({ maxmemory: 1, "max-memory": 2 }, /^option "max-memory": /);
  await refused({ hz: 10, timeout: Number.NaN }, /^option "timeout": /);
});

test("the version tells Redstart's own and that of the Redis it stands for", () => {
  assert.match(version.redstart, /^\d+\.\d+\.\d+/);
  assert.match(version.redis, /^7\.2\.\d+$/);
});

test("servers in one process share nothing", async (t) => {
  const servers = await Promise.all([0, 1, 2].map((i) => embeddedServer(t, { requirepass: i === 2 ? "x" : "" })));
  const [first, second, third] = await Promise.all(servers.map(({ connect }) => connect()));
  assert.equal(new Set(servers.map(({ server }) => server.port)).size, 3);
  await first!.call("SET", "key", "first");
  await second!.call("SUBSCRIBE", "news");
  assert.equal(await first!.call("PUBLISH", "news", "hello"), 0);
  await first!.call("CONFIG", "SET", "maxmemory", 12_345_678);
  await first!.call("CLIENT", "PAUSE", 60_000, "WRITE");
  const other = await servers[1]!.connect();
  assert.equal(await other.call("GET", "key"), null);
  assert.deepEqual(await other.call("CONFIG", "GET", "maxmemory"), ["maxmemory", "0"]);
  assert.equal(await other.call("SET", "key", "second"), "OK");
  assert.equal(await first!.call("GET", "key"), "first");
  await assert.rejects(third!.call("PING"), /NOAUTH/);
  // Other ids, other keys of the hash, other statistics.
  const info = (client: RespConnection) => client.call("INFO", "everything").then(String);
  const runId = /run_id:(\w+)/;
  assert.notEqual(runId.exec(await info(first!))![1], runId.exec(await info(other))![1]);
  assert.match(await info(other), /total_connections_received:2\r\n/);
});

test("closing one server leaves the others running", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  const other = await createServer();
  const theirs = await RespConnection.connect(other.port);
  await other.close();
  await theirs.closed;
  await assert.rejects(RespConnection.connect(other.port), { code: "ECONNREFUSED" });
  assert.equal(await client.call("PING"), "PONG");
});

test("connect gives a stream that speaks RESP, without a port", async (t) => {
  const server = await createServer({ port: null });
  t.after(() => server.close());
  assert.equal(server.port, 0);
  const stream = server.connect();
  const next = replies(stream);
  stream.write("*1\r\n$4\r\nPI");
  stream.write("NG\r\nSET a 1\r\n");
  stream.write(encodeCommand(["INCR", "a"]));
  assert.deepEqual([await next(), await next(), await next()], ["+PONG\r\n", "+OK\r\n", ":2\r\n"]);
  const other = server.connect();
  const otherNext = replies(other);
  other.write("HELLO 3\r\nSUBSCRIBE news\r\n");
  assert.match(await otherNext(), /^%7\r\n/);
  assert.equal(await otherNext(), ">3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
  stream.write("PUBLISH news hello\r\n");
  assert.equal(await next(), ":1\r\n");
  assert.equal(await otherNext(), ">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
});

test("large values pass a connection without a socket in both directions, as fast as each side takes them", async (t) => {
  const server = await createServer({ port: null });
  t.after(() => server.close());
  const stream = server.connect();
  const value = Buffer.alloc(30_000_000, "0123456789");
  stream.write(encodeCommand(["SET", "big", value]));
  stream.write(encodeCommand(["GET", "big"]));
  const next = replies(stream);
  assert.equal(await next(), "+OK\r\n");
  const reply = await next();
  assert.equal(reply.length, value.length + "$30000000\r\n\r\n".length);
  assert.equal(reply.slice(11, 21), "0123456789");
});

test("a stream that is not read stops the server from running its commands", async (t) => {
  const server = await createServer({ port: null });
  t.after(() => server.close());
  const [stream, observer] = [server.connect(), server.connect()];
  const next = replies(observer);
  observer.write(encodeCommand(["SET", "big", Buffer.alloc(1_000_000)]));
  await next();
  // 300 MB of replies; with every GET a counter tells that it ran.
  stream.write(Buffer.concat(Array.from({ length: 300 }, () => Buffer.from("GET big\r\nINCR n\r\n"))));
  const ran = async (): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    observer.write("GET n\r\n");
    return Number((await next()).split("\r\n")[1]);
  };
  let last = 0;
  for (let count = await ran(); count !== last; count = await ran()) last = count;
  assert.ok(last >= 60 && last < 100, `${last} of 300 ran`);
  let received = 0;
  stream.on("data", (chunk: Buffer) => (received += chunk.length));
  const counters = Array.from({ length: 300 }, (_, i) => `:${i + 1}\r\n`).join("");
  while (received < 300 * "$1000000\r\n\r\n".length + 300 * 1_000_000 + counters.length) await once(stream, "data");
  observer.write("GET n\r\n");
  assert.equal(await next(), "$3\r\n300\r\n");
});

test("what is written in one piece is taken in turns, however large", async (t) => {
  const server = await createServer({ port: null, "client-query-buffer-limit": "1mb" });
  t.after(() => server.close());
  const stream = server.connect();
  let received = 0;
  stream.on("data", (chunk: Buffer) => (received += chunk.length));
  const count = 300_000;
  stream.write("PING\r\n".repeat(count));
  while (received < count * "+PONG\r\n".length) await once(stream, "data");
});

test("replies that were asked for before QUIT arrive, however slowly they are read", async (t) => {
  const server = await createServer({ port: null });
  t.after(() => server.close());
  const stream = server.connect();
  stream.write("SETRANGE small 14999 x\r\nSETRANGE big 4999999 x\r\n");
  // Not enough to be refused by the stream, then far too much.
  for (const commands of [
    ["GET small", "GET small"],
    ["GET small", "GET big", "GET big"],
  ]) {
    const reading = server.connect();
    for (const command of [...commands, "QUIT"]) {
      reading.write(`${command}\r\n`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    let received = 0;
    for await (const chunk of reading) {
      received += (chunk as Buffer).length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const sizes: Record<string, number> = { "GET small": 15_010, "GET big": 5_000_012 };
    const expected = commands.reduce((sum, command) => sum + sizes[command]!, "+OK\r\n".length);
    assert.equal(received, expected);
  }
});

test("a closed server has stopped all its timers", async () => {
  const { assemble } = await import("../../src/assemble/assemble.js");
  const { createNodePlatform } = await import("../../src/platform/node.js");
  const platform = createNodePlatform();
  const { timers } = platform;
  let active = 0;
  const counted = (timer: { cancel(): void }) => {
    active++;
    let isCancelled = false;
    const cancel = (): void => {
      if (!isCancelled) active--;
      isCancelled = true;
      timer.cancel();
    };
    return { cancel };
  };
  const every = (ms: number, action: () => void) => counted(timers.every(ms, action));
  const { server } = assemble({
    configure: (store) => void store.assign("port", ["0"]),
    platform: { ...platform, timers: { every, after: timers.after, soon: timers.soon } },
  });
  await server.listen(false);
  assert.ok(active > 0);
  await server.close();
  assert.equal(active, 0);
});

test("a connection without a socket ends as a socket does, from either side", async (t) => {
  const server = await createServer({ port: null });
  t.after(() => server.close());
  const observer = server.connect();
  const next = replies(observer);
  const count = async (): Promise<number> => {
    observer.write("CLIENT LIST\r\n");
    return (await next()).split("\n").length - 3;
  };
  const [quitting, ending, destroyed] = [server.connect(), server.connect(), server.connect()];
  const quitReply = replies(quitting);
  const quit = once(quitting, "close");
  quitting.write("QUIT\r\n");
  assert.equal(await quitReply(), "+OK\r\n");
  await quit;
  ending.end("SET a 1\r\n");
  ending.resume();
  await once(ending, "close");
  destroyed.destroy();
  await once(destroyed, "close");
  while ((await count()) !== 1) {}
  observer.write("GET a\r\n");
  assert.equal(await next(), "$1\r\n1\r\n");
  // Destroyed while replies wait: nothing is kept for it.
  const unread = server.connect();
  unread.write(encodeCommand(["SETRANGE", "big", 10_000_000, "x"]));
  unread.write("GET big\r\n".repeat(20));
  await new Promise((resolve) => setTimeout(resolve, 20));
  unread.destroy();
  while ((await count()) !== 1) await new Promise((resolve) => setImmediate(resolve));
});

test("close ends the connections, is safe to repeat, and refuses new ones", async () => {
  const server: RedstartServer = await createServer();
  const client = await RespConnection.connect(server.port);
  const stream = server.connect();
  stream.resume();
  await Promise.all([server.close(), server.close(), once(stream, "close"), client.closed]);
  await server.close();
  const late = server.connect();
  late.resume();
  await once(late, "close");
});

test("a process ends by itself when its servers are closed, whatever they were doing", async () => {
  const output = await runAlone(`
    import net from "node:net";
    const servers = await Promise.all([createServer(), createServer({ port: null }), createServer({ hz: 500 })]);
    const socket = net.connect(servers[0].port);
    socket.on("error", () => {});
    socket.write("DEBUG x\\r\\nCLIENT PAUSE 100000\\r\\nPING\\r\\n");
    const stream = servers[1].connect();
    stream.resume();
    stream.write("SET a 1 PX 100000\\r\\nFLUSHALL ASYNC\\r\\n");
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all(servers.map((server) => server.close()));
    console.log("closed");
  `);
  assert.equal(output, "closed");
});

test("a server that grows has a thread, which ends with it and keeps no process alive", {
  skip: !copiesSharedWell,
}, async () => {
  const grow = `
    import { once } from "node:events";
    const ended = [];
    process.on("worker", (worker) => {
      worker.on("error", (error) => ended.push(error.message));
      worker.on("exit", (code) => ended.push(code));
    });
    const server = await createServer({ port: null });
    const stream = server.connect();
    const value = "x".repeat(2 ** 20);
    let replies = 0;
    for (let i = 0; i < 70; i++) stream.write(\`*3\\r\\n$3\\r\\nSET\\r\\n$2\\r\\n\${i + 10}\\r\\n$\${value.length}\\r\\n\${value}\\r\\n\`);
    for await (const chunk of stream) if ((replies += chunk.length) === 70 * 5) break;
  `;
  assert.equal(await runAlone(`${grow} await server.close(); console.log(JSON.stringify(ended));`), "[0]");
  assert.equal(await runAlone(`${grow} console.log(JSON.stringify(ended)); process.exit(0);`), "[]");
});

test("a server that is not closed keeps the process alive", async () => {
  await assert.rejects(
    promisify(execFile)(
      process.execPath,
      ["--input-type=module", "-e", `import { createServer } from ${JSON.stringify(api)}; await createServer();`],
      { timeout: 1000 },
    ),
    { killed: true },
  );
});

test("an embedded server is ready in milliseconds and adds a few megabytes", async (t) => {
  const output = await runAlone(
    `
    const use = () => { gc(); gc(); return process.memoryUsage.rss(); };
    const times = [];
    const before = use();
    const servers = [];
    for (let i = 0; i < 10; i++) {
      const since = performance.now();
      servers.push(await createServer());
      times.push(performance.now() - since);
    }
    const bytes = use() - before;
    console.log(JSON.stringify({ first: times[0], best: Math.min(...times), megabytes: bytes / 10 / 2 ** 20 }));
    await Promise.all(servers.map((server) => server.close()));
  `,
    "--expose-gc",
  );
  const { first, best, megabytes } = JSON.parse(output) as Record<string, number>;
  t.diagnostic(`ready in ${first} ms the first time, ${best} ms at best; ${megabytes} MB each`);
  // Far above what it takes, since tests run on busy machines.
  assert.ok(best! < 100, output);
  assert.ok(megabytes! < 5, output);
});

test("a client that writes while it is told data has each reply once, as have the others", async (t) => {
  const { server } = await embeddedServer(t);
  const [first, second] = [server.connect(), server.connect()];
  const seen: string[] = [];
  const echoes = (letter: string): Buffer =>
    Buffer.concat([1, 2, 3, 4, 5].map((i) => encodeCommand(["ECHO", `${letter}${i}`])));
  const done = new Promise<void>((resolve) => {
    const hear = (chunk: Buffer): void => {
      seen.push(...(String(chunk).match(/[a-e][1-5]/g) ?? []));
      if (seen.length === 5) {
        first.write(echoes("b"));
        second.write(echoes("c"));
        first.write(encodeCommand(["ECHO", "d1"]));
      }
      if (seen.length === 16) resolve();
    };
    first.on("data", hear);
    second.on("data", hear);
  });
  first.write(echoes("a"));
  await done;
  for (const stream of [first, second]) stream.write(encodeCommand(["PING"]));
  await Promise.all([once(first, "data"), once(second, "data")]);
  const expected = ["a", "b", "c"].flatMap((letter) => [1, 2, 3, 4, 5].map((i) => `${letter}${i}`));
  assert.deepEqual(seen.toSorted(), [...expected, "d1"]);
});
