import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ChosenHashDict, changeExpiry, keyWithHash, makeEntry } from "../../../test/support/entries.js";
import { SeededRandom } from "../../../test/support/fuzzing.js";
import { Region } from "../../bytes/region.js";
import { Arena, OutOfMemory } from "../../memory/arena.js";
import { PAGES_END } from "./dict.js";
import { DictPage, homeBucket } from "./dict-page.js";
import { EntryDict } from "./entry-dict.js";

const END = 2 ** 32;

/** A dict of keys with chosen hashes, and what a test does with it again and again. */
class Subject {
  readonly arena = new Arena();
  readonly dict = new ChosenHashDict(this.arena);
  readonly root = this.dict.create();
  readonly refs = new Map<Region, number>();
  readonly random = new SeededRandom(42);

  insert(hash: number, expireAtMs = 0): Region {
    const key = keyWithHash(hash >>> 0, this.refs.size);
    const ref = makeEntry(this.arena, key, expireAtMs);
    try {
      this.dict.insert(this.root, hash >>> 0, ref, expireAtMs);
    } catch (error) {
      this.arena.free(ref);
      throw error;
    }
    this.refs.set(key, ref);
    return key;
  }

  insertMany(count: number): Region[] {
    return Array.from({ length: count }, () => this.insert(this.random.bits()));
  }

  find(key: Region): number {
    return this.dict.find(this.root, key, 0, 8, key.dv.getUint32(0, false));
  }

  remove(key: Region): void {
    assert.notEqual(this.find(key), 0);
    this.dict.removeFound(this.root);
    this.arena.free(this.refs.get(key)!);
    this.refs.delete(key);
  }

  sweep(nowMs: number): number[] {
    const due = new Uint32Array(DictPage.SLOTS);
    const found: number[] = [];
    for (let prefix = 0; prefix < END; prefix = this.dict.sweepNext) {
      found.push(...due.subarray(0, this.dict.sweepPage(this.root, prefix, nowMs, due)));
    }
    return found;
  }

  verify(): void {
    assert.deepEqual(this.dict.verify(this.root), []);
    assert.equal(this.dict.count(this.root), this.refs.size);
    const blocks = [...this.refs.values()];
    this.dict.eachBlock(this.root, (ref) => blocks.push(ref));
    assert.deepEqual(this.arena.verify(blocks), []);
  }
}

test("the entry found last is found again without a hash, by its own key, until the dict changes", () => {
  const subject = new Subject();
  const { dict, root } = subject;
  const [a, b, c] = [1, 2, 3].map((hash) => subject.insert(hash)) as [Region, Region, Region];
  const again = (key: Region, inRoot = root): number => dict.findAgain(inRoot, key, 0, 8);
  assert.equal(again(a), 0, "nothing was found yet");
  const other = dict.create();
  const found = subject.find(a);
  assert.equal(again(a), found);
  assert.equal(again(b), 0);
  assert.equal(again(a, other), 0, "in another dict");
  subject.find(a);
  subject.insert(4);
  assert.equal(again(a), 0, "after an insertion");
  subject.find(a);
  subject.remove(c);
  assert.equal(again(a), 0, "after a removal");
  subject.remove(a);
  assert.equal(again(a), 0, "when it is gone");
});

test("looking ahead tells whether the keys differ, and forgetting whether any was looked up", () => {
  const dict = new EntryDict(new Arena(), 1, 2);
  const root = dict.create();
  const text = Region.fromString("one two two");
  const lookAhead = (...offsets: number[]): boolean =>
    dict.lookAhead(root, text, Int32Array.from(offsets), new Int32Array(offsets.length).fill(3), offsets.length);
  assert.equal(lookAhead(0, 4, 8), true);
  assert.equal(dict.forgetAhead(), true, "none was looked up");
  assert.equal(lookAhead(0, 4, 8), true);
  dict.hash(text, 0, 3);
  assert.equal(dict.forgetAhead(), false);
  assert.equal(dict.forgetAhead(), false, "nothing was prepared");
  assert.equal(lookAhead(4, 8), false);
});

test("a key is found by its bytes, not by its hash alone", () => {
  const subject = new Subject();
  const keys = [subject.insert(7), subject.insert(7), subject.insert(7 + 2 ** 31)];
  for (const key of keys) assert.equal(subject.find(key), subject.refs.get(key));
  assert.equal(subject.find(keyWithHash(7, 99)), 0);
  subject.verify();
});

test("a key that is asked for again is taken from where it lies now, though its page has split or merged since", () => {
  const subject = new Subject();
  const keys = subject.insertMany(100);
  for (const key of keys) {
    assert.notEqual(subject.find(key), 0);
    // Without a look-up in between.
    subject.insertMany(200);
    subject.remove(key);
  }
  subject.verify();
  const [kept, ...others] = [...subject.refs.keys()];
  for (const key of others) {
    subject.remove(key);
    assert.notEqual(subject.find(kept!), 0);
  }
  subject.remove(kept!);
  subject.verify();
});

test("tens of thousands of keys come and go, and the pages with them", () => {
  const subject = new Subject();
  const keys = subject.insertMany(40_000);
  subject.verify();
  const pages = subject.dict.pageCount(subject.root);
  assert.ok(pages > 40_000 / DictPage.SPLIT_AT && pages < (40_000 / DictPage.SPLIT_AT) * 2.2, `${pages} pages`);
  for (const key of keys) assert.equal(subject.find(key), subject.refs.get(key));
  for (const key of keys.slice(100)) subject.remove(key);
  subject.verify();
  assert.ok(subject.dict.pageCount(subject.root) <= 4);
  for (const key of keys.slice(0, 100)) subject.remove(key);
  assert.equal(subject.dict.pageCount(subject.root), 1);
  subject.verify();
});

test("a directory of several tables shrinks to one when its keys go", () => {
  const subject = new Subject();
  // All hashes share 12 bits, so that the pages are deeper than a table of 10 bits.
  const keys = Array.from({ length: 3000 }, () => subject.insert(0xabc00000 | (subject.random.bits() >>> 12)));
  subject.verify();
  for (const key of keys) subject.remove(key);
  subject.verify();
  const blocks: number[] = [];
  subject.dict.eachBlock(subject.root, (ref) => blocks.push(ref));
  assert.equal(blocks.length, 4, "root, top, a table and a page");
});

test("hashes at both ends of the range have their places", () => {
  const subject = new Subject();
  for (let i = 0; i < 600; i++) {
    subject.insert(i % 2 === 0 ? i << 4 : -1 - (i << 4));
  }
  subject.verify();
  let seen = 0;
  for (let prefix = 0; prefix < END; ) prefix = subject.dict.visitPage(subject.root, prefix, () => seen++);
  assert.equal(seen, 600);
});

test("more equal hashes than a page holds are out of memory, and nothing is lost", () => {
  const subject = new Subject();
  for (let i = 0; i < DictPage.SPLIT_AT; i++) subject.insert(0x12345678);
  assert.throws(() => subject.insert(0x12345678), OutOfMemory);
  subject.verify();
  const other = subject.insert(0x92345678);
  assert.notEqual(subject.find(other), 0);
});

test("home buckets stay spread when pages share all but the last 8 bits", () => {
  const used = new Set<number>();
  for (let low = 0; low < 256; low++) used.add(homeBucket(0xabcdef00 | low));
  assert.equal(used.size, DictPage.BUCKETS);
});

test("a page merges far below the size at which it splits", () => {
  const subject = new Subject();
  const keys = subject.insertMany(DictPage.SPLIT_AT + 1);
  assert.equal(subject.dict.pageCount(subject.root), 2);
  let changes = 0;
  let pages = 2;
  for (let i = 0; i < 2000; i++) {
    // The count swings by one around every size on the way down.
    if (i % 10 === 0 && keys.length > 1) subject.remove(keys.pop()!);
    subject.remove(keys.pop()!);
    keys.push(subject.insert(subject.random.bits()));
    if (subject.dict.pageCount(subject.root) !== pages) changes++;
    pages = subject.dict.pageCount(subject.root);
  }
  assert.ok(changes <= 1, `${changes} splits and merges`);
});

test("when the Nth allocation of an insert fails, nothing has changed", () => {
  for (const shared of [0, 12]) {
    const subject = new Subject();
    const { arena } = subject;
    const allocate = arena.allocate.bind(arena);
    let failures = 0;
    for (let i = 0; i < 2500; i++) {
      const hash = (subject.random.bits() >>> shared) | (shared === 0 ? 0 : 0xabc00000);
      for (let n = 2; ; n++) {
        let allocations = 0;
        arena.allocate = (size) => {
          if (++allocations === n) throw new OutOfMemory();
          return allocate(size);
        };
        try {
          subject.insert(hash);
          break;
        } catch (error) {
          assert.ok(error instanceof OutOfMemory);
          failures++;
          arena.allocate = allocate;
          subject.verify();
        }
      }
    }
    // What succeeded on the way to a failure (a grown directory) stays, so there are fewer failures than allocations.
    assert.ok(failures >= 15, `${failures} failures`);
  }
});

test("when the Nth allocation of a new dict fails, nothing leaks", () => {
  for (let n = 1; n <= 4; n++) {
    const arena = new Arena();
    const dict = new ChosenHashDict(arena);
    const allocate = arena.allocate.bind(arena);
    let allocations = 0;
    arena.allocate = (size) => {
      if (++allocations === n) throw new OutOfMemory();
      return allocate(size);
    };
    assert.throws(() => dict.create(), OutOfMemory);
    assert.deepEqual(arena.verify([]), []);
  }
});

test("a scan returns everything once while nothing changes", () => {
  for (const count of [0, 1, 50, 5000]) {
    const subject = new Subject();
    subject.insertMany(count);
    const seen: number[] = [];
    let cursor = 0;
    do cursor = subject.dict.scan(subject.root, cursor, (ref) => seen.push(ref));
    while (cursor !== 0);
    assert.equal(seen.length, count);
    assert.equal(new Set(seen).size, count);
  }
});

/** Ways to walk a dict in steps: each goes from a cursor to the next, 0 at the start and at the end. */
const walks = {
  scan: (subject: Subject, cursor: number, visit: (ref: number) => void) =>
    subject.dict.scan(subject.root, cursor, visit),
  "walk by pages": (subject: Subject, cursor: number, visit: (ref: number) => void) => {
    const next = subject.dict.visitPage(subject.root, cursor, visit);
    return next >= PAGES_END ? 0 : next;
  },
};

for (const [name, walk] of Object.entries(walks)) {
  test(`a ${name} shows what stays from its start to its end exactly once, however the dict grows, shrinks and is refilled`, () => {
    const phase = fc.record({
      steps: fc.integer({ min: 0, max: 60 }),
      remove: fc.integer({ min: 0, max: 1500 }),
      insert: fc.integer({ min: 0, max: 1500 }),
    });
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 0, max: 2000 }),
        fc.array(phase, { maxLength: 8 }),
        (seed, start, phases) => {
          const subject = new Subject();
          const random = new SeededRandom(seed);
          const keys = subject.insertMany(start);
          const awaited = new Set(keys.map((key) => subject.refs.get(key)!));
          const staying = new Set(awaited);
          let cursor = 0;
          const step = (): boolean => {
            cursor = walk(subject, cursor, (ref) => {
              if (staying.has(ref)) assert.ok(awaited.delete(ref), "it is shown twice");
            });
            return cursor === 0;
          };
          let isDone = false;
          for (const { steps, remove, insert } of phases) {
            for (let i = 0; i < steps && !isDone; i++) isDone = step();
            for (let i = 0; i < remove && keys.length > 0; i++) {
              const at = random.below(keys.length);
              const key = keys[at]!;
              keys[at] = keys[keys.length - 1]!;
              keys.pop();
              awaited.delete(subject.refs.get(key)!);
              staying.delete(subject.refs.get(key)!);
              subject.remove(key);
            }
            // A ref that is used again must not count as the old key.
            for (let i = 0; i < insert; i++) keys.push(subject.insert(random.bits()));
          }
          while (!isDone) isDone = step();
          assert.equal(awaited.size, 0);
        },
      ),
      { numRuns: 20 },
    );
  });
}

test("a cursor in the lower of two pages that merge does not lose the upper one", () => {
  const subject = new Subject();
  const lower = Array.from({ length: 150 }, () => subject.insert(subject.random.bits() >>> 1));
  const upper = Array.from({ length: 60 }, () => subject.insert(subject.random.bits() | 0x80000000));
  assert.equal(subject.dict.pageCount(subject.root), 2);
  const awaited = new Set(upper.map((key) => subject.refs.get(key)!));
  let cursor = 0;
  for (let i = 0; i < 9; i++) cursor = subject.dict.scan(subject.root, cursor, (ref) => awaited.delete(ref));
  for (const key of lower) subject.remove(key);
  assert.equal(subject.dict.pageCount(subject.root), 1);
  do cursor = subject.dict.scan(subject.root, cursor, (ref) => awaited.delete(ref));
  while (cursor !== 0);
  assert.equal(awaited.size, 0);
});

test("any number a client gives as a cursor leads to the end", () => {
  const subject = new Subject();
  subject.insertMany(3000);
  const steps = subject.dict.pageCount(subject.root) * DictPage.BUCKETS + 1;
  const cursor = fc.oneof(
    fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    fc.maxSafeInteger().map(Math.abs),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(Number),
    fc.constantFrom(0, 15, 16, 2 ** 32 - 1, 2 ** 32, 2 ** 36 - 1, 2 ** 36, 2 ** 53, 2 ** 63, 2 ** 64, Infinity, NaN),
  );
  fc.assert(
    fc.property(cursor, (start) => {
      let at = start;
      let count = 0;
      do {
        at = subject.dict.scan(subject.root, at, (ref) => assert.ok(ref > 0));
        assert.ok(Number.isSafeInteger(at));
        assert.ok(++count <= steps);
      } while (at !== 0);
    }),
    { numRuns: 200 },
  );
});

test("a sweep finds every key that is due and no other", () => {
  const subject = new Subject();
  const due = new Set<number>();
  for (let i = 0; i < 5000; i++) {
    const expireAtMs = i % 3 === 0 ? 0 : 1000 + (i % 500);
    const key = subject.insert(subject.random.bits(), expireAtMs);
    if (expireAtMs !== 0 && expireAtMs < 1200) due.add(subject.refs.get(key)!);
  }
  assert.deepEqual(subject.sweep(1000), [], "a key is not due at its expiry, only after it");
  const found = subject.sweep(1200 + 1000).filter((ref) => due.has(ref));
  assert.equal(found.length, due.size);
});

test("a sweep leaves no key for more than a second after its time", () => {
  const subject = new Subject();
  const expiries = new Map<number, number>();
  for (let i = 0; i < 20_000; i++) {
    const expireAtMs = 1000 + subject.random.below(60_000);
    expiries.set(subject.refs.get(subject.insert(subject.random.bits(), expireAtMs))!, expireAtMs);
  }
  let reads = 0;
  for (let nowMs = 0; nowMs <= 62_100; nowMs += 100) {
    for (const ref of subject.sweep(nowMs)) {
      const expireAtMs = expiries.get(ref);
      assert.ok(expireAtMs !== undefined && expireAtMs < nowMs && expireAtMs >= nowMs - 1100);
      expiries.delete(ref);
      assert.ok(subject.dict.findRef(subject.root, ref, subject.dict.hashOf(ref)));
      subject.dict.removeFound(subject.root);
      reads++;
    }
  }
  assert.equal(expiries.size, 0);
  assert.equal(reads, 20_000);
});

test("a page that is not due is not read", () => {
  const subject = new Subject();
  const key = subject.insert(1, 5000);
  assert.deepEqual(subject.sweep(4000), []);
  // Behind the dict's back: it must not notice.
  changeExpiry(subject.arena, subject.refs.get(key)!, 100);
  assert.deepEqual(subject.sweep(4500), []);
  assert.deepEqual(subject.sweep(6000), [subject.refs.get(key)]);
});

test("an expiry that is brought forward is found in time, one that is put off is not taken", () => {
  const subject = new Subject();
  const [sooner, later, never] = [subject.insert(1, 9000), subject.insert(2, 1000), subject.insert(3, 1000)];
  const change = (key: Region, expireAtMs: number): void => {
    subject.find(key);
    changeExpiry(subject.arena, subject.refs.get(key)!, expireAtMs);
    subject.dict.expireFound(subject.root, expireAtMs);
  };
  assert.deepEqual(subject.sweep(500), []);
  change(sooner, 600);
  change(later, 8000);
  change(never, 1000);
  assert.deepEqual(subject.sweep(700), [subject.refs.get(sooner)]);
  change(sooner, 20_000);
  assert.deepEqual(subject.sweep(2100), [subject.refs.get(never)]);
});

test("due times survive splits and merges", () => {
  const subject = new Subject();
  const key = subject.insert(0x10000000, 1000);
  const others = subject.insertMany(2000);
  assert.deepEqual(subject.sweep(1500), [subject.refs.get(key)]);
  for (const other of others) subject.remove(other);
  assert.equal(subject.dict.pageCount(subject.root), 1);
  assert.deepEqual(subject.sweep(3000), [subject.refs.get(key)]);
});

test("samples reach every entry about equally often", () => {
  const subject = new Subject();
  subject.insertMany(1000);
  const counts = new Map<number, number>([...subject.refs.values()].map((ref) => [ref, 0]));
  for (let i = 0; i < 40_000; i++) {
    subject.dict.sample(subject.root, subject.random.bits(), 5, false, 4096, (ref) =>
      counts.set(ref, counts.get(ref)! + 1),
    );
  }
  // 200 on average; the gap before an entry decides how much more or less.
  for (const count of counts.values()) assert.ok(count > 40 && count < 700, `an entry was met ${count} times`);
});

test("random entries are all equally likely, in a full dict and in one that has shrunk to a few", () => {
  for (const kept of [1500, 5]) {
    const subject = new Subject();
    const keys = subject.insertMany(1500);
    for (const key of keys.slice(kept)) subject.remove(key);
    const counts = new Map<number, number>([...subject.refs.values()].map((ref) => [ref, 0]));
    const draws = kept * 100;
    for (let i = 0; i < draws; i++) {
      const ref = subject.dict.random(subject.root, subject.random.bits);
      counts.set(ref, counts.get(ref)! + 1);
    }
    let chiSquare = 0;
    for (const count of counts.values()) chiSquare += (count - 100) ** 2 / 100;
    const freedom = kept - 1;
    assert.ok(chiSquare < freedom + 5 * Math.sqrt(2 * freedom), `chi square ${chiSquare} for ${kept} entries`);
  }
});

test("samples of volatile entries are volatile, and found when they are rare", () => {
  const subject = new Subject();
  subject.insertMany(20_000);
  const rare = subject.refs.get(subject.insert(0x77777777, 5000));
  const seen: number[] = [];
  assert.equal(
    subject.dict.sample(subject.root, 0x88888888, 5, true, 4096, (ref) => seen.push(ref)),
    1,
  );
  assert.deepEqual(seen, [rare]);
  assert.equal(
    subject.dict.sample(subject.root, 0x88888888, 5, true, 3, () => {}),
    0,
  );
});

test("a dict is taken apart in slices, each about as long as asked for", () => {
  const subject = new Subject();
  subject.insertMany(20_000);
  let slices = 0;
  for (let isDone = false; !isDone; slices++) {
    let visited = 0;
    isDone = subject.dict.drain(subject.root, 500, (ref) => {
      visited++;
      subject.arena.free(ref);
    });
    assert.ok(visited < 500 + DictPage.SLOTS);
  }
  assert.ok(slices >= 28 && slices <= 42, `${slices} slices`);
  assert.deepEqual(subject.arena.verify([]), []);
});
