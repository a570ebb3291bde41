import assert from "node:assert/strict";
import { test } from "node:test";
import { AclLog, type Refusal } from "./acl-log.js";

const refusal = (object: string, more: Partial<Refusal> = {}): Refusal => ({
  reason: "key",
  context: "toplevel",
  object,
  userName: "u",
  describeClient: () => "id=1",
  ...more,
});

const objects = (log: AclLog): string[] => log.entries(99).map(({ object, count }) => `${object} ${count}`);

test("the same event within a minute is one entry, moved to the front", () => {
  const log = new AclLog();
  log.add(refusal("a"), 1000, 10);
  log.add(refusal("b"), 2000, 10);
  log.add(refusal("a", { describeClient: () => "id=2" }), 61_000, 10);
  assert.deepEqual(objects(log), ["a 2", "b 1"]);
  const [entry] = log.entries(1);
  assert.deepEqual([entry!.id, entry!.createdMs, entry!.updatedMs, entry!.clientInfo], [0, 1000, 61_000, "id=2"]);
  log.add(refusal("a"), 121_001, 10);
  assert.deepEqual(objects(log), ["a 1", "a 2", "b 1"]);
  assert.equal(log.entries(1)[0]!.id, 2);
});

test("another reason, context, object or user is another event", () => {
  const log = new AclLog();
  log.add(refusal("a"), 0, 10);
  log.add(refusal("a", { reason: "channel" }), 0, 10);
  log.add(refusal("a", { context: "multi" }), 0, 10);
  log.add(refusal("a", { userName: "v" }), 0, 10);
  assert.equal(log.entries(99).length, 4);
});

test("only the ten newest entries are looked through", () => {
  const log = new AclLog();
  for (let i = 0; i < 11; i++) log.add(refusal(String(i)), 0, 99);
  log.add(refusal("1"), 0, 99);
  log.add(refusal("0"), 0, 99);
  assert.deepEqual(objects(log).slice(0, 3), ["0 1", "1 2", "10 1"]);
});

test("the log keeps so many entries as it may, and none when it may none", () => {
  const log = new AclLog();
  for (let i = 0; i < 5; i++) log.add(refusal(String(i)), 0, 3);
  assert.deepEqual(objects(log), ["4 1", "3 1", "2 1"]);
  log.add(refusal("3"), 0, 1);
  assert.deepEqual(objects(log), ["3 2", "4 1", "2 1"], "it is not cut before there is a new entry");
  log.add(refusal("x"), 0, 0);
  assert.deepEqual(objects(log), []);
  log.add(refusal("y"), 0, 1);
  assert.equal(log.entries(1)[0]!.id, 6);
});
