import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryFiles } from "../../../test/support/memory-files.js";
import { type ConfigHost, ConfigStore } from "./config-store.js";

const FAILED = "ERR CONFIG SET failed (possibly related to argument";

function set(store: ConfigStore, ...words: string[]): string | null {
  const pairs: [string, string][] = [];
  for (let i = 0; i < words.length; i += 2) pairs.push([words[i]!, words[i + 1]!]);
  return store.set(pairs);
}

test("values are typed, texts are those of CONFIG GET", () => {
  const store = new ConfigStore();
  assert.equal(set(store, "maxmemory", "64mb", "maxmemory-clients", "5%", "appendfsync", "ALWAYS"), null);
  assert.equal(store.get("maxmemory"), 64 * 1024 * 1024);
  assert.equal(store.text("maxmemory"), "67108864");
  assert.equal(store.get("maxmemory-clients"), -5);
  assert.equal(store.text("maxmemory-clients"), "5%");
  assert.equal(store.get("appendfsync"), "always");
  assert.equal(store.flag("appendonly"), false);
  assert.equal(store.number("port"), 6379);
  assert.deepEqual(store.get("bind"), ["*", "-::*"]);
  assert.equal(store.get("client-output-buffer-limit").replica.seconds, 60);
});

test("two stores share nothing", () => {
  const one = new ConfigStore();
  const other = new ConfigStore();
  assert.equal(set(one, "maxmemory", "1", "client-output-buffer-limit", "normal 1 2 3", "save", "1 1"), null);
  assert.equal(other.text("maxmemory"), "0");
  assert.match(other.text("client-output-buffer-limit"), /^normal 0 0 0 slave /);
  assert.equal(other.text("save"), "3600 1 300 100 60 10000");
});

test("CONFIG GET takes names and patterns in any case and prints each setting once", () => {
  const store = new ConfigStore();
  assert.deepEqual(store.match(["MAXMEMORY", "maxmemory", "MAX*memory"]), [["MAXMEMORY", "0"]]);
  assert.deepEqual(store.match(["save*", "nothing", "appendfsy?c"]), [
    ["save", "3600 1 300 100 60 10000"],
    ["appendfsync", "everysec"],
  ]);
  assert.deepEqual(
    store.match(["*-read-only"]).map(([name]) => name),
    ["replica-read-only", "slave-read-only"],
  );
});

test("hidden settings are only found by their exact names", () => {
  const store = new ConfigStore();
  assert.deepEqual(store.match(["watchdog-period"]), [["watchdog-period", "0"]]);
  assert.deepEqual(store.match(["watchdog*", "primary*"]), []);
  assert.deepEqual(store.match(["primaryauth"]), [["primaryauth", ""]]);
});

test("CONFIG SET words its errors as Redis does", () => {
  const store = new ConfigStore();
  const cases: [words: string[], error: string][] = [
    [["foo", "1"], "ERR Unknown option or number of arguments for CONFIG SET - 'foo'"],
    [["MAXMEMORY", "1x"], `${FAILED} 'maxmemory') - argument must be a memory value`],
    [["maxmemory", "1", "MAXMEMORY", "2"], `${FAILED} 'MAXMEMORY') - duplicate parameter`],
    [["databases", "1"], `${FAILED} 'databases') - can't set immutable config`],
    [["DIR", "/"], `${FAILED} 'DIR') - can't set protected config`],
    [["port", "65536"], `${FAILED} 'port') - argument must be between 0 and 65535 inclusive`],
    [["appendonly", "x"], `${FAILED} 'appendonly') - argument must be 'yes' or 'no'`],
    [["lua-time-limit", "x"], `${FAILED} 'lua-time-limit') - argument couldn't be parsed into an integer`],
    [
      ["maxmemory-clients", "101%"],
      `${FAILED} 'maxmemory-clients') - percentage argument must be less or equal to 100`,
    ],
    [
      ["slowlog-max-len", "-1"],
      `${FAILED} 'slowlog-max-len') - argument must be between 0 and 9223372036854775807 inclusive`,
    ],
    [
      ["sanitize-dump-payload", "x"],
      `${FAILED} 'sanitize-dump-payload') - argument(s) must be one of the following: no, yes, clients`,
    ],
    [
      ["oom-score-adj", "x"],
      `${FAILED} 'oom-score-adj') - argument(s) must be one of the following: no, yes, relative, absolute`,
    ],
    [["save", "10 1  20 2"], `${FAILED} 'save') - Invalid save parameters`],
  ];
  for (const [words, error] of cases) assert.equal(set(store, ...words), error);
});

test("a change of several settings happens whole or not at all", () => {
  const store = new ConfigStore();
  assert.notEqual(set(store, "maxmemory", "1", "appendfsync", "no", "maxmemory-policy", "x"), null);
  assert.deepEqual(store.match(["maxmemory", "appendfsync"]), [
    ["maxmemory", "0"],
    ["appendfsync", "everysec"],
  ]);
});

test("a refused change goes back, also for those who had applied it", () => {
  const logged: string[] = [];
  const store = new ConfigStore({ log: (_level, message) => void logged.push(message) });
  const seen: string[] = [];
  store.onChange("maxclients", (value) => {
    seen.push(`maxclients ${value}`);
    return null;
  });
  store.onChangeOf(["bind", "port"], () => {
    seen.push(`port ${store.get("port")}`);
    return store.get("port") === 1 ? "Unable to listen on this port. Check server logs." : null;
  });
  let followed = 0;
  store.follow("maxclients", (value) => {
    followed = value;
  });
  assert.equal(
    set(store, "maxclients", "7", "port", "1"),
    `${FAILED} 'port') - Unable to listen on this port. Check server logs.`,
  );
  assert.deepEqual(seen, ["maxclients 7", "port 1", "maxclients 10000", "port 6379"]);
  assert.equal(followed, 10000);
  assert.equal(store.get("port"), 6379);
  assert.match(logged[0]!, /Possibly related to new port setting/);
  assert.equal(set(store, "maxclients", "7", "port", "2"), null);
  assert.equal(followed, 7);
});

test("when going back fails, too, the log says so, and the settings are those of before", () => {
  const logged: string[] = [];
  const store = new ConfigStore({ log: (level, message) => void logged.push(`${level} ${message}`) });
  store.onChange("port", () => "Unable to listen on this port. Check server logs.");
  assert.notEqual(set(store, "port", "1"), null);
  assert.equal(store.get("port"), 6379);
  assert.deepEqual(logged, [
    "warning Failed applying new configuration. Possibly related to new port setting. Restoring previous settings.",
    "warning Failed applying restored failed CONFIG SET command: Unable to listen on this port. Check server logs.",
  ]);
});

test("setting what is set already applies nothing, except for files that may be others now", () => {
  const store = new ConfigStore();
  let applied = 0;
  store.onChangeOf(["port", "tls-cert-file"], () => {
    applied++;
    return null;
  });
  set(store, "port", "6379");
  assert.equal(applied, 0);
  set(store, "tls-cert-file", "");
  assert.equal(applied, 1);
});

test("protected settings need enable-protected-configs, local a client of this machine", () => {
  let local = false;
  const store = new ConfigStore({ isLocalClient: () => local });
  assert.equal(set(store, "dbfilename", "x"), `${FAILED} 'dbfilename') - can't set protected config`);
  store.assign("enable-protected-configs", ["local"]);
  assert.equal(set(store, "dbfilename", "x"), `${FAILED} 'dbfilename') - can't set protected config`);
  local = true;
  assert.equal(set(store, "dbfilename", "x"), null);
  assert.equal(
    set(store, "dbfilename", "a/b"),
    `${FAILED} 'dbfilename') - dbfilename can't be a path, just a filename`,
  );
});

test("the names of files may not be paths; dbfilename may be empty, those of the append-only file may not", () => {
  const store = new ConfigStore({});
  assert.equal(store.assign("dbfilename", [""]), null);
  assert.equal(store.assign("dbfilename", ["a/b"]), "dbfilename can't be a path, just a filename");
  assert.equal(store.assign("appendfilename", [""]), "appendfilename can't be empty");
  assert.equal(store.assign("appenddirname", ["a/b"]), "appenddirname can't be a path, just a dirname");
});

test("a node's name for humans may not have marks that nodes.conf needs", () => {
  const store = new ConfigStore({});
  assert.equal(set(store, "cluster-announce-human-nodename", "a.b-c_d e"), null);
  for (const mark of "!#$%&()*+:;<>?@[]^{|}~") {
    assert.match(set(store, "cluster-announce-human-nodename", `a${mark}`)!, /contained invalid character$/, mark);
  }
});

test("some settings wait for the dataset", () => {
  const store = new ConfigStore({ isLoading: () => true });
  assert.equal(set(store, "appendonly", "yes"), "LOADING Redis is loading the dataset in memory");
  assert.equal(set(store, "maxmemory", "1"), null);
});

test("dir is an absolute path and must be a directory", () => {
  const files = new MemoryFiles({ "/data/file": "" });
  const store = new ConfigStore({ files });
  assert.equal(store.text("dir"), "/");
  assert.equal(store.assign("dir", ["./data"]), null);
  assert.equal(store.text("dir"), "/data");
  assert.equal(store.assign("dir", ["none"]), "No such file or directory");
  assert.equal(store.assign("dir", ["file"]), "Not a directory");
  assert.equal(store.assign("dir", [""]), "dir can't be empty");
});

test("hz is moved into its range", () => {
  const store = new ConfigStore();
  assert.equal(set(store, "hz", "1000"), null);
  assert.equal(store.get("hz"), 500);
});

test("values print as redis-server prints them", () => {
  const store = new ConfigStore();
  const cases: [name: string, value: string, text: string][] = [
    [
      "client-output-buffer-limit",
      "NORMAL 1mb 2k 3",
      "normal 1048576 2000 3 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
    ],
    ["notify-keyspace-events", "KEAn", "AKE"],
    ["notify-keyspace-events", "KEgn", "gnKE"],
    ["latency-tracking-info-percentiles", "1.5 99.999 100", "1.5 99.999 100"],
    ["shutdown-on-sigterm", "now save", "save now"],
    ["oom-score-adj", "relative", "yes"],
    ["maxmemory", "18446744073709551616", "18446744073709551615"],
    ["slowlog-max-len", "9223372036854775807", "9223372036854775807"],
    ["save", "", ""],
    ["bind", "", ""],
    ["bind", "127.0.0.1 -::1", "127.0.0.1 -::1"],
    ["oom-score-adj-values", "1 2 3", "1 2 3"],
  ];
  for (const [name, value, text] of cases) {
    assert.equal(set(store, name, value), null, name);
    assert.equal(store.text(name), text);
  }
});

test("CONFIG REWRITE without a file is an error", () => {
  assert.equal(new ConfigStore().rewrite(), "ERR The server is running without a config file");
});

test("CONFIG REWRITE replaces the file, or says why not", () => {
  const files = new MemoryFiles({ "/redis.conf": "port 1\n" });
  const host: ConfigHost = { files };
  const store = new ConfigStore(host);
  store.file = "/redis.conf";
  store.assign("port", ["2"]);
  assert.equal(store.rewrite(), null);
  assert.match(files.readText("/redis.conf"), /^port 2\n/);
  files.refuseWrites = "EACCES";
  assert.equal(store.rewrite(), "ERR Rewriting config file: Permission denied");
});
