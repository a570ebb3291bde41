import assert from "node:assert/strict";
import { test } from "node:test";
import { KeySpaceFixture } from "../../../test/support/key-space.js";
import { Argv } from "../../bytes/argv.js";
import { ValueType } from "../../structures/entry/entry.js";
import { KeyInterest } from "./key-interest.js";
import { KeyWaiters, type Waiter } from "./key-waiters.js";

function waiter(type = ValueType.LIST, wakesOnDeletion = false): Waiter {
  return { type, wakesOnDeletion, keys: [] } as unknown as Waiter;
}

/** Who waits, with the keys it waits for in database 0. */
function fixture() {
  const { keyspace, db } = new KeySpaceFixture();
  const interest = new KeyInterest([1, 2]);
  const waiters = new KeyWaiters(interest);
  return {
    keyspace,
    interest,
    waiters,
    wait: (who: Waiter, ...keys: string[]) => {
      const argv = Argv.from(keys);
      for (let i = 0; i < keys.length; i++) waiters.add(who, db, argv, i);
    },
    key: (name: string) => interest.find(db, Argv.from([name]), 0),
    takeReady: () =>
      waiters.ready.splice(0).map((key) => {
        key.isReady = false;
        return key.name;
      }),
    db,
  };
}

test("a queue keeps the order in which clients came, and a key named twice counts once", () => {
  const { waiters, wait, key } = fixture();
  const [a, b, c] = [waiter(), waiter(), waiter()];
  wait(a, "x", "y", "x");
  wait(b, "x");
  wait(c, "x");
  assert.deepEqual([...key("x")!.queues!.waiters], [a, b, c]);
  assert.deepEqual([waiters.keyCount, a.keys.length], [2, 2]);
  waiters.remove(b);
  assert.deepEqual([...key("x")!.queues!.waiters], [a, c]);
});

test("those who wait for different types stand in queues of their own", () => {
  const { waiters, wait, key, interest } = fixture();
  const all = [waiter(ValueType.LIST), waiter(ValueType.ZSET), waiter(ValueType.STREAM), waiter(ValueType.ZSET)];
  for (const each of all) wait(each, "x");
  const sizes = (): [ValueType, number][] => {
    const found: [ValueType, number][] = [];
    for (let queue = key("x")?.queues ?? null; queue !== null; queue = queue.next) {
      found.push([queue.type, queue.waiters.size]);
    }
    return found.sort(([a], [b]) => a - b);
  };
  assert.deepEqual(
    sizes(),
    [
      [ValueType.LIST, 1],
      [ValueType.ZSET, 2],
      [ValueType.STREAM, 1],
    ].sort(([a], [b]) => a! - b!),
  );
  assert.equal(waiters.keyCount, 1);
  for (const i of [1, 0, 2]) waiters.remove(all[i]!);
  assert.deepEqual(sizes(), [[ValueType.ZSET, 1]]);
  waiters.remove(all[3]!);
  assert.deepEqual([key("x"), waiters.keyCount, interest.count], [null, 0, 0]);
});

test("a key is ready once, however often it changes before somebody looks", () => {
  const { waiters, wait, key, takeReady } = fixture();
  wait(waiter(), "x", "y");
  for (const name of ["y", "x", "y"]) waiters.markReady(key(name)!);
  assert.deepEqual(takeReady(), ["y", "x"]);
  waiters.markReady(key("x")!);
  assert.deepEqual(takeReady(), ["x"]);
});

test("an emptied database concerns those who want to know of deletions, another content all who wait there", () => {
  const { waiters, wait, keyspace, takeReady, db } = fixture();
  const group = waiter(ValueType.STREAM, true);
  wait(waiter(), "list", "both");
  wait(group, "stream", "both");
  waiters.add(waiter(), keyspace.database(1), Argv.from(["elsewhere"]), 0);
  assert.equal(waiters.deletionKeyCount, 2);
  waiters.databaseChanged(keyspace.database(1), true);
  assert.deepEqual(takeReady(), []);
  waiters.databaseChanged(db, true);
  assert.deepEqual(takeReady(), ["both", "stream"]);
  waiters.databaseChanged(null, false);
  assert.deepEqual(takeReady(), ["list", "both", "stream", "elsewhere"]);
  waiters.remove(group);
  assert.equal(waiters.deletionKeyCount, 0);
  waiters.databaseChanged(null, true);
  assert.deepEqual(takeReady(), []);
});
