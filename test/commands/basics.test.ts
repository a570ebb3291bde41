import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyspaceServer } from "./keyspace-server.js";
import { StubServer } from "./stub-server.js";

test("HELLO describes the server in the protocol it switches to", () => {
  const server = new StubServer();
  const fields =
    "$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.2.4\r\n$5\r\nproto\r\n:2\r\n$2\r\nid\r\n:7\r\n";
  const rest = "$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n";
  assert.equal(server.bytes("HELLO"), `*14\r\n${fields}${rest}`);
  assert.equal(server.bytes("hello", "3"), `%7\r\n${fields.replace(":2", ":3")}${rest}`);
  assert.equal(server.client.resp, 3);
});

test("HELLO refuses what it does not know and then changes nothing", () => {
  const server = new StubServer();
  assert.equal(server.call("HELLO 4"), "NOPROTO unsupported protocol version");
  assert.equal(server.call("HELLO 3.0"), "ERR Protocol version is not an integer or out of range");
  assert.equal(server.call("HELLO 3 SETNAME"), "ERR Syntax error in HELLO option 'SETNAME'");
  assert.equal(server.call("HELLO 3 AUTH a"), "ERR Syntax error in HELLO option 'AUTH'");
  assert.match(String(server.call("HELLO 3 SETNAME a\x01")), /^ERR Client names cannot contain spaces/);
  assert.equal(server.client.resp, 2);
  server.client.authenticated = false;
  assert.match(String(server.call("HELLO 3")), /^NOAUTH HELLO must be called with the client already authenticated/);
  assert.match(String(server.call("HELLO 3 AUTH default x")), /^WRONGPASS /);
  server.call("HELLO 3 AUTH default secret SETNAME me");
  assert.deepEqual([server.client.resp, server.client.name, server.client.authenticated], [3, "me", true]);
});

test("AUTH with a password only is an error while there is none to check", () => {
  const server = new StubServer();
  assert.match(String(server.call("AUTH x")), /^ERR AUTH <password> called without any password configured/);
  server.needsPassword();
  assert.match(String(server.call("AUTH x")), /^WRONGPASS /);
  assert.equal(server.call("AUTH secret"), "OK");
  assert.equal(server.call("AUTH default secret"), "OK");
  assert.equal(server.call("AUTH a b c"), "ERR syntax error");
});

test("RESET forgets the protocol, name, database and transaction", () => {
  const server = new StubServer();
  for (const line of ["HELLO 3 SETNAME me", "SELECT 5", "MULTI"]) server.call(line);
  assert.equal(server.call("RESET"), "RESET");
  const { resp, name, db, transaction } = server.client;
  assert.deepEqual([resp, name, db, transaction], [2, "", 0, null]);
});

test("SELECT and SWAPDB tell what is wrong with a database's index", () => {
  const server = new StubServer();
  assert.equal(server.call("SELECT 15"), "OK");
  assert.equal(server.call("SELECT 16"), "ERR DB index is out of range");
  assert.equal(server.call("SELECT 01"), "ERR value is not an integer or out of range");
  assert.match(String(server.call("SELECT 2147483648")), /value must between -2147483648 and 2147483647$/);
  assert.equal(server.call("SWAPDB x 1"), "ERR invalid first DB index");
  assert.equal(server.call("SWAPDB 1 2147483648"), "ERR invalid second DB index");
  assert.equal(server.call("SWAPDB 1 -1"), "ERR DB index is out of range");
});

test("MULTI, EXEC, DISCARD and WATCH refuse the wrong moment", () => {
  const server = new StubServer();
  assert.equal(server.call("EXEC"), "ERR EXEC without MULTI");
  assert.equal(server.call("DISCARD"), "ERR DISCARD without MULTI");
  assert.equal(server.call("MULTI"), "OK");
  assert.equal(server.call("MULTI"), "ERR MULTI calls can not be nested");
  assert.equal(server.call("WATCH a"), "ERR WATCH inside MULTI is not allowed");
  Object.assign(server.client.transaction!, { aborted: true });
  assert.equal(server.call("EXEC"), "EXECABORT Transaction discarded because of previous errors.");
  assert.equal(server.client.transaction, null);
});

test("SHUTDOWN takes options that do not contradict each other", () => {
  const server = new StubServer();
  for (const line of ["SAVE NOSAVE", "ABORT NOW", "SAVE ABORT", "x"]) {
    assert.equal(server.call(`SHUTDOWN ${line}`), "ERR syntax error");
  }
  assert.equal(server.shutdownOptions, null);
  assert.equal(server.call("SHUTDOWN NOSAVE NOW"), undefined);
  assert.deepEqual(server.shutdownOptions, { save: false, now: true, force: false, abort: false });
  assert.equal(server.call("SHUTDOWN ABORT ABORT"), "OK");
});

test("TIME is the time of the call in seconds and microseconds", () => {
  assert.deepEqual(new StubServer().call("TIME"), ["1700000000", "123500"]);
});

test("LOLWUT draws nothing for the versions that drew nothing", () => {
  const server = new StubServer();
  assert.equal(server.call("LOLWUT"), "Redis ver. 7.2.4\n");
  assert.equal(server.call("LOLWUT VERSION 7 x"), "Redis ver. 7.2.4\n");
  assert.equal(server.call("LOLWUT VERSION x"), "ERR value is not an integer or out of range");
  assert.equal(server.call("LOLWUT VERSION 5 1 2 x"), "ERR value is not an integer or out of range");
  const lines = String(server.call("LOLWUT VERSION 6 40 9")).split("\n");
  assert.deepEqual([lines.length, lines.at(-2)], [11, "Redis ver. 7.2.4"]);
});

test("COMMAND INFO prints a command, null for none, and RESP3 types for sets and maps", () => {
  const server = new StubServer();
  const text = (word: string) => `$${word.length}\r\n${word}\r\n`;
  const keySpec = [
    `%3\r\n${text("flags")}~1\r\n+RO\r\n`,
    `${text("begin_search")}%2\r\n${text("type")}${text("index")}${text("spec")}%1\r\n${text("index")}:1\r\n`,
    `${text("find_keys")}%2\r\n${text("type")}${text("range")}${text("spec")}%3\r\n`,
    `${text("lastkey")}:-1\r\n${text("keystep")}:1\r\n${text("limit")}:0\r\n`,
  ].join("");
  const flags = "~5\r\n+noscript\r\n+loading\r\n+stale\r\n+fast\r\n+allow_busy\r\n";
  const watch = `*10\r\n${text("watch")}:-2\r\n${flags}:1\r\n:-1\r\n:1\r\n~2\r\n+@fast\r\n+@transaction\r\n~0\r\n~1\r\n`;
  server.call("HELLO 3");
  assert.equal(server.bytes("COMMAND", "INFO", "watch", "x"), `*2\r\n${watch}${keySpec}~0\r\n_\r\n`);
});

test("COMMAND DOCS leaves out what is not declared and commands there are none of", () => {
  const server = new StubServer();
  server.call("HELLO 3");
  const docs = server.call("COMMAND DOCS quit x echo") as Map<string, Map<string, unknown>>;
  assert.deepEqual([...docs.keys()], ["quit", "echo"]);
  const names = "summary since group complexity doc_flags deprecated_since replaced_by";
  assert.deepEqual([...docs.get("quit")!.keys()], names.split(" "));
  const message = new Map(Object.entries({ name: "message", type: "string", display_text: "message" }));
  assert.deepEqual(docs.get("echo")!.get("arguments"), [message]);
});

test("COMMAND LIST filters by pattern, ACL category and module", () => {
  const server = new StubServer();
  const list = (filter: string) => server.call(`COMMAND LIST${filter}`) as string[];
  assert.deepEqual(list(" FILTERBY PATTERN COMMAND|get*"), ["command|getkeys", "command|getkeysandflags"]);
  assert.deepEqual(list(" FILTERBY aclcat TRANSACTION"), ["multi", "exec", "discard", "watch", "unwatch"]);
  assert.deepEqual(list(" FILTERBY MODULE x"), []);
  assert.ok(list("").includes("command|list"));
  for (const wrong of [" x", " FILTERBY ACLCAT", " FILTERBY x y", " FILTERBY MODULE a b"]) {
    assert.equal(server.call(`COMMAND LIST${wrong}`), "ERR syntax error");
  }
});

test("COMMAND GETKEYS finds the keys of a command or says why it cannot", () => {
  const server = new StubServer();
  assert.deepEqual(server.call("COMMAND GETKEYS WATCH a b"), ["a", "b"]);
  assert.equal(server.bytes("COMMAND", "GETKEYSANDFLAGS", "watch", "a"), "*1\r\n*2\r\n$1\r\na\r\n*1\r\n+RO\r\n");
  assert.equal(server.call("COMMAND GETKEYS nosuch a"), "ERR Invalid command specified");
  assert.equal(server.call("COMMAND GETKEYS ping a"), "ERR The command has no key arguments");
  assert.equal(server.call("COMMAND GETKEYS watch"), "ERR Invalid number of arguments specified for command");
});

test("MODULE knows of no modules, and loads none", () => {
  const logged: string[] = [];
  const server = new KeyspaceServer({ log: { write: (_level: string, text: string) => logged.push(text) } });
  assert.deepEqual(server.call("MODULE LIST"), []);
  const failed = "ERR Error loading the extension. Please check the server logs.";
  assert.equal(server.call("MODULE LOAD x.so a b"), failed);
  assert.equal(server.call("MODULE LOADEX y.so CONFIG a b ARGS c"), failed);
  assert.equal(server.call("MODULE UNLOAD x"), "ERR Error unloading module: no such module with that name");
  assert.deepEqual(logged, [
    "Module x.so failed to load: Redstart cannot load modules",
    "Module y.so failed to load: Redstart cannot load modules",
  ]);
});
