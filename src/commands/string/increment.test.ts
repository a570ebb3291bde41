import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { stringCommands } from "./index.js";

const OVERFLOW = "ERR increment or decrement would overflow";
const NOT_AN_INTEGER = "ERR value is not an integer or out of range";

test("numbers grow and shrink over every number of digits", () => {
  const server = new CommandHarness(stringCommands);
  for (const start of ["0", "9", "99", "-1", "-10", "999999999", "9007199254740990", "-9007199254740992"]) {
    server.run(`SET k ${start}`);
    for (let i = 1n; i <= 3n; i++) assert.equal(server.run("INCR k"), String(BigInt(start) + i));
    assert.equal(server.run("GET k"), String(BigInt(start) + 3n));
    for (let i = 2n; i >= -1n; i--) assert.equal(server.run("DECR k"), String(BigInt(start) + i));
    assert.equal(server.encoding("k"), "int");
  }
});

test("the ends of 64 bits are reached exactly and not passed", () => {
  const server = new CommandHarness(stringCommands);
  server.run("SET k 9223372036854775806");
  assert.equal(server.run("INCR k"), "9223372036854775807");
  assert.equal(server.run("INCR k"), OVERFLOW);
  assert.equal(server.run("GET k"), "9223372036854775807");
  server.run("SET k -9223372036854775807");
  assert.equal(server.run("DECR k"), "-9223372036854775808");
  assert.equal(server.run("DECRBY k 1"), OVERFLOW);
  assert.equal(server.run("INCRBY k 9223372036854775807"), "-1");
  assert.equal(server.run("DECRBY k -9223372036854775808"), "ERR decrement would overflow");
  assert.equal(server.run("DECRBY k 9223372036854775807"), "-9223372036854775808");
});

test("only canonical integers count as numbers", () => {
  const server = new CommandHarness(stringCommands);
  for (const text of ["+1", "01", "-0", "1.0", "x", "9223372036854775808", ""]) {
    server.call("SET", "k", text);
    assert.equal(server.run("INCR k"), NOT_AN_INTEGER, text);
    assert.equal(server.call("INCRBY", "n", text), `-${NOT_AN_INTEGER}\r\n`, text);
  }
  server.call("SET", "k", " 1");
  assert.equal(server.run("INCR k"), NOT_AN_INTEGER);
});

test("the expiry stays, and a raw number becomes int", () => {
  const server = new CommandHarness(stringCommands);
  server.run("SET k 1 PX 1000");
  server.run("APPEND k 0");
  assert.equal(server.encoding("k"), "raw");
  assert.equal(server.run("INCRBY k 5"), "15");
  assert.equal(server.encoding("k"), "int");
  assert.equal(server.expireAt("k"), server.nowMs + 1000);
  assert.equal(server.run("DECRBY k 6"), "9");
  assert.equal(server.expireAt("k"), server.nowMs + 1000);
});

test("INCRBYFLOAT adds in extended precision, prints without an exponent and never encodes int", () => {
  const server = new CommandHarness(stringCommands);
  assert.equal(server.run("INCRBYFLOAT k 10.50"), "10.5");
  assert.equal(server.run("INCRBYFLOAT k 0.1"), "10.6");
  server.run("SET k 3 EX 10");
  assert.equal(server.run("INCRBYFLOAT k -1"), "2");
  assert.equal(server.encoding("k"), "embstr");
  assert.equal(server.expireAt("k"), server.nowMs + 10_000);
  assert.match(server.run("INCRBYFLOAT k 1e40"), /^\d{40}$/);
  assert.equal(server.run("INCRBYFLOAT k x"), "ERR value is not a valid float");
  assert.equal(server.run("INCRBYFLOAT k inf"), "ERR increment would produce NaN or Infinity");
  server.call("SET", "k", "1 ");
  assert.equal(server.run("INCRBYFLOAT k 1"), "ERR value is not a valid float");
});
