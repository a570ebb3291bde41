/** SLOWLOG and LATENCY of a server: which commands they see, whatever came with them in one packet. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddedServer, until } from "../support/embedded.js";
import { encodeCommand, type RespConnection } from "../support/resp-connection.js";

type Entry = [id: number, time: number, us: number, args: Buffer[], address: Buffer, name: Buffer];

async function slowLog(client: RespConnection): Promise<Entry[]> {
  return (await client.call("SLOWLOG", "GET", -1)) as unknown as Entry[];
}

/** The commands in the slow log, the oldest first. */
async function logged(client: RespConnection): Promise<string[]> {
  return (await slowLog(client)).map(([, , , args]) => args.join(" ")).reverse();
}

test("a slow command is logged with its own time, its client's address and name, even in the middle of a pipeline", async (t) => {
  const { connect } = await embeddedServer(t, { enableDebugCommand: "yes" });
  const [client, slow] = [await connect(), await connect()];
  await client.call("CONFIG", "SET", "slowlog-log-slower-than", 50_000);
  await slow.call("CLIENT", "SETNAME", "slow-one");
  const commands = [["SET", "a", 1], ["GET", "a"], ["DEBUG", "SLEEP", 0.06], ["GET", "a"], ["PING"]];
  slow.write(Buffer.concat(commands.map(encodeCommand)));
  for (const _ of commands) await slow.nextReply();
  const entry = (await slowLog(client)).find(([, , , args]) => String(args[0]) === "DEBUG")!;
  const [, time, us, args, address, name] = entry;
  assert.deepEqual(args.map(String), ["DEBUG", "SLEEP", "0.06"]);
  assert.ok(us >= 60_000, `${us} µs`);
  assert.ok(Math.abs(time - Date.now() / 1000) < 60);
  assert.match(String(address), /^127\.0\.0\.1:\d+$/);
  assert.equal(String(name), "slow-one");
});

test("with a limit of 0 every command of a pipeline is logged, with -1 none", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("CONFIG", "SET", "slowlog-log-slower-than", 0);
  await client.call("SLOWLOG", "RESET");
  client.write("SET a 1\r\nGET a\r\nGET a\r\nMULTI\r\nINCR a\r\nEXEC\r\nNOSUCH\r\nGET\r\n");
  for (let i = 0; i < 8; i++) await client.nextReply();
  const expected = ["SLOWLOG RESET", "SET a 1", "GET a", "GET a", "MULTI", "INCR a"];
  assert.deepEqual(await logged(client), expected);
  await client.call("CONFIG", "SET", "slowlog-log-slower-than", -1);
  await client.call("GET", "a");
  assert.deepEqual(
    await logged(client),
    [...expected, "SLOWLOG GET -1", "CONFIG SET slowlog-log-slower-than -1"].slice(0, 7),
  );
});

test("a large reply is timed by itself among quick commands", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("SET", "big", "x".repeat(4_000_000));
  await client.call("CONFIG", "SET", "slowlog-log-slower-than", 1000);
  await until("GET is logged", async () => {
    await client.call("SLOWLOG", "RESET");
    client.write(`${"GET none\r\n".repeat(5)}${"GET big\r\n".repeat(3)}GET none\r\n`);
    for (let i = 0; i < 9; i++) await client.nextReply();
    return (await logged(client)).includes("GET big");
  });
});

test("XADD that trims much is logged, among others that are quick", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("CONFIG", "SET", "slowlog-log-slower-than", 1000, "stream-node-max-entries", 1);
  await until("XADD is logged", async () => {
    client.write(Buffer.concat(Array.from({ length: 100_000 }, () => encodeCommand(["XADD", "big", "*", "f", "v"]))));
    for (let i = 0; i < 100_000; i++) await client.nextReply();
    await client.call("SLOWLOG", "RESET");
    const quick = encodeCommand(["XADD", "other", "*", "f", "v"]);
    const slow = encodeCommand(["XADD", "big", "MAXLEN", "1", "*", "f", "v"]);
    client.write(Buffer.concat([quick, quick, slow, quick, quick]));
    for (let i = 0; i < 5; i++) await client.nextReply();
    return (await logged(client)).includes("XADD big MAXLEN 1 * f v");
  });
});

test("secrets are not logged", async (t) => {
  const { connect } = await embeddedServer(t);
  const client = await connect();
  await client.call("CONFIG", "SET", "slowlog-log-slower-than", 0);
  await client.call("SLOWLOG", "RESET");
  await client.call("AUTH", "default", "secret");
  await client.send(["AUTH", "secret"]);
  await client.call("HELLO", 3, "AUTH", "default", "secret", "SETNAME", "me");
  await client.call("CONFIG", "SET", "masterauth", "secret", "timeout", 0, "REQUIREPASS", "secret");
  const log = await logged(client);
  assert.deepEqual(log.slice(1), [
    "AUTH (redacted) (redacted)",
    "AUTH (redacted)",
    "HELLO 3 AUTH (redacted) (redacted) SETNAME me",
    "CONFIG SET masterauth (redacted) timeout 0 REQUIREPASS (redacted)",
  ]);
});

test("a command that waits is logged once it has its reply, as its client sent it", async (t) => {
  const { connect } = await embeddedServer(t);
  const [client, waiting] = [await connect(), await connect()];
  await client.call("CONFIG", "SET", "slowlog-log-slower-than", 0);
  const popped = waiting.send(["BLPOP", "list", 0]);
  await until("it waits", async () => String(await client.call("INFO", "clients")).includes("blocked_clients:1"));
  assert.ok(!(await logged(client)).includes("BLPOP list 0"));
  await client.call("SLOWLOG", "RESET");
  await client.call("RPUSH", "list", "x");
  await popped;
  await waiting.send(["BLPOP", "list", 0.01]);
  assert.deepEqual(
    (await logged(client)).filter((command) => command.startsWith("BLPOP")),
    ["BLPOP list 0", "BLPOP list 0.01"],
  );
});

test("LATENCY names commands by how quick they should be, and its histogram counts each call once", async (t) => {
  const { connect } = await embeddedServer(t, { enableDebugCommand: "yes" });
  const client = await connect();
  assert.match(String(await client.call("LATENCY", "DOCTOR")), /^I.m sorry, Dave.*topics\/latency-monitor\.\n$/);
  await client.call("CONFIG", "SET", "latency-monitor-threshold", 30);
  await client.call("DEBUG", "SLEEP", 0.04);
  const [[event, time, lastMs, maxMs]] = (await client.call("LATENCY", "LATEST")) as unknown as [
    [Buffer, number, number, number],
  ];
  assert.equal(String(event), "command");
  assert.ok(Math.abs(time - Date.now() / 1000) < 60 && lastMs >= 40 && maxMs >= lastMs);
  assert.match(String(await client.call("LATENCY", "GRAPH", "command")), /^command - high \d+ ms, low \d+ ms/);
  assert.match(String(await client.call("LATENCY", "DOCTOR")), /1\. command: 1 latency spikes \(average \d+ms/);
  assert.equal(await client.call("LATENCY", "RESET", "command"), 1);
  client.write("SET a 1\r\n".repeat(100));
  for (let i = 0; i < 100; i++) await client.nextReply();
  const reply = (await client.call("LATENCY", "HISTOGRAM", "set", "nosuch", "config|set")) as unknown as unknown[];
  assert.deepEqual([String(reply[0]), String(reply[2])], ["set", "config|set"]);
  const [, calls, , ranges] = reply[1] as [Buffer, number, Buffer, number[]];
  assert.equal(calls, 100);
  assert.equal(ranges.at(-1), 100);
});

test("eviction and what evicts are told apart", async (t) => {
  const { connect } = await embeddedServer(t, { maxmemoryPolicy: "allkeys-random", save: "" } as never);
  const client = await connect();
  client.write(
    Buffer.concat(Array.from({ length: 20_000 }, (_, i) => encodeCommand(["SET", `key:${i}`, "x".repeat(100)]))),
  );
  for (let i = 0; i < 20_000; i++) await client.nextReply();
  await client.call("CONFIG", "SET", "latency-monitor-threshold", 1, "maxmemory-eviction-tenacity", 100);
  await client.call("CONFIG", "SET", "maxmemory", 1);
  await client.send(["SET", "one", "more"]);
  const events = (await client.call("LATENCY", "LATEST")) as unknown as [Buffer][];
  assert.ok(events.map(([event]) => String(event)).includes("eviction-cycle"), String(events));
});
