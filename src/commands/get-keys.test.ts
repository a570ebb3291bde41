import assert from "node:assert/strict";
import { test } from "node:test";
import { Argv } from "../bytes/argv.js";
import { CommandEntry } from "./command-entry.js";
import { bitNames, KEY_FLAGS } from "./flag-bits.js";
import { findKeys, hasKeys, KeyPositions } from "./get-keys.js";
import type { Arg, CommandSpec } from "./spec.js";
import { block, defineCommand, flag, integer, key, many, string } from "./spec.js";

function entry(args: readonly Arg[], more: Partial<CommandSpec> = {}): CommandEntry {
  const spec = { name: "X", group: "string", since: "1", summary: "-", complexity: "-", flags: [], args } as const;
  return new CommandEntry(defineCommand({ ...spec, ...more }, () => {}));
}

function keysOf(command: CommandEntry, ...words: string[]): string {
  const argv = Argv.from(["x", ...words]);
  const keys = new KeyPositions();
  findKeys(command, argv, keys);
  return keys.index
    .slice(0, keys.count)
    .map((at, i) => `${argv.latin1(at)}:${bitNames(keys.flags[i]!, KEY_FLAGS).join(",")}`)
    .join(" ");
}

test("a range of keys may step over values and leave out what follows", () => {
  const mset = entry([many(block("data", [key("key", "OW UPDATE"), string("value")]))]);
  assert.equal(keysOf(mset, "a", "1", "b", "2"), "a:OW,update b:OW,update");
  const blpop = entry([many(key("key", "RW ACCESS")), integer("timeout")]);
  assert.equal(keysOf(blpop, "a", "b", "0"), "a:RW,access b:RW,access");
});

test("a number of keys that does not fit finds none", () => {
  const sintercard = entry([integer("numkeys"), many(key("key", "RO")), flag("LIMIT")]);
  assert.equal(keysOf(sintercard, "2", "a", "b"), "a:RO b:RO");
  for (const count of ["3", "0", "-1", "x", "", "02", "99999999999"])
    assert.equal(keysOf(sintercard, count, "a", "b"), "");
});

test("a keyword is found in any case, and may be missing", () => {
  const xread = entry([block("streams", [many(key("key", "RO")), many(string("id"))], { token: "STREAMS" })]);
  assert.equal(keysOf(xread, "count", "1", "Streams", "a", "b", "0", "0"), "a:RO b:RO");
  assert.equal(keysOf(xread, "count", "1"), "");
});

test("variable flags and unknown specs are left to the command's own function", () => {
  const set = entry([key("key", "RW ACCESS UPDATE VARIABLE_FLAGS"), string("value")], {
    getKeys: (argv, push) => push(1, argv.count > 3 ? "RW ACCESS UPDATE" : "OW UPDATE"),
  });
  assert.equal(keysOf(set, "a", "1"), "a:OW,update");
  assert.equal(keysOf(set, "a", "1", "get"), "a:RW,access,update");
  const sort = entry([key("key", "RO")], {
    keySpecs: [
      { flags: "RO", begin: { index: 1 }, find: { lastKey: 0, step: 1, limit: 0 } },
      { flags: "OW", begin: "unknown", find: "unknown" },
    ],
    getKeys: (_argv, push) => {
      push(1, "RO");
      push(3, "OW");
    },
  });
  assert.equal(keysOf(sort, "a", "store", "b"), "a:RO b:OW");
});

test("channels that are routed like keys are none", () => {
  const notKey = { flags: "NOT_KEY", begin: { index: 1 }, find: { lastKey: 0, step: 1, limit: 0 } } as const;
  const spublish = entry([string("channel")], { keySpecs: [notKey] });
  assert.equal(hasKeys(spublish), false);
  assert.equal(keysOf(spublish, "a"), "");
});
