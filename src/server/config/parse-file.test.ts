import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryFiles } from "../../../test/support/memory-files.js";
import { ConfigStore } from "./config-store.js";
import { ConfigFileError, type ConfigLines, ConfigSource, loadConfig } from "./parse-file.js";

function load(text: string, files: Record<string, string> = {}, lines: ConfigLines = {}): ConfigStore {
  const store = new ConfigStore({ files: new MemoryFiles({ "/redis.conf": text, ...files }) });
  loadConfig(store, "7.2.4", { file: "/redis.conf" }, lines);
  return store;
}

function mistake(text: string, files: Record<string, string> = {}): string {
  try {
    load(text, files);
  } catch (error) {
    assert.ok(error instanceof ConfigFileError);
    return error.message;
  }
  throw new Error("accepted");
}

function fatal(line: number, text: string, reason: string): string {
  const title = "\n*** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***\n";
  return `${title}Reading the configuration file, at line ${line}\n>>> '${text}'\n${reason}\n`;
}

/** What was seen, by a function that accepts all. */
function witness(): { readonly seen: string[]; see(text: string): null } {
  const seen: string[] = [];
  const see = (text: string): null => {
    seen.push(text);
    return null;
  };
  return { seen, see };
}

test("comments, blank lines, quotes and capitals", () => {
  const store = load('# a comment\n\r\n  Port 7000\t\n\tlogfile ""\nREQUIREPASS "a b\\x41"\n');
  assert.equal(store.get("port"), 7000);
  assert.equal(store.get("requirepass"), "a bA");
});

test("a line may end with a comment, where it makes no sense otherwise", () => {
  const store = load(
    [
      "bind 127.0.0.1 -::1 # both loopbacks",
      "port 7000   #7001",
      'logfile ""\t# to the terminal',
      "save 900 1 # a 'quarter'",
      'requirepass "#secret" #not this',
      "masteruser #a",
      "client-output-buffer-limit pubsub 1mb 2mb 3 # not 60",
      "client-throttle user #bob commands 5 # slow",
      "notify-keyspace-events KEA # all # of them",
      "slaveof localhost 1 # the other",
    ].join("\n"),
  );
  assert.deepEqual(store.get("bind"), ["127.0.0.1", "-::1"]);
  assert.deepEqual([store.get("port"), store.get("logfile"), store.text("save")], [7000, "", "900 1"]);
  assert.deepEqual([store.get("requirepass"), store.get("masteruser")], ["#secret", "#a"]);
  assert.match(store.text("client-output-buffer-limit"), /pubsub 1048576 2097152 3$/);
  assert.match(store.text("client-throttle"), /user #bob commands 5/);
  assert.deepEqual(store.get("replicaof"), { host: "localhost", port: 1 });
  const wrong = "Bad directive or wrong number of arguments";
  assert.equal(mistake("port # none"), fatal(1, "port # none", "wrong number of arguments"));
  assert.equal(mistake("maxmemory 1x # mb"), fatal(1, "maxmemory 1x # mb", "wrong number of arguments"));
  assert.equal(mistake("foo bar # x"), fatal(1, "foo bar # x", wrong));
  assert.match(mistake("bind #127.0.0.1"), /Invalid bind address/);
});

test("comments end lines that are no settings too, but no rule of a user that is mistyped", () => {
  const { seen, see } = witness();
  const lines: ConfigLines = {
    renameCommand: (from, to) => see(`${from}>${to}`),
    user: (name, rules) => (rules.includes("#") || rules.includes("#abc") ? "no" : see(`${name}: ${rules}`)),
  };
  load('rename-command CONFIG "" # hide it\ninclude a # more\nuser alice on #12 # both', { "/a": "user b on" }, lines);
  assert.deepEqual(seen, ["CONFIG>", "b: on", "alice: on,#12"]);
  assert.throws(() => load("user alice on +@all #abc -@dangerous", {}, lines), /no\n/);
});

test("a byte order mark before a file is none of its text", () => {
  const mark = "\xef\xbb\xbf";
  const files = { "/a.conf": `${mark}timeout 5\n`, "/b.conf": `${mark}hz 20` };
  const store = load(`${mark}port 7000\ninclude /[ab].conf`, files);
  assert.deepEqual([store.get("port"), store.get("timeout"), store.get("hz")], [7000, 5, 20]);
  const other = new ConfigStore();
  loadConfig(other, "7.2.4", { stdin: `${mark}port 7000` });
  assert.equal(other.get("port"), 7000);
});

test("a mistake is reported with its line, as redis-server does", () => {
  assert.equal(mistake("# c\nport 1\nfoo bar\n"), fatal(3, "foo bar", "Bad directive or wrong number of arguments"));
  assert.equal(mistake('save "x'), fatal(1, 'save "x', "Unbalanced quotes in configuration line"));
  assert.equal(mistake("  port 1 2 "), fatal(1, "port 1 2", "wrong number of arguments"));
  assert.equal(mistake("port"), fatal(1, "port", "wrong number of arguments"));
  assert.equal(mistake("maxmemory 1x"), fatal(1, "maxmemory 1x", "argument must be a memory value"));
  assert.equal(mistake("a.b"), fatal(1, "a.b", "Module config specified without value"));
  assert.equal(mistake("replicaof a 99999"), fatal(1, "replicaof a 99999", "Invalid master port"));
  assert.equal(mistake("dir /none"), fatal(1, "dir /none", "No such file or directory"));
  assert.equal(
    mistake("unixsocketperm 999"),
    fatal(1, "unixsocketperm 999", "argument couldn't be parsed as an octal number"),
  );
  assert.equal(
    mistake("unixsocketperm 7777"),
    fatal(1, "unixsocketperm 7777", "argument must be between 0 and 777 inclusive"),
  );
  const limits = "Wrong number of arguments in buffer limit configuration.";
  assert.equal(
    mistake("client-output-buffer-limit normal 0 0"),
    fatal(1, "client-output-buffer-limit normal 0 0", limits),
  );
});

test("mistakes over several settings are in no line", () => {
  const title = "\n*** FATAL CONFIG FILE ERROR (Redis 7.2.4) ***\n";
  assert.equal(
    mistake("cluster-enabled yes\nreplicaof a 1"),
    `${title}replicaof directive not allowed in cluster mode\n`,
  );
  assert.equal(mistake("logfile /none/x"), `${title}Can't open the log file: No such file or directory\n`);
  assert.equal(load("cluster-enabled yes\ndatabases 5").get("databases"), 1);
});

test("save lines add up, and replace the default", () => {
  assert.equal(load("save 900 1\nsave 300 10 60 5").text("save"), "900 1 300 10 60 5");
  assert.equal(load('save 900 1\nsave ""').text("save"), "");
  assert.equal(load("save ''").text("save"), "");
  assert.equal(load('save "900 1 300 10"').text("save"), "900 1 300 10");
});

test("a directive of several arguments takes them in one", () => {
  assert.deepEqual(load('bind "127.0.0.1 ::1"').get("bind"), ["127.0.0.1", "::1"]);
  assert.deepEqual(load('bind ""').get("bind"), []);
  assert.deepEqual(load("replicaof no one").get("replicaof"), null);
  assert.deepEqual(load("slaveof localhost 1").get("replicaof"), { host: "localhost", port: 1 });
});

test("include reads a file or all a pattern matches; only a plain name must exist", () => {
  const files = { "/conf.d/b.conf": "port 2\n", "/conf.d/a.conf": "port 1\ntimeout 5" };
  assert.equal(load("include conf.d/a.conf\n", files).get("port"), 1);
  const store = load("include /conf.d/*.conf\n", files);
  assert.deepEqual([store.get("port"), store.get("timeout")], [2, 5]);
  assert.equal(load("include none/*.conf\nport 3").get("port"), 3);
  assert.equal(
    mistake("include none.conf"),
    "Fatal error, can't open config file 'none.conf': No such file or directory",
  );
  assert.equal(
    mistake("include bad", { "/bad": "\nx y" }),
    fatal(2, "x y", "Bad directive or wrong number of arguments"),
  );
  assert.match(mistake("include redis.conf"), /Too many nested includes/);
});

test("lines that are no settings go to those who know them", () => {
  const { seen, see } = witness();
  const lines: ConfigLines = {
    renameCommand: (from, to) => (from === "none" ? "No such command in rename-command" : see(`${from}>${to}`)),
    user: (name, rules) => see(`${name}: ${rules.join(",")}`),
    loadModule: (path, args) => see(`${path} ${args.join(",")}`),
  };
  load(
    'rename-command CONFIG ""\nuser alice on >a\nloadmodule x.so 1 2\nio-threads-do-reads yes\nsentinel\na.b c',
    {},
    lines,
  );
  assert.deepEqual(seen, ["CONFIG>", "alice: on,>a", "x.so 1,2"]);
  assert.throws(() => load("rename-command none x", {}, lines), /No such command in rename-command/);
});

test("standard input and options follow the file", () => {
  const store = new ConfigStore({ files: new MemoryFiles({ "/a": "port 1\ntimeout 1\nhz 20" }) });
  loadConfig(store, "7.2.4", { file: "/a", stdin: "\ntimeout 2\nhz 30", options: "hz 40" });
  assert.deepEqual([store.get("port"), store.get("timeout"), store.get("hz")], [1, 2, 40]);
});

test("lines are counted through all sources, and users told where they come from", () => {
  const files = new MemoryFiles({ "/a": "include b\nport 1\nuser f on\n", "/b": "user i on" });
  const { seen, see } = witness();
  const lines: ConfigLines = { user: (name, _rules, source) => see(`${name} ${source}`) };
  const sources = { file: "/a", stdin: "user s on\n", options: "user o on\noops" };
  assert.throws(() => loadConfig(new ConfigStore({ files }), "7.2.4", sources, lines), /at line 6\n>>> 'oops'/);
  assert.deepEqual(seen, [
    `i ${ConfigSource.INCLUDED}`,
    `f ${ConfigSource.FILE}`,
    `s ${ConfigSource.STDIN}`,
    `o ${ConfigSource.OPTIONS}`,
  ]);
});

test("settings that Redis has given up are taken and forgotten, others are not", () => {
  const store = load("list-max-ziplist-entries 5\nlist-max-ziplist-value 6\nLua-Replicate-Commands yes\nport 7000");
  assert.equal(store.get("port"), 7000);
  const bad = "Bad directive or wrong number of arguments";
  for (const line of ["list-max-ziplist-entries", "list-max-ziplist-entries 5 6", "list-max-ziplist-nodes 5"])
    assert.equal(mistake(line), fatal(1, line, bad));
});

test("what looks like a module's setting needs a value, sentinel's are not for this program", () => {
  load("module.setting 5\nsentinel");
  assert.equal(mistake("module.setting"), fatal(1, "module.setting", "Module config specified without value"));
  assert.equal(mistake("sentinel x"), fatal(1, "sentinel x", "sentinel directive while not in sentinel mode"));
});
