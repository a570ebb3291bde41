import assert from "node:assert/strict";
import { test } from "node:test";
import { Argv } from "../../src/bytes/argv.js";
import { commandGroups } from "../../src/commands/all.js";
import { CommandTable } from "../../src/commands/command-table.js";
import type { ServiceContext } from "../../src/commands/context.js";
import { ReplyWriter } from "../../src/protocol/reply-writer.js";
import { ConfigStore } from "../../src/server/config/config-store.js";

const commands = new CommandTable(...commandGroups);

/** Calls a command over a store of settings; the reply's bytes. */
function caller(resp: 2 | 3 = 2) {
  const reply = new ReplyWriter();
  reply.resp = resp;
  let resets = 0;
  const context = {
    reply,
    config: new ConfigStore(),
    info: { resetStats: () => resets++ },
  } as unknown as ServiceContext;
  return (...words: string[]): string => {
    const argv = Argv.from(words);
    const entry = commands.lookup(argv);
    assert.ok(entry !== null && entry.acceptsCount(argv.count), `${words} cannot be called like that`);
    reply.length = 0;
    entry.handler(context, argv);
    return Buffer.from(reply.region.u8.subarray(0, reply.length)).toString("latin1");
  };
}

test("CONFIG GET answers with a map of names and values", () => {
  assert.equal(caller(2)("CONFIG", "GET", "MaxMemory"), "*2\r\n$9\r\nMaxMemory\r\n$1\r\n0\r\n");
  assert.equal(caller(3)("config", "get", "appendfs*", "nothing"), "%1\r\n$11\r\nappendfsync\r\n$8\r\neverysec\r\n");
  assert.equal(caller(2)("CONFIG", "GET", "nothing"), "*0\r\n");
});

test("CONFIG SET changes settings by their bytes, or none", () => {
  const call = caller();
  assert.equal(call("CONFIG", "SET", "requirepass", "\xff", "timeout", "5"), "+OK\r\n");
  assert.equal(call("CONFIG", "GET", "requirepass"), "*2\r\n$11\r\nrequirepass\r\n$1\r\n\xff\r\n");
  assert.equal(call("CONFIG", "SET", "timeout", "5", "hz"), "-ERR syntax error\r\n");
  const unknown = "-ERR Unknown option or number of arguments for CONFIG SET - 'foo'\r\n";
  assert.equal(call("CONFIG", "SET", "timeout", "6", "foo", "x"), unknown);
  assert.equal(call("CONFIG", "GET", "timeout"), "*2\r\n$7\r\ntimeout\r\n$1\r\n5\r\n");
});

test("CONFIG RESETSTAT, REWRITE and HELP", () => {
  const call = caller();
  assert.equal(call("CONFIG", "RESETSTAT"), "+OK\r\n");
  assert.equal(call("CONFIG", "REWRITE"), "-ERR The server is running without a config file\r\n");
  assert.match(call("CONFIG", "HELP"), /^\*11\r\n\+CONFIG <subcommand>/);
});
