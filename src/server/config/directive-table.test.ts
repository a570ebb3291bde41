import assert from "node:assert/strict";
import { test } from "node:test";
import { type DirectiveFlags, Refusal } from "./directive.js";
import { directiveCount, directiveEntries, directives, findDirective } from "./directive-table.js";

test("a directive is found by its name or alias in any case", () => {
  assert.equal(findDirective("maxmemory")?.name, "maxmemory");
  assert.equal(findDirective("MaxMemory")?.name, "maxmemory");
  assert.equal(findDirective("slave-read-only")?.ownName, "replica-read-only");
  assert.equal(findDirective("slave-read-only")?.name, "slave-read-only");
  assert.equal(findDirective("primaryauth")?.ownName, "masterauth");
  assert.equal(findDirective("max-memory"), undefined);
  assert.equal(findDirective("__proto__"), undefined);
});

test("no name is used twice", () => {
  assert.equal(new Set(directiveEntries.map((entry) => entry.name)).size, directiveEntries.length);
  assert.equal(new Set(directiveEntries.map((entry) => entry.index)).size, directiveCount);
});

test("what CONFIG GET prints for a default is read back as the default", () => {
  for (const [name, directive] of Object.entries(directives)) {
    if (name === "dir") continue;
    const text = directive.kind.format(directive.default as never);
    const args = !directive.kind.multiple ? [text] : text === "" ? [] : text.split(" ");
    if (name === "replicaof") continue;
    const value = directive.kind.parse(args, directive.default as never, false);
    assert.ok(!(value instanceof Refusal), `${name} refuses ${text}`);
    assert.deepEqual(value, directive.default, name);
  }
});

test("the names shown are those of redis-server", () => {
  const shown = directiveEntries.filter((entry) => !entry.hidden);
  assert.equal(shown.length, 195);
  for (const whose of ["server", "bio", "aof_rewrite", "bgsave"]) {
    assert.ok(shown.some((entry) => entry.name === `${whose}_cpulist`));
    assert.equal(findDirective(`${whose.replace("_", "-")}-cpulist`), undefined, "that is Valkey 8's name");
  }
});

/** Directives that CONFIG GET shows by their exact name only, with their defaults: of Redis' tests, of Valkey 8, and our own. */
const HIDDEN: Readonly<Record<string, string>> = {
  "tcp-congestion": "",
  "tcp-user-timeout": "0",
  "tcp-fastopen": "0",
  "client-throttle": "",
  "enable-debug-assert": "no",
  "watchdog-period": "0",
  "use-exit-on-panic": "no",
  "rdb-key-save-delay": "0",
  "key-load-delay": "0",
  "loading-process-events-interval-bytes": "2097152",
  "aof-disable-auto-gc": "no",
  "cluster-ping-interval": "0",
  "lua-enable-deprecated-api": "no",
  "availability-zone": "",
  "cluster-announce-client-ipv4": "",
  "cluster-announce-client-ipv6": "",
  "cluster-blacklist-ttl": "60",
  "cluster-slot-stats-enabled": "no",
  "debug-context": "",
  "dual-channel-replication-enabled": "no",
  "events-per-io-thread": "2",
  "extended-redis-compatibility": "no",
  "hide-user-data-from-log": "yes",
  "log-format": "legacy",
  "log-timestamp-format": "legacy",
  "max-new-connections-per-cycle": "10",
  "max-new-tls-connections-per-cycle": "1",
  "prefetch-batch-max-size": "16",
  unixsocketgroup: "",
};

test("hidden directives have the defaults of where they come from", () => {
  const own = directiveEntries.filter((entry) => entry.hidden && entry.name === entry.ownName);
  for (const [name, text] of Object.entries(HIDDEN)) {
    const { directive } = own.find((entry) => entry.name === name) ?? assert.fail(`${name} is not hidden`);
    assert.equal(directive.kind.format(directive.default as never), text, name);
  }
});

test("what is secret, what must not be changed lightly, and what is read anew is marked", () => {
  const marked = (flag: keyof DirectiveFlags) =>
    directiveEntries
      .filter(({ name, ownName, directive }) => name === ownName && directive.flags[flag])
      .map(({ name }) => name);
  assert.deepEqual(marked("sensitive").sort(), [
    "masterauth",
    "masteruser",
    "requirepass",
    "tls-client-key-file-pass",
    "tls-key-file-pass",
  ]);
  assert.deepEqual(marked("protected").sort(), ["dbfilename", "dir"]);
  assert.deepEqual(marked("denyLoading").sort(), ["appendonly", "dir", "repl-diskless-load"]);
  assert.ok(marked("volatile").every((name) => /^tls-.*-(?:file|dir)$/.test(name)));
  assert.equal(marked("volatile").length, 7);
});

test("what cannot be changed while a server runs is immutable, and nothing else", () => {
  const immutable = directiveEntries.filter(
    ({ name, ownName, directive: { flags } }) => name === ownName && flags.immutable,
  );
  const expected =
    "aclfile always-show-logo aof_rewrite_cpulist appenddirname appendfilename bgsave_cpulist bio_cpulist cluster-config-file " +
    "cluster-enabled cluster-port daemonize databases disable-thp enable-debug-assert enable-debug-command " +
    "enable-module-command enable-protected-configs io-threads io-threads-do-reads logfile lua-enable-deprecated-api pidfile " +
    "rdbchecksum replicaof server_cpulist set-proc-title socket-mark-id supervised syslog-enabled syslog-facility " +
    "syslog-ident tcp-backlog unixsocket unixsocketgroup unixsocketperm";
  assert.equal(
    immutable
      .map(({ name }) => name)
      .sort()
      .join(" "),
    expected,
  );
});
