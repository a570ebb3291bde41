import assert from "node:assert/strict";
import { test } from "node:test";
import { deriveAclCategories, deriveArity, deriveElementIndex, deriveKeys, deriveLegacyKeys } from "./derive.js";
import type { Arg, CommandSpec } from "./spec.js";
import { block, double, flag, integer, key, many, oneOf, optional, string } from "./spec.js";

const spec = (args: readonly Arg[], more: Partial<CommandSpec> = {}): CommandSpec => ({
  name: "X",
  group: "string",
  since: "1.0.0",
  summary: "-",
  complexity: "-",
  flags: [],
  args,
  ...more,
});
const setArgs = [
  key("key", "OW UPDATE"),
  string("value"),
  oneOf("condition", [flag("NX"), flag("XX")]),
  oneOf("expiration", [integer("seconds", { token: "EX" }), flag("KEEPTTL")]),
];

test("arity counts what must be given, and is negative when more may follow", () => {
  assert.equal(deriveArity(spec([]), 1), 1);
  assert.equal(deriveArity(spec([]), 2), 2);
  assert.equal(deriveArity(spec([key("key", "RO")]), 1), 2);
  assert.equal(deriveArity(spec(setArgs), 1), -3);
  assert.equal(deriveArity(spec([many(block("data", [key("key", "OW"), string("value")]))]), 1), -3);
  assert.equal(deriveArity(spec([optional(string("message"))]), 1), -1);
});

test("a choice takes its shortest form, exact only when all are as long", () => {
  const where = (name: string) => oneOf(name, [flag("LEFT"), flag("RIGHT")], { optional: false });
  assert.equal(deriveArity(spec([key("a", "RW"), key("b", "RW"), where("from"), where("to")]), 1), 5);
  const uneven = oneOf("x", [string("one"), block("two", [string("a"), string("b")])], { optional: false });
  assert.equal(deriveArity(spec([uneven]), 1), -2);
});

test("key specs follow from where the keys are", () => {
  const specsOf = (...args: Arg[]) => deriveKeys(spec(args), 1).specs.map(({ begin, find }) => [begin, find]);
  const range = (lastKey: number, step = 1, limit = 0) => ({ lastKey, step, limit });
  assert.deepEqual(specsOf(key("key", "RO")), [[{ index: 1 }, range(0)]]);
  assert.deepEqual(specsOf(many(key("key", "RO")), double("timeout")), [[{ index: 1 }, range(-2)]]);
  assert.deepEqual(specsOf(many(block("data", [key("key", "OW"), string("value")]))), [[{ index: 1 }, range(-1, 2)]]);
  assert.deepEqual(specsOf(key("a", "RO"), key("b", "RO")), [[{ index: 1 }, range(1)]]);
  assert.deepEqual(specsOf(key("a", "RW"), key("b", "OW")), [
    [{ index: 1 }, range(0)],
    [{ index: 2 }, range(0)],
  ]);
  assert.deepEqual(specsOf(integer("numkeys"), many(key("key", "RO")), flag("MIN")), [
    [{ index: 1 }, { keyNumIndex: 0, firstKey: 1, step: 1 }],
  ]);
  assert.deepEqual(specsOf(string("x"), key("to", "OW", { token: "STORE", optional: true })), [
    [{ keyword: "STORE", startFrom: 2 }, range(0)],
  ]);
  assert.deepEqual(specsOf(block("streams", [many(key("key", "RO")), many(string("id"))], { token: "STREAMS" })), [
    [{ keyword: "STREAMS", startFrom: 1 }, range(-1, 1, 2)],
  ]);
});

test("first, last and step cover consecutive ranges; anything else makes keys movable", () => {
  const legacy = (...args: Arg[]) => deriveLegacyKeys(deriveKeys(spec(args), 1).specs);
  const none = { firstKey: 0, lastKey: 0, step: 0 };
  assert.deepEqual(legacy(string("x")), { ...none, movable: false });
  assert.deepEqual(legacy(key("a", "RW"), many(key("b", "RO"))), { firstKey: 1, lastKey: -1, step: 1, movable: false });
  assert.deepEqual(legacy(integer("numkeys"), many(key("a", "RO"))), { ...none, movable: true });
  assert.deepEqual(legacy(key("a", "RO"), key("b", "OW", { token: "STORE", optional: true })), {
    firstKey: 1,
    lastKey: 1,
    step: 1,
    movable: true,
  });
});

test("ACL categories follow from the group and the flags", () => {
  const categories = (more: Partial<CommandSpec>) => deriveAclCategories(spec([], more)).join(" ");
  assert.equal(categories({ flags: ["write", "fast"] }), "write string fast");
  assert.equal(categories({ flags: ["admin"], group: "server" }), "admin slow dangerous");
  assert.equal(
    categories({ flags: ["readonly"], group: "generic", acl: ["dangerous"] }),
    "keyspace read slow dangerous",
  );
  assert.equal(categories({ group: "generic", acl: ["connection"] }), "slow connection");
  assert.equal(categories({ group: "generic", subcommands: [] }), "slow");
});

test("the argument that is a field or member is known, options left out", () => {
  const index = (args: readonly Arg[], more: Partial<CommandSpec> = {}) =>
    deriveElementIndex({ ...spec([key("key", "RW UPDATE"), ...args], { group: "hash", ...more }), handler() {} });
  assert.equal(index([string("field")]), 2);
  assert.equal(
    index([optional(oneOf("condition", [flag("NX")])), many(block("data", [double("score"), string("member")]))]),
    3,
  );
  assert.equal(index([integer("count")]), 0);
  assert.equal(index([string("field")], { group: "string" }), 0);
});
