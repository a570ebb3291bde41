/** MONITOR over a socket: what it shows, to whom, and what its client may do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddedServer, infoField, until } from "../support/embedded.js";
import type { RespConnection } from "../support/resp-connection.js";
import { onAnyTry } from "../support/timing.js";

async function nextLine(monitor: RespConnection): Promise<string> {
  return (await monitor.nextReply()).bytes.toString("latin1").replace(/^\+\d{10}\.\d{6} /, "");
}

async function nextLines(monitor: RespConnection, count: number): Promise<string[]> {
  const lines: string[] = [];
  for (let i = 0; i < count; i++) lines.push((await nextLine(monitor)).replace(/127\.0\.0\.1:\d+/, "peer").trimEnd());
  return lines;
}

test("a command is shown with time, database, address and quoted arguments", async (t) => {
  const { connect } = await embeddedServer(t);
  const [monitor, client] = [await connect(), await connect()];
  assert.equal((await monitor.send(["MONITOR"])).bytes.toString(), "+OK\r\n");
  await client.call("SET", "key", 'a "b"\\\n\xff');
  const line = (await monitor.nextReply()).bytes.toString("latin1");
  const address = /addr=(\S+)/.exec(String(await client.call("CLIENT", "INFO")))![1];
  const [, seconds] = /^\+(\d{10}\.\d{6}) /.exec(line)!;
  assert.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 60);
  assert.equal(line.slice(19), String.raw`[0 ${address}] "SET" "key" "a \"b\"\\\n\xff"` + "\r\n");
});

test("commands come in the order they ran in, EXEC after what was queued, and those refused or secret do not", async (t) => {
  const { connect } = await embeddedServer(t);
  const [monitor, client] = [await connect({ resp: 3 }), await connect()];
  await monitor.call("MONITOR");
  client.write(
    "MULTI\r\nSET a 1\r\nGET a\r\nEXEC\r\nGET\r\nNOSUCH\r\nCONFIG GET port\r\nCLIENT LIST\r\nSELECT 2\r\nAUTH x\r\n",
  );
  assert.deepEqual(await nextLines(monitor, 6), [
    '[0 peer] "MULTI"',
    '[0 peer] "SET" "a" "1"',
    '[0 peer] "GET" "a"',
    '[0 peer] "EXEC"',
    '[2 peer] "SELECT" "2"',
    '[2 peer] "AUTH" "(redacted)"',
  ]);
});

test("a command that waits is shown once, when it comes", async (t) => {
  const { connect } = await embeddedServer(t);
  const [monitor, client, waiting] = [await connect(), await connect(), await connect()];
  await monitor.call("MONITOR");
  const popped = waiting.send(["BLPOP", "list", 0]);
  assert.deepEqual(await nextLines(monitor, 1), ['[0 peer] "BLPOP" "list" "0"']);
  await client.call("RPUSH", "list", "x");
  await popped;
  await client.call("PING");
  assert.deepEqual(await nextLines(monitor, 2), ['[0 peer] "RPUSH" "list" "x"', '[0 peer] "PING"']);
});

test("a client that monitors sees its own commands behind their replies, may not touch keys, and leaves with RESET", async (t) => {
  const { connect } = await embeddedServer(t);
  const [monitor, client] = [await connect(), await connect()];
  await monitor.call("MONITOR");
  monitor.write("MONITOR\r\nPING\r\nGET a\r\nCLIENT INFO\r\n");
  assert.equal((await monitor.nextReply()).bytes.toString(), "+PONG\r\n");
  assert.deepEqual(await nextLines(monitor, 1), ['[0 peer] "PING"']);
  assert.equal((await monitor.nextReply()).bytes.toString(), "-ERR Replica can't interact with the keyspace\r\n");
  assert.match((await monitor.nextReply()).bytes.toString(), / flags=O /);
  await nextLines(monitor, 1);
  monitor.write("RESET\r\n");
  assert.equal((await monitor.nextReply()).bytes.toString(), "+RESET\r\n");
  await client.call("SET", "a", 1);
  assert.equal((await monitor.send(["GET", "a"])).bytes.toString(), "$1\r\n1\r\n");
});

test("MONITOR is refused inside a transaction", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("MULTI");
  await client.call("MONITOR");
  assert.equal(
    (await client.send(["EXEC"])).bytes.toString(),
    "*1\r\n-ERR MONITOR isn't allowed for DENY BLOCKING client\r\n",
  );
});

test("a client that does not read what it monitors is closed at its output limit", async (t) => {
  const { connect } = await embeddedServer(t, { clientOutputBufferLimit: "normal 1mb 0 0" } as never);
  const [monitor, client] = [await connect(), await connect()];
  await monitor.call("MONITOR");
  monitor.socket.pause();
  const value = "x".repeat(100_000);
  await until("it is closed", async () => {
    await client.call("SET", "key", value);
    return (await infoField(client, "connected_clients")) === "1";
  });
  assert.equal(await infoField(client, "client_output_buffer_limit_disconnections"), "1");
  assert.equal(await client.call("GET", "key").then(String), value);
});

test("of more than a megabyte of arguments the beginning is shown, and how much more there is", async (t) => {
  const { connect } = await embeddedServer(t);
  const [monitor, client] = [await connect(), await connect()];
  await monitor.call("MONITOR");
  await client.call("SET", "key", "\0".repeat(1_048_576));
  const line = await nextLine(monitor);
  const shown = 1_048_576 - "SETkey".length;
  assert.ok(line.endsWith(`"SET" "key" "${"\\x00".repeat(shown)}"... (6 more bytes)\r\n`), line.slice(-80));
  await client.call("MSET", "a", "x".repeat(2_000_000), "b", "y");
  assert.match(
    await nextLine(monitor),
    /"x+"\.\.\. \(\d+ more bytes\) ""\.\.\. \(1 more bytes\) ""\.\.\. \(1 more bytes\)\r\n$/,
  );
});

test("what is large is shown at once", async (t) => {
  const { connect } = await embeddedServer(t);
  const [monitor, client] = [await connect(), await connect()];
  await monitor.call("MONITOR");
  await onAnyTry(async () => {
    const sentMs = performance.now();
    await client.call("SET", "key", "\0".repeat(50_000_000));
    await monitor.nextReply();
    // In words it would be 200 MB.
    assert.ok(performance.now() - sentMs < 1500);
  });
});
