import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SeededRandom } from "../../../test/support/fuzzing.js";
import { makeSortedElement, writeScore } from "../../../test/support/sorted-elements.js";
import { Region } from "../../bytes/region.js";
import { Arena, OutOfMemory } from "../../memory/arena.js";
import { SortedIndex } from "./sorted-index.js";

class Subject {
  readonly arena = new Arena();
  readonly index = new SortedIndex(this.arena);
  readonly root = this.index.create();
  readonly cursor = this.index.cursor();
  readonly names = new Map<number, string>();

  make(member: string, score: number): number {
    const ref = makeSortedElement(this.arena, Buffer.from(member, "latin1"), score);
    this.names.set(ref, member);
    return ref;
  }

  insert(member: string, score: number): number {
    const ref = this.make(member, score);
    this.index.insert(this.root, ref);
    return ref;
  }

  /** Members from the cursor's gap on. */
  rest(): string[] {
    const members: string[] = [];
    for (let ref = this.cursor.next(); ref !== 0; ref = this.cursor.next()) members.push(this.names.get(ref)!);
    return members;
  }

  members(): string[] {
    this.index.seekRank(this.root, 0, this.cursor);
    return this.rest();
  }

  verify(): void {
    assert.deepEqual(this.index.verify(this.root), []);
    const blocks = [...this.names.keys()];
    this.index.eachBlock(this.root, (ref) => blocks.push(ref));
    assert.deepEqual(this.arena.verify(blocks), []);
  }
}

test("elements come in the order of their scores, then of their bytes, the shorter first", () => {
  const subject = new Subject();
  const scores = [
    ["b", 1],
    ["a", 1],
    ["", 1],
    ["ab", 1],
    ["\xff", 1],
    ["neg", -1],
    ["inf", Number.POSITIVE_INFINITY],
    ["-inf", Number.NEGATIVE_INFINITY],
    ["tiny", Number.MIN_VALUE],
    ["-tiny", -Number.MIN_VALUE],
    ["zero b", 0],
    ["zero a", -0],
    ["next", 1 + Number.EPSILON],
  ] as const;
  for (const [member, score] of scores) subject.insert(member, score);
  assert.deepEqual(subject.members(), [
    "-inf",
    "neg",
    "-tiny",
    "zero a",
    "zero b",
    "tiny",
    "",
    "a",
    "ab",
    "b",
    "\xff",
    "next",
    "inf",
  ]);
  subject.verify();
});

test("an empty index answers every question", () => {
  const { index, root, cursor } = new Subject();
  assert.equal(index.refAt(root, 0), 0);
  assert.equal(index.countBetween(root, -Infinity, false, Infinity, false), 0);
  index.seekRank(root, 0, cursor);
  assert.equal(cursor.next() + cursor.previous() + cursor.rank, 0);
  index.seekMember(root, Region.fromString("a"), 0, 1, false, cursor);
  assert.equal(cursor.next(), 0);
  index.removeRange(root, 0, 10, () => assert.fail());
});

test("removing what is not there is an error of the program", () => {
  const subject = new Subject();
  subject.insert("a", 1);
  assert.throws(() => subject.index.remove(subject.root, subject.make("b", 1)), /not in the index/);
});

test("bounds of scores are included or excluded, from both sides", () => {
  const subject = new Subject();
  const { index, root, cursor } = subject;
  for (let i = 0; i < 900; i++) subject.insert(`m${i % 3}-${i}`, Math.floor(i / 3));
  for (const [score, isAfter, rank] of [
    [-5, true, 0],
    [0, false, 0],
    [0, true, 3],
    [99.5, false, 300],
    [100, false, 300],
    [100, true, 303],
    [299, true, 900],
    [1e9, false, 900],
  ] as const) {
    index.seekScore(root, score, isAfter, cursor);
    assert.equal(cursor.rank, rank);
    assert.equal(index.rankOfScore(root, score, isAfter), rank);
    assert.equal(cursor.next(), index.refAt(root, rank));
    index.seekScore(root, score, isAfter, cursor);
    assert.equal(cursor.previous(), index.refAt(root, rank - 1));
  }
  assert.equal(index.countBetween(root, 10, false, 20, false), 33);
  assert.equal(index.countBetween(root, 10, true, 20, true), 27);
  assert.equal(index.countBetween(root, 20, false, 10, false), 0);
  assert.equal(index.countBetween(root, 10, true, 10, true), 0);
});

test("members of one score are found as words in a dictionary", () => {
  const subject = new Subject();
  const { index, root, cursor } = subject;
  const words = Array.from({ length: 1000 }, (_, i) => `w${String(i * 2).padStart(4, "0")}`);
  for (const word of words) subject.insert(word, 7);
  const seek = (text: string, isAfter: boolean): number => {
    index.seekMember(root, Region.fromString(text), 0, text.length, isAfter, cursor);
    return cursor.rank;
  };
  assert.equal(seek("w0100", false), 50);
  assert.equal(seek("w0100", true), 51);
  assert.equal(seek("w0101", false), 51);
  assert.equal(seek("", true), 0);
  assert.equal(seek("x", false), 1000);
  seek("w1990", true);
  assert.deepEqual(subject.rest(), words.slice(996));
});

test("a new score moves an element, near or far, and may be written afterwards", () => {
  const subject = new Subject();
  const { arena, index, root } = subject;
  const refs = Array.from({ length: 2000 }, (_, i) => subject.insert(`m${i}`, i * 10));
  for (const [at, score] of [
    [50, 501],
    [51, 485],
    [52, 19_990],
    [1999, -1],
    [0, 0.5],
    [1000, 10_000],
    [3, Number.POSITIVE_INFINITY],
  ] as const) {
    index.rescore(root, refs[at]!, score);
    writeScore(arena, refs[at]!, score);
    subject.verify();
    assert.equal(index.count(root), 2000);
  }
  assert.equal(index.rankOf(root, refs[1999]!), 0);
  assert.equal(index.rankOf(root, refs[3]!), 1999);
});

test("a new score for which memory runs out leaves the element where it was", () => {
  const subject = new Subject();
  const { arena, index, root } = subject;
  const refs = Array.from({ length: 128 * 20 }, (_, i) => subject.insert(`m${i}`, i));
  const allocate = arena.allocate;
  arena.allocate = () => {
    throw new OutOfMemory();
  };
  assert.throws(() => index.rescore(root, refs[5]!, 1000.5), OutOfMemory);
  arena.allocate = allocate;
  assert.equal(index.rankOf(root, refs[5]!), 5);
  subject.verify();
});

test("an element may move to another block", () => {
  const subject = new Subject();
  const { arena, index, root } = subject;
  const refs = Array.from({ length: 300 }, (_, i) => subject.insert(`m${String(i).padStart(3, "0")}`, 1));
  for (const at of [0, 128, 299]) {
    const moved = subject.make(`m${String(at).padStart(3, "0")}`, 1);
    index.replace(root, refs[at]!, moved);
    arena.free(refs[at]!);
    subject.names.delete(refs[at]!);
    assert.equal(index.rankOf(root, moved), at);
    subject.verify();
  }
});

test("ranges of ranks are taken out in order", () => {
  const subject = new Subject();
  const { arena, index, root } = subject;
  let expected = Array.from({ length: 3000 }, (_, i) => `m${String(i).padStart(4, "0")}`);
  for (const member of expected) subject.insert(member, 0);
  for (const [from, to] of [
    [0, 1],
    [2999, 5000],
    [100, 228],
    [10, 2000],
    [5, 5],
    [0, 990],
    [0, 100],
  ] as const) {
    const removed: string[] = [];
    index.removeRange(root, from, to, (ref) => {
      removed.push(subject.names.get(ref)!);
      subject.names.delete(ref);
      arena.free(ref);
    });
    assert.deepEqual(removed, expected.slice(from, to));
    expected = [...expected.slice(0, from), ...expected.slice(to)];
    subject.verify();
  }
  assert.equal(index.count(root), 0);
});

test("a small set has a small index", () => {
  const subject = new Subject();
  for (let i = 0; i < 8; i++) subject.insert(`m${i}`, i);
  assert.equal(subject.index.sizeBytes(subject.root), 32 + 72 + 64);
  subject.verify();
});

test("an element costs at most 8.5 bytes in ascending and in descending order, 11 in random order", () => {
  const random = new SeededRandom(1);
  for (const [scoreOf, most] of [
    [(i: number) => i, 8.5],
    [(i: number) => -i, 8.5],
    [() => random.bits(), 11],
  ] as const) {
    const subject = new Subject();
    for (let i = 0; i < 50_000; i++) subject.insert(`m${i}`, scoreOf(i));
    const bytes = subject.index.sizeBytes(subject.root) / 50_000;
    assert.ok(bytes <= most, `${bytes} bytes an element`);
    subject.verify();
  }
});

test("an index is a sorted array, whatever comes, goes and moves", () => {
  const step = fc.tuple(
    fc.constantFrom("insert", "insert", "remove", "rescore"),
    fc.nat(),
    fc.constantFrom(0, 1, 1.5, -3),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 500, size: "max" }), (steps) => {
      const subject = new Subject();
      const { arena, index, root } = subject;
      const scores = new Map<number, number>();
      steps.forEach(([kind, pick, score], i) => {
        const ref = [...scores.keys()][pick % Math.max(1, scores.size)];
        if (kind === "insert" || ref === undefined) {
          scores.set(subject.insert(`${pick % 7}-${i}`, score), score);
        } else if (kind === "remove") {
          index.remove(root, ref);
          arena.free(ref);
          subject.names.delete(ref);
          scores.delete(ref);
        } else {
          index.rescore(root, ref, score);
          writeScore(arena, ref, score);
          scores.set(ref, score);
        }
      });
      subject.verify();
      const sorted = [...scores].sort(
        ([a, x], [b, y]) => x - y || (subject.names.get(a)! < subject.names.get(b)! ? -1 : 1),
      );
      assert.deepEqual(
        subject.members(),
        sorted.map(([ref]) => subject.names.get(ref)),
      );
      sorted.forEach(([ref], rank) => assert.equal(index.rankOf(root, ref), rank));
    }),
    { numRuns: 50 },
  );
});
