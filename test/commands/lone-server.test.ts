/** Commands about scripts, replicas, files and clusters, as a server answers that has none of them. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { commandGroups } from "../../src/commands/all.js";
import { unavailable } from "../../src/commands/unavailable.js";
import { RespConnection } from "../support/resp-connection.js";
import { type RunningServer, serverFor, startServer, testedProgram } from "../support/servers.js";

const NO_CLUSTER = "-ERR This instance has cluster support disabled";
const DIGEST = "f".repeat(40);
let server: RunningServer;
let client: RespConnection;

before(async () => {
  server = await startServer();
  client = await RespConnection.connect(server.port);
});
after(async () => {
  await client.close();
  await server.stop();
});

async function replyTo(line: string): Promise<string> {
  const { bytes } = await client.send(line.split(" ").map((word) => (word === '""' ? "" : word)));
  return bytes.toString("latin1").trimEnd();
}

async function check(replies: Readonly<Record<string, string>>): Promise<void> {
  for (const [line, reply] of Object.entries(replies)) assert.equal(await replyTo(line), reply, line);
}

test("scripts and functions: none are there", () =>
  check({
    "EVALSHA x y": "-NOSCRIPT No matching script. Please use EVAL.",
    [`EVALSHA ${DIGEST} 0`]: "-NOSCRIPT No matching script. Please use EVAL.",
    [`EVALSHA_RO ${DIGEST} 1 k`]: "-NOSCRIPT No matching script. Please use EVAL.",
    [`EVALSHA ${DIGEST} -1`]: "-ERR Number of keys can't be negative",
    [`EVALSHA ${DIGEST} 2 a`]: "-ERR Number of keys can't be greater than number of args",
    [`EVALSHA ${DIGEST} x`]: "-ERR value is not an integer or out of range",
    "EVALSHA x": "-ERR wrong number of arguments for 'evalsha' command",
    "FCALL f y": "-ERR Function not found",
    "FCALL_RO f 0": "-ERR Function not found",
    "SCRIPT EXISTS a b": "*2\r\n:0\r\n:0",
    "SCRIPT FLUSH": "+OK",
    "SCRIPT FLUSH async": "+OK",
    "SCRIPT FLUSH SYNC x": "-ERR SCRIPT FLUSH only support SYNC|ASYNC option",
    "SCRIPT KILL": "-NOTBUSY No scripts in execution right now.",
    "SCRIPT DEBUG no": "+OK",
    "SCRIPT DEBUG x": "-ERR Use SCRIPT DEBUG YES/SYNC/NO",
    "FUNCTION LIST": "*0",
    "FUNCTION LIST WITHCODE LIBRARYNAME *": "*0",
    "FUNCTION LIST LIBRARYNAME": "-ERR library name argument was not given",
    "FUNCTION LIST WITHCODE WITHCODE": "-ERR Unknown argument WITHCODE",
    "FUNCTION LIST LIBRARYNAME a LIBRARYNAME b": "-ERR Unknown argument LIBRARYNAME",
    "FUNCTION DELETE x": "-ERR Library not found",
    "FUNCTION FLUSH": "+OK",
    "FUNCTION FLUSH x": "-ERR FUNCTION FLUSH only supports SYNC|ASYNC option",
    "FUNCTION FLUSH SYNC x": "-ERR unknown subcommand or wrong number of arguments for 'FLUSH'. Try FUNCTION HELP.",
    "FUNCTION KILL": "-NOTBUSY No scripts in execution right now.",
    "FUNCTION STATS":
      "*4\r\n$14\r\nrunning_script\r\n$-1\r\n$7\r\nengines\r\n*2\r\n$3\r\nLUA\r\n" +
      "*4\r\n$15\r\nlibraries_count\r\n:0\r\n$15\r\nfunctions_count\r\n:0",
  }));

test("replicas: there are none, and nobody is followed", () =>
  check({
    ROLE: "*3\r\n$6\r\nmaster\r\n:0\r\n*0",
    "REPLICAOF NO ONE": "+OK",
    "slaveof no one": "+OK",
    "REPLICAOF h 65536": "-ERR Invalid master port",
    "REPLICAOF h -1": "-ERR Invalid master port",
    "SLAVEOF h x": "-ERR Invalid master port",
    FAILOVER: "-ERR FAILOVER requires connected replicas.",
    "FAILOVER TO h 1 TIMEOUT 3 FORCE": "-ERR FAILOVER requires connected replicas.",
    "FAILOVER ABORT": "-ERR No failover in progress.",
    "FAILOVER ABORT x": "-ERR syntax error",
    "FAILOVER TIMEOUT 0": "-ERR FAILOVER timeout must be greater than 0",
    "FAILOVER TO h": "-ERR syntax error",
    "FAILOVER TO h x": "-ERR value is not an integer or out of range",
    "FAILOVER FORCE FORCE": "-ERR syntax error",
  }));

test("clusters: this is no node of one", () =>
  check({
    ASKING: NO_CLUSTER,
    READONLY: NO_CLUSTER,
    READWRITE: NO_CLUSTER,
    "CLUSTER INFO": NO_CLUSTER,
    "CLUSTER HELP": NO_CLUSTER,
    "CLUSTER KEYSLOT k": NO_CLUSTER,
    "CLUSTER SLOTS": NO_CLUSTER,
    "CLUSTER MEET h 1": NO_CLUSTER,
    "CLUSTER MEET h": "-ERR wrong number of arguments for 'cluster|meet' command",
    "CLUSTER x": "-ERR unknown subcommand 'x'. Try CLUSTER HELP.",
  }));

test("WAIT for no replicas is done at once, for some when its time is up", async () => {
  await check({
    "WAIT 0 0": ":0",
    "WAIT -1 0": ":0",
    "WAIT 1 20": ":0",
    "WAIT x 0": "-ERR value is not an integer or out of range",
    "WAIT 1 -1": "-ERR timeout is negative",
    "WAIT 0 x": "-ERR timeout is not an integer or out of range",
  });
  await client.call("MULTI");
  await client.call("WAIT", 1, 0);
  assert.deepEqual(await client.call("EXEC"), [0]);
});

test("a client that WAITs without a limit is unblocked by others, or goes", { timeout: 20_000 }, async () => {
  for (const [how, reply] of [
    ["TIMEOUT", ":0\r\n"],
    ["ERROR", "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"],
  ] as const) {
    const waiting = await RespConnection.connect(server.port);
    const id = (await waiting.call("CLIENT", "ID")) as number;
    const waited = waiting.send(["WAIT", 1, 0]);
    const pinged = waiting.send(["PING"]);
    while ((await client.call("CLIENT", "UNBLOCK", id, how)) !== 1);
    assert.equal((await waited).bytes.toString(), reply);
    assert.equal((await pinged).bytes.toString(), "+PONG\r\n");
    const gone = waiting.send(["WAIT", 1, 0]).catch(() => "closed");
    await waiting.close();
    assert.equal(await gone, "closed");
  }
  while (!String(await client.call("INFO", "clients")).includes("blocked_clients:0"));
});

const isOurs = testedProgram === "redstart";

test("WAITAOF has no append-only file to wait for", { skip: !isOurs }, async () => {
  await check({
    "WAITAOF 0 0 0": "*2\r\n:0\r\n:0",
    "WAITAOF 0 1 20": "*2\r\n:0\r\n:0",
    "WAITAOF 1 0 0": "-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.",
    "WAITAOF 2 0 0": "-ERR value is out of range, value must between 0 and 1",
    "WAITAOF 0 -1 0": "-ERR value is out of range, must be positive",
    "WAITAOF 0 0 -1": "-ERR timeout is negative",
  });
});

test("what is not there yet says so, for all with the same words", { skip: !isOurs }, async () => {
  const missing = commandGroups.flat().flatMap((command) => [command, ...(command.subcommands ?? [])]);
  assert.ok(missing.filter(({ handler }) => handler === unavailable).length > 15);
  await check({
    "EVAL x 0": "-ERR command 'eval' is not available yet",
    BGSAVE: "-ERR command 'bgsave' is not available yet",
    "DUMP k": "-ERR command 'dump' is not available yet",
    "REPLICAOF h 1": "-ERR command 'replicaof' is not available yet",
    "script load x": "-ERR command 'script|load' is not available yet",
    EVAL: "-ERR wrong number of arguments for 'eval' command",
  });
});

test("REPLICAOF NO ONE takes replicaof out of the configuration", { skip: !isOurs }, async (t) => {
  const configured = await serverFor(t, { args: ["--replicaof", "127.0.0.1", "1"] });
  const connection = await RespConnection.connect(configured.port);
  assert.deepEqual(await connection.call("CONFIG", "GET", "replicaof"), ["replicaof", "127.0.0.1 1"]);
  assert.equal(await connection.call("REPLICAOF", "NO", "ONE"), "OK");
  assert.deepEqual(await connection.call("CONFIG", "GET", "replicaof"), ["replicaof", ""]);
  await connection.close();
});

test("in cluster mode nobody is followed by REPLICAOF", { skip: !isOurs }, async (t) => {
  const node = await serverFor(t, { args: ["--cluster-enabled", "yes"] });
  const connection = await RespConnection.connect(node.port);
  await assert.rejects(
    connection.call("REPLICAOF", "NO", "ONE"),
    /^Error: ERR REPLICAOF not allowed in cluster mode\.$/,
  );
  await assert.rejects(connection.call("FAILOVER"), /^Error: ERR FAILOVER not allowed in cluster mode\.$/);
  await connection.close();
});

test("COMMAND GETKEYS finds the keys of scripts and of MIGRATE", async () => {
  const keysOf = (line: string) => replyTo(`COMMAND GETKEYS ${line}`);
  assert.equal(await keysOf("EVAL script 2 a b c"), "*2\r\n$1\r\na\r\n$1\r\nb");
  assert.equal(await keysOf("FCALL_RO f 1 a b"), "*1\r\n$1\r\na");
  assert.equal(await keysOf("EVALSHA x 0 a"), "*0");
  assert.equal(await keysOf("EVAL script x a"), "*0");
  assert.equal(await keysOf("RESTORE-ASKING k 0 x"), "*1\r\n$1\r\nk");
  assert.equal(await keysOf("MIGRATE h 1 k 0 5"), "*1\r\n$1\r\nk");
  assert.equal(await keysOf('MIGRATE h 1 "" 0 5 COPY AUTH KEYS KEYS a b'), "*2\r\n$1\r\na\r\n$1\r\nb");
  assert.equal(await keysOf('MIGRATE h 1 "" 0 5 AUTH2 KEYS KEYS KEYS a'), "*1\r\n$1\r\na");
  assert.equal(await keysOf("MIGRATE h 1 k 0 5 KEYS a"), "-ERR Invalid arguments specified for command");
});

test("passwords of MIGRATE do not show in MONITOR", async () => {
  const monitor = await RespConnection.connect(server.port);
  await monitor.call("MONITOR");
  await replyTo('MIGRATE 127.0.0.1 1 "" 0 5 COPY AUTH secret KEYS k');
  await replyTo('MIGRATE 127.0.0.1 1 "" 0 5 AUTH2 user secret REPLACE KEYS k');
  for (const shown of [
    '"MIGRATE" "127.0.0.1" "1" "" "0" "5" "COPY" "AUTH" "(redacted)" "KEYS" "k"',
    '"MIGRATE" "127.0.0.1" "1" "" "0" "5" "AUTH2" "(redacted)" "(redacted)" "REPLACE" "KEYS" "k"',
  ]) {
    assert.equal((await monitor.nextReply()).bytes.toString().replace(/^.*?\] /, ""), `${shown}\r\n`);
  }
  await monitor.close();
});
