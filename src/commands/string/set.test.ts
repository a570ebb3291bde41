import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { Argv } from "../../bytes/argv.js";
import { stringCommands } from "./index.js";

const NULL = "$-1\r\n";

test("plain SET replaces the value and drops the expiry", () => {
  const server = new CommandHarness(stringCommands);
  server.run("SET k old EX 100");
  assert.equal(server.run("SET k new"), "OK");
  assert.equal(server.run("GET k"), "new");
  assert.equal(server.expireAt("k"), 0);
});

test("each expiry option gives the absolute time, and KEEPTTL keeps it", () => {
  const server = new CommandHarness(stringCommands);
  const { nowMs } = server;
  server.run("SET k v EX 10");
  assert.equal(server.expireAt("k"), nowMs + 10_000);
  server.run("SET k v px 10");
  assert.equal(server.expireAt("k"), nowMs + 10);
  server.run("SET k v EXAT 33000000000");
  assert.equal(server.expireAt("k"), 33_000_000_000_000);
  server.run("SET k v PXAT 33000000000001");
  assert.equal(server.expireAt("k"), 33_000_000_000_001);
  server.run("SET k w KEEPTTL");
  assert.equal(server.expireAt("k"), 33_000_000_000_001);
  server.run("SETEX k 3 v");
  assert.equal(server.expireAt("k"), nowMs + 3000);
  server.run("PSETEX k 3 v");
  assert.equal(server.expireAt("k"), nowMs + 3);
});

test("an expiry that is not positive or overflows is refused, by the command's own name", () => {
  const server = new CommandHarness(stringCommands);
  for (const value of ["0", "-1", "9223372036854776", "9223372036854775807"]) {
    assert.equal(server.run(`SET k v EX ${value}`), "ERR invalid expire time in 'set' command");
  }
  assert.equal(server.run("PSETEX k 9223372036854775807 v"), "ERR invalid expire time in 'psetex' command");
  assert.equal(server.run("SET k v PX 9223372036854775808"), "ERR value is not an integer or out of range");
  assert.equal(server.run("SET k v PXAT 9223372036854775807"), "OK");
});

test("options that contradict each other, or lack their value, are syntax errors", () => {
  const server = new CommandHarness(stringCommands);
  for (const options of [
    "NX XX",
    "EX 1 PX 1",
    "EX 1 KEEPTTL",
    "PXAT 1 EXAT 1",
    "EX",
    "PERSIST",
    "FOO",
    "KEEPTTL PX 1",
  ]) {
    assert.equal(server.run(`SET k v ${options}`), "ERR syntax error", options);
  }
  assert.equal(server.run("SET k v EX 10 EX 20 NX NX"), "OK");
  assert.equal(server.expireAt("k"), server.nowMs + 20_000);
});

test("NX and XX decide whether anything happens, and GET what is replied", () => {
  const server = new CommandHarness(stringCommands);
  assert.equal(server.call("SET", "k", "a", "XX"), NULL);
  assert.equal(server.call("SET", "k", "a", "NX", "GET"), NULL);
  assert.equal(server.run("GET k"), "a");
  assert.equal(server.call("SET", "k", "b", "NX"), NULL);
  assert.equal(server.run("SET k b NX GET"), "a");
  assert.equal(server.run("SET k b XX GET"), "a");
  assert.equal(server.run("GET k"), "b");
  assert.equal(server.run("SETNX k c"), "0");
  assert.equal(server.run("SETNX n c"), "1");
});

test("events and changes are those of Redis, and none where nothing happened", () => {
  const server = new CommandHarness(stringCommands);
  const eventsOf = (line: string): string => {
    const before = server.keyspace.dirty;
    server.run(line);
    return `${server.takeEvents().join(", ")}; ${server.keyspace.dirty - before}`;
  };
  assert.equal(eventsOf("SET k v"), "new k, set k; 1");
  assert.equal(eventsOf("SET k v EX 10"), "set k, expire k; 1");
  assert.equal(eventsOf("SET k v NX"), "; 0");
  assert.equal(eventsOf("SETEX k 10 v"), "set k, expire k; 1");
  assert.equal(eventsOf("GETSET k w"), "set k; 1");
  assert.equal(eventsOf("GETEX k"), "; 0");
  assert.equal(eventsOf("GETEX k PERSIST"), "; 0");
  assert.equal(eventsOf("GETEX k EX 10"), "expire k; 1");
  assert.equal(eventsOf("GETEX k PERSIST"), "persist k; 1");
  assert.equal(eventsOf("GETEX k EXAT 1"), "del k; 1");
  assert.equal(eventsOf("MSET k 1 l 2"), "new k, set k, new l, set l; 2");
  assert.equal(eventsOf("MSETNX m 1 l 2"), "; 0");
  assert.equal(eventsOf("APPEND k ''"), "append k; 1");
  assert.equal(eventsOf("SETRANGE k 0 ''"), "; 0");
  assert.equal(eventsOf("SETRANGE k 1 x"), "setrange k; 1");
  assert.equal(eventsOf("INCR l"), "incrby l; 1");
  assert.equal(eventsOf("INCRBYFLOAT l 1"), "incrbyfloat l; 1");
  assert.equal(eventsOf("GETDEL l"), "del l; 1");
  assert.equal(eventsOf("GETDEL l"), "keymiss l; 0");
});

test("GETEX answers the value it had, also when the new expiry is past", () => {
  const server = new CommandHarness(stringCommands);
  server.run("SET k v");
  assert.equal(server.run("GETEX k PX 100"), "v");
  assert.equal(server.expireAt("k"), server.nowMs + 100);
  assert.equal(server.run("GETEX k PERSIST"), "v");
  assert.equal(server.run("GETEX k PXAT 1"), "v");
  assert.equal(server.call("GETEX", "k", "EX", "x"), NULL);
  assert.equal(server.run("GETEX k KEEPTTL"), "ERR syntax error");
});

test("MSET and MSETNX need pairs", () => {
  const server = new CommandHarness(stringCommands);
  assert.equal(server.run("MSET a 1 b"), "ERR wrong number of arguments for 'mset' command");
  assert.equal(server.run("MSETNX a 1 b"), "ERR wrong number of arguments for 'msetnx' command");
  assert.equal(server.run("MSETNX a 1 a 2"), "1");
  assert.equal(server.run("MGET a b a"), "*3 $1 2 $-1 $1 2");
});

test("SET tells which keys it reads", () => {
  const set = stringCommands.find((command) => command.name === "SET")!;
  const seen: string[] = [];
  for (const words of [
    ["SET", "k", "v"],
    ["SET", "k", "get", "EX", "1"],
    ["SET", "k", "v", "get"],
  ]) {
    set.getKeys!(Argv.from(words), (index, flags) => seen.push(`${index} ${flags}`));
  }
  assert.deepEqual(seen, ["1 OW UPDATE", "1 OW UPDATE", "1 RW ACCESS UPDATE"]);
});
