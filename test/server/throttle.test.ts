import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";
import { encodeCommand, type RespConnection } from "../support/resp-connection.js";
import { once } from "../support/time-limit.js";
import { onAnyTry } from "../support/timing.js";

/** A server with limits for the class "normal", and a client that is under none: a subscriber in RESP3. */
async function throttled(t: Parameters<typeof embeddedServer>[0], limits: string, options = {}) {
  const { server, connect } = await embeddedServer(t, options);
  const control = await subscriber(connect);
  await control.call("CONFIG", "SET", "client-throttle", limits);
  return { server, connect, control };
}

/** A connection of the class "pubsub" that may run all commands. */
async function subscriber(connect: Awaited<ReturnType<typeof embeddedServer>>["connect"]): Promise<RespConnection> {
  const connection = await connect({ resp: 3 });
  connection.write("SUBSCRIBE something\r\n");
  await connection.nextPush();
  return connection;
}

/** Sends commands in one packet; resolves with how long it took until each had its reply, and with the replies. */
async function timed(client: RespConnection, commands: readonly string[][]): Promise<[ms: number, replies: string[]]> {
  const since = performance.now();
  client.write(Buffer.concat(commands.map((command) => encodeCommand(command))));
  const replies: string[] = [];
  for (const _ of commands) replies.push((await client.nextReply()).bytes.toString("latin1"));
  return [performance.now() - since, replies];
}

function repeated(count: number, command: string[]): string[][] {
  return Array.from({ length: count }, () => command);
}

/** The line of CLIENT LIST about a client. */
async function listed(control: RespConnection, id: unknown): Promise<string> {
  return String(await control.call("CLIENT", "LIST", "ID", String(id)));
}

describe("client-throttle", () => {
  test("serves a pipeline of one packet at the set pace, complete and in order", async (t) => {
    const { connect } = await throttled(t, "class normal commands 500");
    await onAnyTry(async () => {
      const client = await connect();
      const key = `key:${performance.now()}`;
      const [ms, replies] = await timed(client, repeated(500, ["INCR", key]));
      assert.deepEqual(
        replies,
        Array.from({ length: 500 }, (_, i) => `:${i + 1}\r\n`),
      );
      assert.ok(ms > 990, `${ms} ms`);
      assert.ok(ms < 1200, `${ms} ms`);
    });
  });

  test("serves one command at a time at the set pace", async (t) => {
    const { connect } = await throttled(t, "class normal commands 500");
    await onAnyTry(async () => {
      const client = await connect();
      const since = performance.now();
      for (let i = 0; i < 500; i++) await client.call("PING");
      const ms = performance.now() - since;
      assert.ok(ms > 990, `${ms} ms`);
      assert.ok(ms < 1200, `${ms} ms`);
    });
  });

  test("sends replies when they are due, not when all are", async (t) => {
    const { connect } = await throttled(t, "class normal commands 100");
    await onAnyTry(async () => {
      const client = await connect();
      const since = performance.now();
      const all = timed(client, repeated(51, ["PING"]));
      let first = 0;
      client.socket.once("data", () => (first = performance.now() - since));
      const [ms] = await all;
      assert.ok(ms > 490, `${ms} ms`);
      assert.ok(first < 100, `${first} ms`);
    });
  });

  test("counts bytes, those of a large argument while they come and those of replies", async (t) => {
    const { connect, control } = await throttled(t, "");
    await control.call("SET", "big", "x".repeat(500_000));
    await control.call("CONFIG", "SET", "client-throttle", "class normal bytes 1000000");
    await onAnyTry(async () => {
      const writer = await connect();
      const [writeMs] = await timed(writer, [["SET", "other", "y".repeat(700_000)], ["PING"]]);
      assert.ok(writeMs > 690, `${writeMs} ms`);
      assert.ok(writeMs < 1000, `${writeMs} ms`);
      const reader = await connect();
      const [readMs] = await timed(reader, [["GET", "big"], ["PING"]]);
      assert.ok(readMs > 490, `${readMs} ms`);
      assert.ok(readMs < 800, `${readMs} ms`);
    });
  });

  test("counts the bytes of replies to a pipeline, too", async (t) => {
    const { connect } = await throttled(t, "class normal bytes 20000");
    const client = await connect();
    // 34 bytes and 26 bytes for each.
    const [ms] = await timed(client, repeated(401, ["ECHO", "x".repeat(20)]));
    assert.ok(ms > 1150, `${ms} ms`);
  });

  test("stops reading, so that TCP slows the sender and memory stays bounded", async (t) => {
    const { connect, control } = await throttled(t, "class normal bytes 20kb");
    const client = await connect();
    const id = await client.call("CLIENT", "ID");
    const before = Number(await infoField(control, "total_net_input_bytes"));
    for (let i = 0; i < 50; i++)
      client.write(Buffer.concat(repeated(1000, ["SET", "key", "v".repeat(970)]).map(encodeCommand)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const received = Number(await infoField(control, "total_net_input_bytes")) - before;
    assert.ok(received < 300_000, `${received} bytes read`);
    assert.ok(client.socket.writableLength > 20_000_000, `${client.socket.writableLength} bytes not sent`);
    const line = await listed(control, id);
    assert.ok(Number(/ tot-mem=(\d+)/.exec(line)![1]) < 300_000, line);
  });

  test("a client that becomes another class in the middle of a packet is held to that class's limit", async (t) => {
    const { connect } = await throttled(t, "class pubsub commands 200");
    const client = await connect();
    const [ms] = await timed(client, [...repeated(1000, ["PING"]), ["SUBSCRIBE", "news"], ...repeated(100, ["PING"])]);
    assert.ok(ms > 490, `${ms} ms`);
    await onAnyTry(async () => {
      const [freeMs] = await timed(client, [["UNSUBSCRIBE"], ...repeated(1000, ["PING"])]);
      assert.ok(freeMs < 300, `${freeMs} ms`);
    });
  });

  test("AUTH and RESET in the middle of a packet change whose limits hold", async (t) => {
    const { connect, control } = await throttled(t, "user alice commands 200");
    await control.call("ACL", "SETUSER", "alice", "on", "nopass", "~*", "+@all");
    const client = await connect();
    const [ms, replies] = await timed(client, [
      ...repeated(500, ["PING"]),
      ["AUTH", "alice", ""],
      ...repeated(101, ["PING"]),
    ]);
    assert.equal(replies[500], "+OK\r\n");
    assert.ok(ms > 490, `${ms} ms`);
    await onAnyTry(async () => {
      const [freeMs] = await timed(client, [["RESET"], ...repeated(500, ["PING"])]);
      assert.ok(freeMs < 300, `${freeMs} ms`);
    });
  });

  test("is seen in CLIENT LIST and INFO", async (t) => {
    const { connect, control } = await throttled(t, "class normal commands 4 address 127.0.0.1 bytes 1gb");
    await control.call("CONFIG", "RESETSTAT");
    const client = await connect();
    const other = await connect();
    const id = await client.call("CLIENT", "ID");
    const all = timed(client, repeated(3, ["PING"]));
    await until("it waits", async () => (await infoField(control, "throttled_clients")) === "1");
    const line = await listed(control, id);
    assert.match(line, / flags=H /);
    assert.match(line, / throttle-commands=4 throttle-bytes=1073741824 throttle-delays=[12] throttle-ms=\d+\s/);
    assert.match(
      await listed(control, await other.call("CLIENT", "ID")),
      / flags=N .* throttle-delays=0 throttle-ms=0\s/,
    );
    await all;
    assert.equal(await infoField(control, "throttled_clients"), "0");
    // What came since CLIENT ID, and on a busy machine since a PING, makes for fewer.
    const delays = await infoField(control, "total_throttled_commands");
    const ms = Number(await infoField(control, "total_throttled_time_ms"));
    assert.ok(/^[123]$/.test(delays), delays);
    assert.ok(ms >= 100, `${ms} ms`);
    assert.match(await listed(control, id), new RegExp(` flags=N .* throttle-delays=${delays} throttle-ms=${ms}\\s`));
    await control.call("CONFIG", "SET", "client-throttle", "");
    assert.doesNotMatch(await listed(control, id), /throttle/);
  });

  test("a waiting client can be killed, and goes at once", async (t) => {
    const { connect, control } = await throttled(t, "class normal commands 1");
    const client = await connect();
    const id = await client.call("CLIENT", "ID");
    client.write(Buffer.concat(repeated(1000, ["PING"]).map(encodeCommand)));
    await until("it waits", async () => (await infoField(control, "throttled_clients")) === "1");
    assert.equal(await control.call("CLIENT", "KILL", "ID", String(id)), 1);
    await client.closed;
    assert.equal(await infoField(control, "throttled_clients"), "0");
  });

  test("a client deep in debt that has nothing to do does not wait, and its end is noticed", async (t) => {
    const { connect, control } = await throttled(t, "");
    await control.call("SET", "big", "x".repeat(1_000_000));
    await control.call("CONFIG", "SET", "client-throttle", "class normal bytes 1000");
    const client = await connect();
    await client.call("GET", "big");
    assert.equal(await infoField(control, "throttled_clients"), "0");
    await client.close();
    await until("it is gone", async () => (await infoField(control, "connected_clients")) === "1");
  });

  test("changed limits are for waiting clients at once", async (t) => {
    const { connect, control } = await throttled(t, "class normal commands 1");
    const client = await connect();
    const all = timed(client, repeated(5000, ["PING"]));
    await until("it waits", async () => (await infoField(control, "throttled_clients")) === "1");
    await control.call("CONFIG", "SET", "client-throttle", "user nobody commands 1");
    const [, replies] = await all;
    assert.ok(replies.every((reply) => reply === "+PONG\r\n"));
  });

  test("waiting is not being idle", async (t) => {
    const { connect, control } = await throttled(t, "class normal bytes 100", { timeout: 1, hz: 100 });
    const client = await connect();
    // Three seconds' worth.
    const all = timed(client, [["ECHO", "x".repeat(120)], ["PING"]]);
    const idle = await connect();
    const [ms] = await all;
    assert.ok(ms > 2500, `${ms} ms`);
    await idle.closed;
    assert.equal(await infoField(control, "throttled_clients"), "0");
  });

  test("queued commands count one each, and EXEC is whole", async (t) => {
    const { connect, control } = await throttled(t, "class normal commands 100");
    const client = await connect();
    const [ms, replies] = await timed(client, [["MULTI"], ...repeated(58, ["INCR", "key"]), ["EXEC"]]);
    assert.ok(ms > 590, `${ms} ms`);
    assert.match(replies.at(-1)!, /^\*58\r\n:1\r\n.*:58\r\n$/s);
    assert.equal(await control.call("GET", "key"), "58");
  });

  test("works beside blocking and CLIENT PAUSE", async (t) => {
    const { connect, control } = await throttled(t, "class normal commands 100");
    const client = await connect();
    const since = performance.now();
    const all = timed(client, [
      ...repeated(19, ["PING"]),
      ["BLPOP", "list", "0"],
      ...repeated(30, ["PING"]),
      ["SET", "k", "v"],
    ]);
    await until("it blocks", async () => (await infoField(control, "blocked_clients")) === "1");
    assert.ok(performance.now() - since > 190);
    assert.equal(await infoField(control, "throttled_clients"), "0");
    await control.call("CLIENT", "PAUSE", "400", "WRITE");
    await control.call("CLIENT", "UNPAUSE");
    await control.call("RPUSH", "list", "a");
    await control.call("CLIENT", "PAUSE", "60000", "WRITE");
    await until("it is paused", async () => (await infoField(control, "blocked_clients")) === "1");
    await control.call("CLIENT", "UNPAUSE");
    const [ms, replies] = await all;
    assert.ok(ms > 490, `${ms} ms`);
    assert.equal(replies[19], "*2\r\n$4\r\nlist\r\n$1\r\na\r\n");
    assert.equal(replies.at(-1), "+OK\r\n");
  });

  test("a connection without a socket is throttled, too", async (t) => {
    const { server } = await throttled(t, "class normal commands 100");
    const stream = server.connect();
    t.after(() => stream.destroy());
    const since = performance.now();
    let received = "";
    stream.on("data", (chunk) => (received += chunk));
    stream.write("PING\r\n".repeat(51));
    await until("all replies are there", () => received === "+PONG\r\n".repeat(51));
    assert.ok(performance.now() - since > 490);
  });

  test("a server closes with clients that wait", async (t) => {
    const { server, connect, control } = await throttled(t, "class normal commands 1 class pubsub commands 100 shared");
    const clients = await Promise.all([connect(), connect()]);
    for (const client of clients) client.write("PING\r\n".repeat(10));
    await until("they wait", async () => (await infoField(control, "throttled_clients")) === "2");
    await server.close();
    for (const client of clients) await client.closed;
  });

  test("a client without a limit does not feel that others have one", async (t) => {
    const { connect } = await throttled(t, "user nobody commands 1 class normal commands 1000 shared");
    const free = await subscriber(connect);
    const pipeline = Buffer.concat(repeated(10_000, ["PING"]).map(encodeCommand));
    for (let i = 0; i < 20; i++) (await connect()).write(pipeline);
    await onAnyTry(async () => {
      const times: number[] = [];
      for (let i = 0; i < 500; i++) {
        const since = performance.now();
        await free.call("PING");
        times.push(performance.now() - since);
      }
      times.sort((a, b) => a - b);
      assert.ok(times[494]! < 10, `99 % of PINGs within ${times[494]} ms`);
    });
  });
});

test("a server does not start with a limit it does not understand", async (t) => {
  await assert.rejects(embeddedServer(t, { clientThrottle: "user alice" }), /Neither commands nor bytes/);
  const { server } = await embeddedServer(t, { clientThrottle: [{ user: "default", commands: 5 }] });
  const stream = server.connect();
  stream.write("CONFIG GET client-throttle\r\n");
  const [chunk] = await once(stream, "data");
  assert.match(String(chunk), /user default commands 5/);
  stream.destroy();
});
