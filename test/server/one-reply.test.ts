/** Every command answers once, with whole RESP, whatever its arguments are: a client that gets two replies, or none, mistakes all that follow. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { commandGroups } from "../../src/commands/all.js";
import { CommandTable } from "../../src/commands/command-table.js";
import { createServer } from "../../src/index.js";
import { SeededRandom } from "../support/fuzzing.js";
import { encodeCommand, RespConnection } from "../support/resp-connection.js";

/** They answer for each channel, not at all, or end or hold the connection or the server. */
const LEFT_OUT =
  /^(?:[ps]?(?:un)?subscribe|monitor|multi|quit|shutdown|b[lrz].*|xread|xreadgroup|wait|client\|reply|client\|kill)$/;
const DEBUG_WORDS = (
  "CHANGE-REPL-ID CLIENT-EVICTION DIGEST DIGEST-VALUE ERROR HELP HTSTATS HTSTATS-KEY LEAK LISTPACK LOADAOF LOG OBJECT POPULATE " +
  "PROTOCOL QUICKLIST RELOAD SDSLEN STRUCTSIZE SET-ACTIVE-EXPIRE QUICKLIST-PACKED-THRESHOLD STRINGMATCH-LEN junk"
).split(" ");
const WORDS = [
  "",
  "junk",
  "-1",
  "1",
  "16",
  "1.5",
  "string",
  "list",
  "set",
  "zset",
  "hash",
  "stream",
  "none",
  "COUNT",
  "LIMIT",
  "*",
];
const TRIES = 12;

test("a command with any arguments is answered once", { timeout: 120_000 }, async (t) => {
  const server = await createServer({ "enable-debug-command": "yes" });
  t.after(() => server.close());
  const connection = await RespConnection.connect(server.port);
  t.after(() => connection.close());
  const random = new SeededRandom(3);
  const names = [...new CommandTable(...commandGroups).entries()]
    .map((entry) => entry.name)
    .filter((name) => !LEFT_OUT.test(name) && name !== "debug")
    .map((name) => name.split("|"));
  names.push(...DEBUG_WORDS.map((word) => ["debug", word]));
  assert.ok(names.length > 250);
  for (const name of names) {
    const calls = Array.from({ length: TRIES }, () => [
      ...name,
      ...Array.from({ length: random.below(6) }, () => random.pick(WORDS)),
    ]);
    const marker = (i: number) => `${calls[i]!.join(" ")} ${i}`;
    // In one go, each behind what ends the states that another has left.
    const all = calls.flatMap((args, i) => [["RESET"], args, ["ECHO", marker(i)]]);
    connection.write(Buffer.concat(all.map(encodeCommand)));
    for (let i = 0; i < calls.length; i++) {
      await connection.nextReply();
      const reply = await connection.nextReply();
      assert.equal((await connection.nextReply()).value, marker(i), `after ${reply}`);
    }
    for (const [key, ...command] of [
      ["string", "SET", "string", "v"],
      ["list", "RPUSH", "list", "1", "2"],
      ["set", "SADD", "set", "1", "a"],
      ["zset", "ZADD", "zset", "1", "a"],
      ["hash", "HSET", "hash", "1", "a"],
      ["stream", "XADD", "stream", "*", "1", "a"],
    ] as const) {
      await connection.send(["DEL", key]);
      await connection.send(command);
    }
  }
});
