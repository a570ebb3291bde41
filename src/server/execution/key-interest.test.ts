import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../../../test/support/fuzzing.js";
import { KeySpaceFixture } from "../../../test/support/key-space.js";
import { Argv } from "../../bytes/argv.js";
import { ValueType } from "../../structures/entry/entry.js";
import { KeyInterest, type KeyOfInterest } from "./key-interest.js";
import { KeyQueue } from "./key-waiters.js";

/** Makes somebody interested in a key, or nobody any more. */
function hold(key: KeyOfInterest, isHeld = true): KeyOfInterest {
  key.queues = isHeld ? new KeyQueue(ValueType.LIST, null) : null;
  return key;
}

test("it finds what a Map by database and name would, while keys come and go", () => {
  const { keyspace } = new KeySpaceFixture();
  const random = new SeededRandom(3);
  const interest = new KeyInterest([1, 2]);
  const model = new Map<string, KeyOfInterest>();
  for (let step = 0; step < 40_000; step++) {
    const db = keyspace.database(random.below(3));
    // Grows to thousands, and shrinks to none.
    const range = step < 25_000 ? 4000 : 40;
    const name = "k".repeat(random.below(3)) + (random.below(range) || "");
    const id = `${db.index} ${name}`;
    const argv = Argv.from(["SET", name]);
    assert.equal(interest.find(db, argv, 1), model.get(id) ?? null);
    if (random.chance(step < 20_000 ? 0.7 : 0.2)) {
      model.set(id, hold(interest.add(db, argv, 1)));
    } else if (model.has(id)) {
      interest.release(hold(model.get(id)!, false));
      model.delete(id);
    }
    if (step === 25_000) {
      for (const key of model.values()) interest.release(hold(key, false));
      model.clear();
    }
    assert.equal(interest.count, model.size);
  }
  assert.ok(model.size > 0);
});

test("a key stays as long as somebody is interested in it, and is one for all who are", () => {
  const { db } = new KeySpaceFixture();
  const interest = new KeyInterest([1, 2]);
  const argv = Argv.from(["key"]);
  const key = hold(interest.add(db, argv, 0));
  assert.equal(interest.add(db, argv, 0), key);
  interest.release(key);
  assert.equal(interest.find(db, argv, 0), key);
  interest.release(hold(key, false));
  assert.equal(interest.find(db, argv, 0), null);
});

test("asking about a key that nobody is interested in makes no string, whatever its length and last byte", () => {
  const { db } = new KeySpaceFixture();
  const interest = new KeyInterest([1, 2]);
  for (let i = 0; i < 2000; i++) hold(interest.add(db, Argv.from([`key:${i}`]), 0));
  const argv = Argv.from(["kex:1999", "", "key:1999"]);
  argv.latin1 = () => assert.fail("a string was made");
  assert.equal(interest.find(db, argv, 0), null);
  assert.equal(interest.find(db, argv, 1), null);
  assert.equal(interest.find(db, argv, 2)?.name, "key:1999");
});

test("a key is shown as an argument, also after one that was much longer", () => {
  const { db } = new KeySpaceFixture();
  const interest = new KeyInterest([1, 2]);
  for (const name of ["a\0\xff", "x".repeat(100_000), "", "short", "y".repeat(300)]) {
    const argv = interest.asArgument(interest.add(db, Argv.from([name]), 0));
    assert.deepEqual([argv.count, argv.latin1(0)], [1, name]);
    assert.ok(name.length > 4096 || argv.source.u8.length <= 4096);
  }
});
