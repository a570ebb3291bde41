import assert from "node:assert/strict";
import { test } from "node:test";
import { KeySpaceFixture } from "../../test/support/key-space.js";
import { Argv } from "../bytes/argv.js";
import { Region } from "../bytes/region.js";
import { OutOfMemory } from "../memory/arena.js";
import { Encoding, ValueType } from "../structures/entry/entry.js";
import type { Sets } from "./sets.js";

const INTEGERS = ["1", "-5", "40000", "3000000000", "-9223372036854775808", "9223372036854775807"];
const TEXTS = ["a", "", "b\xff", "1x", "007", "12"];

/** One set under the key "s", in a key space of its own. */
class SetFixture extends KeySpaceFixture {
  readonly sets: Sets = this.keyspace.types.sets;
  readonly slot = this.keyspace.slot;

  /** Begins an empty set and fills it. */
  create(encoding: Encoding, members: readonly string[], key = "s"): void {
    this.db.begin(Argv.from([key]), 0, ValueType.SET, encoding, this.sets.emptySize(encoding), this.slot);
    this.sets.clear(this.slot);
    for (const member of members) this.add(member);
    this.db.place(this.slot);
  }

  open(key = "s"): void {
    this.db.edit(Argv.from([key]), 0, this.ref(key), this.slot);
  }

  add(member: string): boolean {
    return this.sets.add(this.slot, ...slice(member));
  }

  remove(member: string): boolean {
    return this.sets.remove(this.slot, ...slice(member));
  }

  members(key = "s"): string[] {
    const { cursor } = this.sets;
    this.open(key);
    const members: string[] = [];
    cursor.open(this.slot);
    while (cursor.next()) members.push(cursor.member.latin1());
    assert.equal(this.sets.count(this.slot), members.length);
    return members;
  }

  /** Name of the encoding of a set of these limits and members. */
  encodingOf(members: readonly string[], entries: number, value: number, integers = 512): string {
    const { limits } = this.keyspace;
    limits.setMaxListpackEntries = entries;
    limits.setMaxListpackValue = value;
    limits.setMaxIntsetEntries = integers;
    this.create(Encoding.INTSET, members);
    return this.db.encodingName(this.ref("s"));
  }
}

function slice(text: string): [Region, number, number] {
  const bytes = Buffer.from(text, "latin1");
  return [new Region(bytes), 0, bytes.length];
}

/** The ways to keep the same members, by name. */
const encodings: Record<string, (fixture: SetFixture, members: readonly string[]) => void> = {
  intset: (fixture, members) => fixture.create(Encoding.INTSET, members),
  listpack: (fixture, members) => fixture.create(Encoding.LISTPACK, members),
  hashtable: (fixture, members) => {
    fixture.create(Encoding.LISTPACK, members);
    fixture.open();
    fixture.sets.expect(fixture.slot, 1000);
  },
};

for (const [name, create] of Object.entries(encodings)) {
  const given = name === "intset" ? INTEGERS : [...INTEGERS, ...TEXTS];
  const others = name === "intset" ? ["2", "-6", "9223372036854775806"] : ["2", "c", "01"];

  test(`members are added once, found, walked and removed (${name})`, () => {
    const fixture = new SetFixture();
    create(fixture, given);
    assert.equal(fixture.db.encodingName(fixture.ref("s")), name);
    assert.deepEqual(new Set(fixture.members()), new Set(given));
    for (const member of given) {
      assert.equal(fixture.sets.has(fixture.slot, ...slice(member)), true);
      assert.equal(fixture.add(member), false);
    }
    for (const member of [...others, "+1", "9223372036854775808"]) {
      assert.equal(fixture.sets.has(fixture.slot, ...slice(member)), false);
      assert.equal(fixture.remove(member), false);
    }
    for (const member of others) assert.equal(fixture.add(member), true);
    for (const member of given) assert.equal(fixture.remove(member), true);
    assert.deepEqual(new Set(fixture.members()), new Set(others));
    fixture.verify();
  });

  test(`a copy shares nothing with the set (${name})`, () => {
    const fixture = new SetFixture();
    create(fixture, given);
    const argv = Argv.from(["s", "t"]);
    fixture.db.copyEntry(argv, 0, fixture.db, 1);
    fixture.verify();
    fixture.open("t");
    assert.equal(fixture.remove(given[0]!), true);
    assert.equal(fixture.members("s").length, given.length);
    assert.equal(fixture.members("t").length, given.length - 1);
    fixture.db.remove(argv, 0);
    fixture.verify();
    assert.equal(fixture.members("t").length, given.length - 1);
  });

  test(`memory running out leaves the set as it was (${name})`, () => {
    const fixture = new SetFixture();
    create(fixture, given);
    const before = new Set(given);
    const allocate = fixture.arena.allocate;
    for (const member of [...others, "text", "x".repeat(70)]) {
      for (let allowed = 0; ; allowed++) {
        let left = allowed;
        fixture.open();
        fixture.arena.allocate = (size) => {
          if (left-- === 0) throw new OutOfMemory();
          return allocate.call(fixture.arena, size);
        };
        let isDone = false;
        try {
          fixture.add(member);
          isDone = true;
        } catch (error) {
          assert.ok(error instanceof OutOfMemory);
        } finally {
          fixture.arena.allocate = allocate;
        }
        fixture.verify();
        if (isDone) before.add(member);
        assert.deepEqual(new Set(fixture.members()), before);
        if (isDone) break;
      }
    }
  });

  test(`every choice of members is equally likely (${name})`, () => {
    const fixture = new SetFixture();
    const members = Array.from({ length: 12 }, (_, i) => String(i * 3));
    create(fixture, members);
    fixture.open();
    const drawn = new Map<string, number>();
    const count = (member: string): unknown => drawn.set(member, (drawn.get(member) ?? 0) + 1);
    const view = fixture.keyspace.element;
    for (let i = 0; i < 6000; i++) {
      fixture.sets.load(fixture.slot, fixture.sets.pick(fixture.slot), view);
      count(view.latin1());
    }
    assert.ok(chiSquare(drawn, members) < 35, `pick: ${[...drawn]}`);
    drawn.clear();
    for (let i = 0; i < 2000; i++) fixture.sets.sampler.sample(fixture.slot, 3, (member) => count(member.latin1()));
    assert.ok(chiSquare(drawn, members) < 35, `sample: ${[...drawn]}`);
  });
}

/** How far counts are from equal; with 11 degrees of freedom above 35 once in 4000 times. */
function chiSquare(counts: ReadonlyMap<string, number>, members: readonly string[]): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  const expected = total / members.length;
  return members.reduce((sum, member) => sum + ((counts.get(member) ?? 0) - expected) ** 2 / expected, 0);
}

test("the limits decide the encoding as in Redis 7.2", () => {
  const fixture = new SetFixture();
  const integers = Array.from({ length: 20 }, (_, i) => String(i + 100));
  assert.equal(fixture.encodingOf(integers, 128, 64, 20), "intset");
  assert.equal(fixture.encodingOf(integers, 128, 64, 19), "hashtable");
  assert.equal(fixture.encodingOf([...integers, "a"], 21, 64), "listpack");
  assert.equal(fixture.encodingOf([...integers, "a"], 20, 64), "hashtable");
  assert.equal(fixture.encodingOf([...integers, "a"], 128, 3), "listpack");
  assert.equal(fixture.encodingOf([...integers, "a"], 128, 2), "hashtable");
  assert.equal(fixture.encodingOf(["1", "a".repeat(64)], 128, 64), "listpack");
  assert.equal(fixture.encodingOf(["1", "a".repeat(65)], 128, 64), "hashtable");
  assert.equal(fixture.encodingOf(["a"], 0, 64), "hashtable");
  fixture.verify();
});

test("an intset does not become smaller again by itself, but can be made of integers in any encoding", () => {
  for (const name of ["listpack", "hashtable"]) {
    const fixture = new SetFixture();
    encodings[name]!(fixture, [...INTEGERS, "a"]);
    fixture.open();
    assert.equal(fixture.remove("a"), true);
    assert.equal(fixture.db.encodingName(fixture.ref("s")), name);
    fixture.sets.makeIntset(fixture.slot);
    assert.equal(fixture.db.encodingName(fixture.ref("s")), "intset");
    assert.deepEqual(new Set(fixture.members()), new Set(INTEGERS));
    fixture.verify();
  }
});

test("a big set is freed in slices", () => {
  const fixture = new SetFixture();
  const members = Array.from({ length: 5000 }, (_, i) => `member:${i}`);
  fixture.create(Encoding.LISTPACK, members);
  fixture.verify();
  const argv = Argv.from(["s"]);
  fixture.db.remove(argv, 0);
  let slices = 0;
  for (; fixture.keyspace.lazyFree.freeSome(100); slices++) fixture.verify();
  assert.ok(slices > 5, `${slices}`);
  assert.deepEqual(fixture.arena.verify(fixture.keyspace.liveBlocks()), []);
});

test("random members are as likely in a set that shrank as in one that grew", () => {
  const fixture = new SetFixture();
  const members = Array.from({ length: 20_000 }, (_, i) => `member:${i}`);
  fixture.create(Encoding.LISTPACK, members);
  fixture.open();
  const view = fixture.keyspace.element;
  for (const size of [20_000, 13_000, 9000, 6000, 4000, 3000, 2000]) {
    while (members.length > size) fixture.remove(members.pop()!);
    let squares = 0;
    const drawn = new Map<string, number>();
    const draws = size * 20;
    for (let i = 0; i < draws; i++) {
      fixture.sets.load(fixture.slot, fixture.sets.pick(fixture.slot), view);
      const member = view.latin1();
      drawn.set(member, (drawn.get(member) ?? 0) + 1);
    }
    for (const member of members) squares += ((drawn.get(member) ?? 0) - 20) ** 2 / 20;
    // Chi-square over so many is normal: mean `size`, deviation sqrt(2 * size).
    assert.ok(squares < size + 8 * Math.sqrt(2 * size), `${size} members: ${squares}`);
  }
  fixture.verify();
});

test("the memory of a big set is estimated from some of its members", () => {
  const fixture = new SetFixture();
  fixture.create(
    Encoding.LISTPACK,
    Array.from({ length: 3000 }, (_, i) => `m:${String(i).padStart(10, "0")}`),
  );
  const ref = fixture.ref("s");
  assert.equal(fixture.db.memoryBytes(ref), fixture.db.memoryBytes(ref, 0));
  const each = fixture.db.memoryBytes(ref) / 3000;
  assert.ok(each > 22 && each < 28, `${each} bytes a member`);
});
