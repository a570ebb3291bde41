import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryFiles } from "../../../test/support/memory-files.js";
import { ConfigStore } from "./config-store.js";
import { applyOptions, OptionError } from "./options.js";
import { loadConfig } from "./parse-file.js";

const NAME = "client-throttle";

function loaded(text: string): ConfigStore {
  const store = new ConfigStore({ files: new MemoryFiles({ "/redis.conf": text }) });
  loadConfig(store, "7.2.4", { file: "/redis.conf" });
  store.file = "/redis.conf";
  return store;
}

test("lines add up, and CONFIG GET prints what CONFIG SET takes", () => {
  const store = loaded(
    "client-throttle user alice commands 1000 bytes 1mb\nclient-throttle address 10.0.0.0/8 commands 500 shared\n" +
      "CLIENT-THROTTLE CLASS Slave BYTES 10MB each user bob commands 5\n",
  );
  const text =
    "user alice commands 1000 bytes 1048576 address 10.0.0.0/8 commands 500 shared class replica bytes 10485760 " +
    "user bob commands 5";
  assert.equal(store.text(NAME), text);
  assert.deepEqual(store.match([NAME]), [[NAME, text]]);
  const other = new ConfigStore();
  assert.equal(other.set([[NAME, text]]), null);
  assert.deepEqual(other.get(NAME), store.get(NAME));
});

test("CONFIG SET replaces all limits, nothing takes them away", () => {
  const store = loaded("client-throttle user alice commands 1000\n");
  assert.equal(store.set([[NAME, "class normal bytes 1k"]]), null);
  assert.equal(store.text(NAME), "class normal bytes 1000");
  assert.equal(store.set([[NAME, ""]]), null);
  assert.equal(store.text(NAME), "");
});

test("of two limits for the same clients the later one counts, and 0 takes the earlier one away", () => {
  const lines = [
    "user alice commands 1 shared",
    "user alice commands 2",
    "user bob commands 3",
    "user alice bytes 4",
    "user bob commands 0",
  ];
  const store = loaded(lines.map((line) => `client-throttle ${line}`).join("\n"));
  assert.equal(store.text(NAME), "user alice commands 1 shared user alice bytes 4");
});

test("mistakes are told apart", () => {
  const store = new ConfigStore();
  const cases: [value: string, reason: string][] = [
    ["alice commands 5", "Neither user, address nor class specified"],
    ["user", "Wrong number of arguments"],
    ["user alice commands", "Wrong number of arguments"],
    ["user alice", "Neither commands nor bytes specified"],
    ["user alice shared", "Neither commands nor bytes specified"],
    ["user alice bytes 5 often", "Neither user, address nor class specified"],
    ["class other commands 5", "Invalid client class specified"],
    ["address 10.0.0.0/33 commands 5", "Invalid address specified"],
    ["address localhost commands 5", "Invalid address specified"],
    ["user alice commands -1", "Error in commands or bytes setting"],
    ["user alice commands 1.5", "Error in commands or bytes setting"],
    ["user alice commands 1k", "Error in commands or bytes setting"],
    ["user alice commands 1000000001", "Error in commands or bytes setting"],
    ["user alice bytes x", "Error in commands or bytes setting"],
    ["user alice bytes mb", "Error in commands or bytes setting"],
    ["user alice bytes 9gb", "Error in commands or bytes setting"],
  ];
  for (const [value, reason] of cases) {
    const error = `ERR CONFIG SET failed (possibly related to argument '${NAME}') - ${reason} in client throttle configuration.`;
    assert.equal(store.set([[NAME, value]]), error, value);
  }
  assert.throws(() => loaded("client-throttle user alice bytes"), /Wrong number of arguments in client throttle/);
});

test("CONFIG REWRITE writes a line for each limit, which reads back", () => {
  const files = new MemoryFiles({ "/redis.conf": "client-throttle user a commands 1\nport 1\n" });
  const store = new ConfigStore({ files });
  store.file = "/redis.conf";
  assert.equal(
    store.assign(NAME, ["user", 'b"\xff', "bytes", "2mb", "commands", "7", "class", "pubsub", "bytes", "3"]),
    null,
  );
  assert.equal(store.assign(NAME, ["address", "fe80::/10", "bytes", "1500", "shared"]), null);
  assert.equal(store.rewrite(), null);
  const text = files.readText("/redis.conf");
  assert.match(text, /^client-throttle user "b\\"\\xff" commands 7 bytes 2mb\nport 6379\n/);
  assert.match(text, /\nclient-throttle class pubsub bytes 3\nclient-throttle address fe80::\/10 bytes 1500 shared\n/);
  const again = new ConfigStore({ files });
  loadConfig(again, "7.2.4", { file: "/redis.conf" });
  assert.deepEqual(again.get(NAME), store.get(NAME));
  assert.equal(store.set([[NAME, ""]]), null);
  assert.equal(store.rewrite(), null);
  assert.doesNotMatch(files.readText("/redis.conf"), /throttle/);
});

test("embedders give limits as objects or as text", () => {
  const text = (clientThrottle: Parameters<typeof applyOptions>[1]["clientThrottle"]): string => {
    const store = new ConfigStore();
    applyOptions(store, { clientThrottle });
    return store.text(NAME);
  };
  assert.equal(
    text([
      { user: "alice", commands: 5, bytes: "1mb" },
      { class: "pubsub", bytes: 10, shared: true },
      { address: "::1", commands: 1 },
    ]),
    "user alice commands 5 bytes 1048576 class pubsub bytes 10 shared address ::1 commands 1",
  );
  assert.equal(text("user a commands 5"), "user a commands 5");
  assert.equal(text([]), "");
  assert.throws(() => text([{ commands: 5 }]), OptionError);
  assert.throws(() => text(5 as never), OptionError);
});
