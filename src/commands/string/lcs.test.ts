import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { StringView } from "../../keyspace/database.js";
import { setCommands } from "../set/index.js";
import { stringCommands } from "./index.js";
import { LcsTable } from "./lcs-table.js";

function harness(a: string, b: string): CommandHarness {
  const server = new CommandHarness(stringCommands);
  server.call("MSET", "a", a, "b", b);
  return server;
}

test("LCS answers the subsequence, its length, or the ranges with the last first", () => {
  const server = harness("ohmytext", "mynewtext");
  assert.equal(server.run("LCS a b"), "mytext");
  assert.equal(server.run("LCS a b LEN"), "6");
  assert.equal(server.run("LCS a b IDX"), "*4 $7 matches *2 *2 *2 :4 :7 *2 :5 :8 *2 *2 :2 :3 *2 :0 :1 $3 len :6");
  assert.equal(
    server.run("LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN"),
    "*4 $7 matches *1 *3 *2 :4 :7 *2 :5 :8 :4 $3 len :6",
  );
  assert.equal(server.call("LCS", "a", "missing"), "$0\r\n\r\n");
  assert.equal(server.run("LCS a missing LEN"), "0");
});

test("the length alone is the same whichever of the strings is longer, and found without a table", () => {
  const [short, long] = ["ab".repeat(500), "ba".repeat(50_000)];
  for (const [a, b] of [
    [short, long],
    [long, short],
  ]) {
    const server = harness(a!, b!);
    const before = process.memoryUsage().arrayBuffers;
    assert.equal(server.run("LCS a b LEN"), "1000");
    // A table would take 200 MB.
    assert.ok(process.memoryUsage().arrayBuffers - before < 50e6);
  }
});

test("RESP3 gets IDX as a map", () => {
  const server = harness("a", "a");
  server.reply.resp = 3;
  assert.equal(server.run("LCS a b IDX"), "%2 $7 matches *1 *2 *2 :0 :0 *2 :0 :0 $3 len :1");
});

test("LEN with IDX, unknown words and too much memory are refused", () => {
  const server = harness("abc", "abc");
  assert.equal(server.run("LCS a b LEN IDX"), "ERR If you want both the length and indexes, please just use IDX.");
  assert.equal(server.run("LCS a b MINMATCHLEN"), "ERR syntax error");
  assert.equal(server.run("LCS a b MINMATCHLEN x"), "ERR value is not an integer or out of range");
  assert.equal(server.run("LCS a b IDX WITHMATCHLEN NOSUCH"), "ERR syntax error");
  assert.equal(server.run("LCS a b LEN IDX MINMATCHLEN"), "ERR syntax error");
  server.settings["proto-max-bulk-len"] = 64;
  assert.equal(server.run("LCS a b"), "abc");
  server.settings["proto-max-bulk-len"] = 63;
  assert.equal(server.run("LCS a b"), "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
});

test("MINMATCHLEN counts the ranges that are left", () => {
  const server = harness("ohmytext", "mynewtext");
  const ranges = (least: string) => server.run(`LCS a b IDX MINMATCHLEN ${least}`);
  const [all, text, none] = [
    "*4 $7 matches *2 *2 *2 :4 :7 *2 :5 :8 *2 *2 :2 :3 *2 :0 :1 $3 len :6",
    "*4 $7 matches *1 *2 *2 :4 :7 *2 :5 :8 $3 len :6",
    "*4 $7 matches *0 $3 len :6",
  ];
  assert.deepEqual(["-1", "0", "2", "3", "4", "5"].map(ranges), [all, all, all, text, text, none]);
  assert.equal(server.run("LCS a b IDX MINMATCHLEN 4 MINMATCHLEN 5"), none);
});

test("only strings have a subsequence, and a key that is missing or has expired is an empty one", () => {
  const server = new CommandHarness(stringCommands, setCommands);
  server.run("SADD set x");
  server.run("SET a abc PX 10");
  server.run("SET b abc");
  for (const keys of ["set a", "a set", "set set", "none set", "set none"])
    assert.equal(server.run(`LCS ${keys}`), "ERR The specified keys must contain string values", keys);
  assert.equal(server.run("LCS a a"), "abc");
  server.advance(11);
  for (const keys of ["a b", "b a", "a a", "none b"]) assert.equal(server.run(`LCS ${keys}`), "", keys);
});

test("numbers are compared as their text", () => {
  assert.equal(harness("-1234", "12x34").run("LCS a b"), "1234");
  assert.equal(harness("100", "100").run("LCS a b LEN"), "3");
});

test("a table that there is no memory for is none", () => {
  const view = new StringView();
  view.length = 2 ** 31;
  assert.equal(LcsTable.fill(view, view), null);
});

test("the ranges are equal bytes of both strings, in order, and make up the length", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 24 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const server = harness(a, b);
      const common = server.run("LCS a b");
      assert.equal(server.run("LCS a b LEN"), String(common.length));
      const numbers = [...server.call("LCS", "a", "b", "IDX").matchAll(/:(\d+)/g)].map((match) => Number(match[1]));
      let joined = "";
      for (let i = 0; i + 4 < numbers.length; i += 4) {
        const piece = a.slice(numbers[i], numbers[i + 1]! + 1);
        assert.equal(piece, b.slice(numbers[i + 2], numbers[i + 3]! + 1));
        joined = piece + joined;
      }
      assert.equal(joined, common);
    }),
  );
});
