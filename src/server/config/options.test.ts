import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigStore } from "./config-store.js";
import { applyOptions, OptionError, type ServerOptions } from "./options.js";

function text(options: ServerOptions, name: string): string {
  const store = new ConfigStore();
  applyOptions(store, options);
  return store.text(name);
}

function mistake(options: object): string {
  try {
    applyOptions(new ConfigStore(), options as ServerOptions);
  } catch (error) {
    assert.ok(error instanceof OptionError);
    return error.message;
  }
  throw new Error("accepted");
}

test("options have the names of redis.conf or camel case", () => {
  assert.equal(text({ port: 0 }, "port"), "0");
  assert.equal(text({ "maxmemory-policy": "allkeys-lru" }, "maxmemory-policy"), "allkeys-lru");
  assert.equal(text({ maxmemoryPolicy: "allkeys-lru" }, "maxmemory-policy"), "allkeys-lru");
  assert.equal(text({ appendonly: true, aofLoadTruncated: "no" }, "aof-load-truncated"), "no");
  assert.equal(text({ port: undefined as unknown as number }, "port"), "6379");
});

test("values are JavaScript's, or the text of redis.conf", () => {
  assert.equal(text({ maxmemory: "64mb" }, "maxmemory"), "67108864");
  assert.equal(text({ maxmemory: 1000 }, "maxmemory"), "1000");
  assert.equal(text({ bind: ["127.0.0.1", "::1"] }, "bind"), "127.0.0.1 ::1");
  assert.equal(text({ bind: "127.0.0.1 ::1" }, "bind"), "127.0.0.1 ::1");
  assert.equal(text({ bind: [] }, "bind"), "");
  assert.equal(text({ save: false }, "save"), "");
  assert.equal(text({ save: "" }, "save"), "");
  assert.equal(text({ save: [[900, 1]] }, "save"), "900 1");
  assert.equal(text({ save: [{ seconds: 5, changes: 2 }] }, "save"), "5 2");
  assert.equal(text({ save: "900 1 300 10" }, "save"), "900 1 300 10");
  assert.equal(text({ unixsocketperm: 0o700 }, "unixsocketperm"), "700");
  assert.equal(text({ replicaof: { host: "h", port: 1 } }, "replicaof"), "h 1");
  assert.equal(text({ shutdownOnSigterm: ["nosave", "now"] }, "shutdown-on-sigterm"), "nosave now");
  const limits = text({ clientOutputBufferLimit: { pubsub: { hard: "1mb" } } }, "client-output-buffer-limit");
  assert.match(limits, /pubsub 1048576 0 0$/);
  assert.equal(text({ requirepass: "é" }, "requirepass"), "\xc3\xa9");
  assert.equal(text({ save: [] }, "save"), "");
  assert.equal(text({ replicaof: null }, "replicaof"), "");
  assert.equal(text({ replicaof: "" }, "replicaof"), "");
  assert.equal(text({ replicaof: "h 1" }, "replicaof"), "h 1");
  assert.equal(text({ shutdownOnSigterm: [] }, "shutdown-on-sigterm"), "default");
  const percentiles = "latency-tracking-info-percentiles";
  assert.equal(text({ [percentiles]: [50, 99.9] }, percentiles), "50 99.9");
  assert.equal(text({ [percentiles]: [] }, percentiles), "");
  assert.equal(text({ oomScoreAdjValues: [1, 2, 3] }, "oom-score-adj-values"), "1 2 3");
  const all = { normal: { hard: 5, seconds: 7 }, replica: { soft: "1kb" } };
  assert.equal(
    text({ clientOutputBufferLimit: all }, "client-output-buffer-limit"),
    "normal 5 0 7 slave 0 1024 0 pubsub 33554432 8388608 60",
  );
});

test("mistakes name the option", () => {
  assert.equal(mistake({ maxmemry: 1 }), 'option "maxmemry": there is no such directive');
  for (const option of ["user", "rename-command", "include"])
    assert.equal(mistake({ [option]: ["x"] }), `option "${option}": this directive is only for configuration files`);
  assert.equal(mistake({ maxmemory: "1x" }), 'option "maxmemory": argument must be a memory value');
  assert.equal(mistake({ port: 70000 }), 'option "port": argument must be between 0 and 65535 inclusive');
  assert.equal(mistake({ port: 1.5 }), 'option "port": must be a whole number');
  assert.equal(mistake({ port: null }), 'option "port": must be a whole number');
  assert.equal(mistake({ requirepass: 5 }), 'option "requirepass": must be a string');
  assert.equal(mistake({ appendonly: "maybe" }), `option "appendonly": argument must be 'yes' or 'no'`);
  assert.equal(
    mistake({ "maxmemory-policy": "noeviction", maxmemoryPolicy: "noeviction" }),
    'option "maxmemoryPolicy": is the same as "maxmemory-policy"',
  );
  assert.equal(mistake({ bind: 5 }), 'option "bind": must be a string or an array of strings');
  assert.equal(mistake({ bind: 'a "b' }), 'option "bind": has unbalanced quotes');
  assert.equal(mistake({ save: 5 }), 'option "save": must be a string, an array of [seconds, changes], or false');
  assert.equal(mistake({ save: true }), 'option "save": must be a string, an array of [seconds, changes], or false');
  for (const option of ["latency-tracking-info-percentiles", "oom-score-adj-values"])
    assert.equal(mistake({ [option]: 5 }), `option "${option}": must be a string or an array of numbers`);
  for (const value of [5, null])
    assert.equal(
      mistake({ clientOutputBufferLimit: value }),
      'option "clientOutputBufferLimit": must be a string or an object of classes',
    );
  assert.equal(mistake({ shutdownOnSigint: 5 }), 'option "shutdownOnSigint": must be a string or an array of strings');
  assert.equal(mistake({ shutdownOnSigint: 'now "' }), 'option "shutdownOnSigint": has unbalanced quotes');
  assert.equal(mistake({ unixsocketperm: 1.5 }), 'option "unixsocketperm": must be a whole number');
});

test("types: wrong names and values do not compile", () => {
  const options: ServerOptions = { maxmemoryPolicy: "allkeys-lfu", port: 1, "tcp-backlog": 5 };
  // @ts-expect-error no such policy
  const policy: ServerOptions = { maxmemoryPolicy: "lru" };
  // @ts-expect-error no such directive
  const name: ServerOptions = { maxMemory: 5 };
  assert.ok(options && policy && name);
});
