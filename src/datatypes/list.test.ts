import assert from "node:assert/strict";
import { test } from "node:test";
import { KeySpaceFixture } from "../../test/support/key-space.js";
import { Argv } from "../bytes/argv.js";
import { Region } from "../bytes/region.js";
import { OutOfMemory } from "../memory/arena.js";
import { Encoding, ValueType } from "../structures/entry/entry.js";
import { load } from "../structures/packed/listpack.js";
import { ListCursor } from "../structures/tree/list-cursor.js";
import type { Lists } from "./list.js";

/** One list of a key space. */
class ListFixture extends KeySpaceFixture {
  readonly slot = this.keyspace.slot;
  readonly lists: Lists = this.keyspace.types.lists;
  readonly cursor = new ListCursor();

  /** Adds elements, making the list when there is none. */
  push(elements: readonly string[], atHead = false, key = "key"): void {
    const argv = Argv.from([key, ...elements]);
    const ref = this.db.lookupWrite(argv, 0);
    if (ref !== 0) {
      this.db.edit(argv, 0, ref, this.slot);
      return this.lists.push(this.slot, argv, 1, atHead);
    }
    this.db.begin(argv, 0, ValueType.LIST, Encoding.LISTPACK, this.lists.emptyBytes, this.slot);
    this.lists.makeEmpty(this.slot);
    this.lists.push(this.slot, argv, 1, atHead);
    this.db.place(this.slot);
  }

  open(key = "key"): void {
    const argv = Argv.from([key]);
    this.db.edit(argv, 0, this.db.peek(argv, 0), this.slot);
  }

  elements(): string[] {
    const elements: string[] = [];
    this.lists.each(this.slot, (element) => elements.push(element.latin1()));
    return elements;
  }

  /** The element at the cursor. */
  text(): string {
    load(this.cursor.region, this.cursor.at, this.lists.view);
    return this.lists.view.latin1();
  }

  /**
   * Runs `change` with its first allocation failing, then its second, and so on until it succeeds; `check` runs after each failure.
   * Returns how many failures there were.
   */
  failing(change: () => void, check: () => void): number {
    const allocate = this.arena.allocate.bind(this.arena);
    for (let n = 1; ; n++) {
      let allocations = 0;
      this.arena.allocate = (size) => {
        if (++allocations === n) throw new OutOfMemory();
        return allocate(size);
      };
      try {
        change();
        return n - 1;
      } catch (error) {
        if (!(error instanceof OutOfMemory)) throw error;
      } finally {
        this.arena.allocate = allocate;
      }
      check();
      this.verify();
    }
  }
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));
const region = (text: string): Region => new Region(Buffer.from(text, "latin1"));

/** Lists of three elements and more in each encoding. */
const forms = [
  { name: "listpack", limit: -2, padding: 0, encoding: Encoding.LISTPACK },
  { name: "quicklist of one leaf", limit: 1, padding: 0, encoding: Encoding.QUICKLIST },
  { name: "quicklist of many leaves", limit: -2, padding: 3000, encoding: Encoding.QUICKLIST },
];

for (const { name, limit, padding, encoding } of forms) {
  const pad = (text: string): string => text + ".".repeat(padding);
  const all = ["a", "b", "1", "c", "b", "-70000", ""].map(pad);

  function filled(): ListFixture {
    const fixture = new ListFixture();
    fixture.keyspace.limits.listMaxListpackSize = limit;
    fixture.push(all);
    fixture.open();
    assert.equal(fixture.slot.encoding, encoding);
    return fixture;
  }

  test(`${name}: elements are added at both ends and read from both`, () => {
    const fixture = filled();
    fixture.push([pad("x"), pad("y")], true);
    const expected = [pad("y"), pad("x"), ...all];
    assert.deepEqual(fixture.elements(), expected);
    assert.equal(fixture.lists.count(fixture.slot), expected.length);
    fixture.lists.seekEnd(fixture.slot, true, fixture.cursor);
    for (let i = expected.length - 1; i >= 0; i--) {
      assert.equal(fixture.text(), expected[i]);
      assert.equal(fixture.lists.previous(fixture.cursor), i > 0);
    }
    fixture.verify();
  });

  test(`${name}: elements are removed at both ends`, () => {
    const fixture = filled();
    fixture.lists.remove(fixture.slot, 2, false);
    fixture.lists.remove(fixture.slot, 1, true);
    assert.deepEqual(fixture.elements(), all.slice(2, -1));
    fixture.lists.remove(fixture.slot, 4, true);
    assert.equal(fixture.lists.count(fixture.slot), 0);
    fixture.db.remove(Argv.from(["key"]), 0);
    fixture.verify();
  });

  test(`${name}: inserting, replacing and removing by value`, () => {
    const fixture = filled();
    const { lists, slot, cursor } = fixture;
    const text = pad("new");
    lists.seek(slot, 3, cursor);
    lists.insert(slot, cursor, false, region(text), 0, text.length);
    lists.seek(slot, 7, cursor);
    lists.insert(slot, cursor, true, region("z"), 0, 1);
    lists.set(slot, 0, region("q"), 0, 1);
    assert.deepEqual(fixture.elements(), ["q", ...all.slice(1, 3), text, ...all.slice(3), "z"]);
    const b = pad("b");
    assert.equal(lists.removeEqual(slot, 1, true, region(b), 0, b.length), 1);
    assert.deepEqual(fixture.elements(), ["q", b, all[2], text, all[3], all[5], all[6], "z"]);
    assert.equal(lists.removeEqual(slot, 5, false, region(b), 0, b.length), 1);
    assert.equal(lists.removeEqual(slot, 5, false, region(b), 0, b.length), 0);
    fixture.verify();
  });

  test(`${name}: running out of memory while adding adds nothing`, () => {
    const fixture = filled();
    const added = Array.from({ length: 200 }, (_, i) => pad(`element ${i}`));
    const before = fixture.elements();
    const failures = fixture.failing(
      () => fixture.push(added),
      () => {
        fixture.open();
        assert.deepEqual(fixture.elements(), before);
      },
    );
    assert.ok(failures > 0);
    fixture.open();
    assert.deepEqual(fixture.elements(), [...before, ...added]);
    fixture.verify();
  });
}

test("a listpack becomes a quicklist where Redis 7.2 makes it one, and a listpack again at half of that", () => {
  const fixture = new ListFixture();
  const { lists, slot } = fixture;
  // As texts of 4004 and 4180 bytes, which are a listpack of 8191.
  fixture.push(["x".repeat(4000), "y".repeat(4173)]);
  assert.equal(slot.encoding, Encoding.LISTPACK);
  assert.equal(slot.length - 2, 8184);
  fixture.push(["abcde"]);
  assert.equal(slot.encoding, Encoding.QUICKLIST);
  lists.remove(slot, 1, true);
  lists.shrink(slot);
  assert.equal(slot.encoding, Encoding.QUICKLIST);
  lists.remove(slot, 1, true);
  lists.shrink(slot);
  assert.equal(slot.encoding, Encoding.LISTPACK);
  assert.deepEqual(fixture.elements(), ["x".repeat(4000)]);
  fixture.verify();
});

test("a limit of elements counts them, and lets no listpack grow beyond 8 KB", () => {
  const fixture = new ListFixture();
  const { lists, slot, keyspace } = fixture;
  keyspace.limits.listMaxListpackSize = 4;
  fixture.push(["1", "2", "3", "4"]);
  assert.equal(slot.encoding, Encoding.LISTPACK);
  fixture.push(["5"]);
  assert.equal(slot.encoding, Encoding.QUICKLIST);
  lists.remove(slot, 2, false);
  lists.shrink(slot);
  assert.equal(slot.encoding, Encoding.QUICKLIST);
  lists.remove(slot, 1, false);
  lists.shrink(slot);
  assert.equal(slot.encoding, Encoding.LISTPACK);
  fixture.push(["x".repeat(8192)]);
  assert.equal(slot.encoding, Encoding.QUICKLIST);
  fixture.verify();
});

for (const atHead of [false, true]) {
  test(`a list filled at its ${atHead ? "head" : "tail"} takes 18.3 bytes for an element of 16`, () => {
    const fixture = new ListFixture();
    const count = 200_000;
    const before = fixture.arena.allocatedBytes;
    for (let i = 0; i < count; i += 10) {
      fixture.push(
        Array.from({ length: 10 }, (_, k) => `element:${String(i + k).padStart(8, "x")}`),
        atHead,
      );
    }
    const bytes = (fixture.arena.allocatedBytes - before) / count;
    assert.ok(bytes < 18.3, `${bytes} bytes an element`);
    fixture.open();
    assert.ok(Math.abs(fixture.db.memoryBytes(fixture.ref("key"), 5) / count - bytes) < 0.5);
    fixture.verify();
  });
}

test("a queue takes no more memory the longer it is used", () => {
  const fixture = new ListFixture();
  fixture.push(numbers(5000));
  const before = fixture.arena.allocatedBytes;
  for (let round = 0; round < 400; round++) {
    fixture.push(numbers(100).map((text) => `${text}${round}`));
    fixture.lists.remove(fixture.slot, 100, false);
  }
  assert.equal(fixture.lists.count(fixture.slot), 5000);
  assert.ok(fixture.arena.allocatedBytes < before * 2);
  fixture.verify();
});

test("removing most of a long list by value leaves no block nearly empty", () => {
  const fixture = new ListFixture();
  fixture.push(Array.from({ length: 50_000 }, (_, i) => (i % 100 === 0 ? `kept${i}` : "common element")));
  const removed = fixture.lists.removeEqual(
    fixture.slot,
    Number.POSITIVE_INFINITY,
    false,
    region("common element"),
    0,
    14,
  );
  assert.equal(removed, 49_500);
  assert.ok(fixture.db.memoryBytes(fixture.ref("key"), 0) < 30_000);
  fixture.verify();
});

test("a big list is freed in slices, and copied whole", () => {
  const fixture = new ListFixture();
  const elements = numbers(400_000);
  fixture.push(elements);
  fixture.db.copyEntry(Argv.from(["key", "copy"]), 0, fixture.db, 1);
  fixture.db.remove(Argv.from(["key"]), 0);
  fixture.verify();
  let slices = 0;
  while (fixture.keyspace.lazyFree.freeSome(10)) {
    fixture.verify();
    slices++;
  }
  assert.ok(slices > 5);
  fixture.open("copy");
  assert.deepEqual(fixture.elements(), elements);
  fixture.verify();
});
