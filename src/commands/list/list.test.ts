import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { genericCommands } from "../generic/index.js";
import { stringCommands } from "../string/index.js";
import { listCommands } from "./index.js";

function harness(): CommandHarness {
  return new CommandHarness(listCommands, stringCommands, genericCommands);
}

test("each command reports what it did to a list once, and when the list is gone", () => {
  const server = harness();
  for (const [line, reply, events] of [
    ["RPUSH a 1 2 3", "3", ["new a", "rpush a"]],
    ["LPUSH a 0 0", "5", ["lpush a"]],
    ["RPUSHX b 1", "0", []],
    ["LPUSHX a x", "6", ["lpush a"]],
    ["LSET a 0 y", "OK", ["lset a"]],
    ["LINSERT a BEFORE 1 half", "7", ["linsert a"]],
    ["LINSERT a AFTER none half", "-1", []],
    ["LREM a 0 0", "2", ["lrem a"]],
    ["LREM a 0 0", "0", []],
    ["LTRIM a 1 -1", "OK", ["ltrim a"]],
    ["LMOVE a b RIGHT LEFT", "3", ["new b", "lpush b", "rpop a"]],
    ["RPOPLPUSH b b", "3", ["lpush b", "rpop b"]],
    ["LPOP a", "half", ["lpop a"]],
    ["RPOP a 10", "*2 $1 2 $1 1", ["rpop a", "del a"]],
    ["LMPOP 2 a b RIGHT COUNT 5", "*2 $1 b *1 $1 3", ["rpop b", "del b"]],
    ["RPUSH a 1", "1", ["new a", "rpush a"]],
    ["LREM a 1 1", "1", ["lrem a", "del a"]],
    ["RPUSH a 1", "1", ["new a", "rpush a"]],
    ["LTRIM a 5 1", "OK", ["ltrim a", "del a"]],
    ["RPUSH a 1", "1", ["new a", "rpush a"]],
    ["LMOVE a c LEFT LEFT", "1", ["new c", "lpush c", "lpop a", "del a"]],
  ] as const) {
    assert.equal(server.run(line), reply, line);
    assert.deepEqual(
      server.takeEvents().filter((event) => !event.startsWith("keymiss")),
      events,
      line,
    );
  }
  assert.deepEqual(server.arena.verify(server.keyspace.liveBlocks()), []);
});

test("changes are counted as Redis counts them", () => {
  const server = harness();
  for (const [line, changes] of [
    ["RPUSH a 1 2 3 4 5", 5],
    ["LSET a 0 x", 1],
    ["LMOVE a b LEFT LEFT", 1],
    ["LPOP a 2", 2],
    ["LTRIM a 1 1", 1],
    ["LREM a 0 none", 0],
  ] as const) {
    const before = server.keyspace.dirty;
    server.run(line);
    assert.equal(server.keyspace.dirty - before, changes, line);
  }
});

test("arguments are checked in Redis' order", () => {
  const server = harness();
  server.run("SET text x");
  server.run("RPUSH a 1 2");
  for (const [line, reply] of [
    ["LPOP none x", "ERR value is out of range, must be positive"],
    ["LPOP text -1", "ERR value is out of range, must be positive"],
    ["LPOP none 0", "*-1"],
    ["LPOP a 0", "*0"],
    ["LPOP a 1 2", "ERR wrong number of arguments for 'lpop' command"],
    ["LSET none x y", "ERR no such key"],
    ["LSET a x y", "ERR value is not an integer or out of range"],
    ["LSET a 2 y", "ERR index out of range"],
    ["LINDEX none x", "$-1"],
    ["LINDEX a x", "ERR value is not an integer or out of range"],
    ["LRANGE text x 1", "ERR value is not an integer or out of range"],
    ["LINSERT text junk a b", "ERR syntax error"],
    [
      "LPOS none a RANK 0",
      "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
    ],
    ["LPOS none a COUNT -1", "ERR COUNT can't be negative"],
    ["LPOS none a MAXLEN x", "ERR MAXLEN can't be negative"],
    ["LPOS none a COUNT 0", "*0"],
    ["LMPOP 0 a LEFT", "ERR numkeys should be greater than 0"],
    ["LMPOP 5 a LEFT", "ERR syntax error"],
    ["LMPOP 1 a LEFT COUNT 0", "ERR count should be greater than 0"],
    ["LMPOP 1 a LEFT COUNT 1 COUNT 1", "ERR syntax error"],
    ["LMOVE none text LEFT LEFT", "$-1"],
    ["LMOVE a text LEFT LEFT", "WRONGTYPE Operation against a key holding the wrong kind of value"],
    [
      "LREM a -9223372036854775808 x",
      "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
    ],
  ] as const) {
    assert.equal(server.run(line), reply, line);
  }
});

test("LPOS counts ranks, matches and looked at elements from either end", () => {
  const server = harness();
  server.run("RPUSH a a b c 1 2 3 c c");
  for (const [line, reply] of [
    ["LPOS a c", "2"],
    ["LPOS a c RANK 2", "6"],
    ["LPOS a c RANK -1", "7"],
    ["LPOS a c RANK 4", "$-1"],
    ["LPOS a c COUNT 0", "*3 :2 :6 :7"],
    ["LPOS a c COUNT 2 RANK -1", "*2 :7 :6"],
    ["LPOS a c COUNT 0 MAXLEN 7", "*2 :2 :6"],
    ["LPOS a c COUNT 0 MAXLEN 2 RANK -1", "*2 :7 :6"],
    ["LPOS a 3 MAXLEN 5", "$-1"],
  ] as const) {
    assert.equal(server.run(line), reply, line);
  }
});

test("encodings change with what a command adds, as in Redis 7.2", () => {
  const server = harness();
  const { limits } = server.keyspace;
  limits.listMaxListpackSize = 3;
  for (const adding of ["RPUSH a x", "LINSERT a AFTER 2 x"]) {
    server.run("DEL a");
    server.run("RPUSH a 1 2 3");
    assert.equal(server.encoding("a"), "listpack");
    server.run(adding);
    assert.equal(server.encoding("a"), "quicklist", adding);
  }
  server.run("LTRIM a 1 1");
  assert.equal(server.encoding("a"), "listpack");
  limits.listMaxListpackSize = -1;
  server.call("LSET", "a", "0", "x".repeat(5000));
  assert.equal(server.encoding("a"), "quicklist");
  server.run("LSET a 0 x");
  assert.equal(server.encoding("a"), "listpack");
  server.call("RPUSH", "b", "x".repeat(5000));
  server.run("LMOVE b a LEFT RIGHT");
  assert.equal(server.encoding("a"), "quicklist");
  server.run("COPY a c");
  assert.equal(server.encoding("c"), "quicklist");
  assert.deepEqual(server.arena.verify(server.keyspace.liveBlocks()), []);
});

test("RESP3 has one null", () => {
  const server = harness();
  server.reply.resp = 3;
  for (const line of [
    "LPOP none",
    "LPOP none 1",
    "LINDEX none 0",
    "LPOS none a",
    "LMPOP 1 none LEFT",
    "RPOPLPUSH none b",
  ]) {
    assert.equal(server.run(line), "_", line);
  }
});
