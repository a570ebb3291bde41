import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { stringCommands } from "./index.js";

const TOO_LONG = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";

test("GETRANGE counts negative indexes from the end and cuts both to the string", () => {
  const server = new CommandHarness(stringCommands);
  server.run("SET k 0123456789");
  const expected: Record<string, string> = {
    "0 -1": "0123456789",
    "0 2": "012",
    "-3 -1": "789",
    "-100 1": "01",
    "5 100": "56789",
    "7 3": "",
    "10 20": "",
    "-1 -2": "",
    "-100 -200": "",
    "-9223372036854775807 -9223372036854775808": "",
    "-9223372036854775808 -9223372036854775807": "0",
    "0 9223372036854775807": "0123456789",
  };
  for (const [range, text] of Object.entries(expected)) {
    assert.equal(server.run(`GETRANGE k ${range}`), text, range);
    assert.equal(server.run(`SUBSTR k ${range}`), text, range);
  }
  assert.equal(server.call("GETRANGE", "missing", "0", "-1"), "$0\r\n\r\n");
  assert.equal(server.run("GETRANGE missing 0 x"), "ERR value is not an integer or out of range");
});

test("SETRANGE fills a gap with zero bytes and keeps what lies behind", () => {
  const server = new CommandHarness(stringCommands);
  assert.equal(server.run("SETRANGE k 3 abc"), "6");
  assert.equal(server.run("GET k"), "\0\0\0abc");
  assert.equal(server.run("SETRANGE k 0 xy"), "6");
  assert.equal(server.run("GET k"), "xy\0abc");
  assert.equal(server.run("SETRANGE n 5 ''"), "0");
  assert.equal(server.call("GET", "n"), "$-1\r\n");
  assert.equal(server.run("SETRANGE k -1 x"), "ERR offset is out of range");
});

test("no string grows beyond proto-max-bulk-len", () => {
  const server = new CommandHarness(stringCommands);
  server.settings["proto-max-bulk-len"] = 10;
  assert.equal(server.run("SETRANGE k 8 abc"), TOO_LONG);
  assert.equal(server.run("SETRANGE k 9223372036854775807 a"), TOO_LONG);
  assert.equal(server.run("SETRANGE k 7 abc"), "10");
  assert.equal(server.run("APPEND k x"), TOO_LONG);
  assert.equal(server.run("STRLEN k"), "10");
});

test("APPEND builds a string from pieces of every size", () => {
  const server = new CommandHarness(stringCommands);
  let text = "";
  for (let i = 0; i < 120; i++) {
    const piece = String.fromCharCode(97 + (i % 26)).repeat((i * i) % 211);
    text += piece;
    assert.equal(server.call("APPEND", "k", piece), `:${text.length}\r\n`);
  }
  assert.equal(server.run("GET k"), text);
  assert.equal(server.run("STRLEN k"), String(text.length));
  assert.equal(server.run("APPEND n 12"), "2");
  assert.equal(server.encoding("n"), "int");
  server.arena.verify(server.keyspace.liveBlocks());
});
