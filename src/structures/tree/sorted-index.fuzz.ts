/**
 * A sorted index against a sorted array: elements come, go and change their scores at random places or at the ends, singly and in
 * ranges, with scores that are equal, nearly equal or far apart; memory runs out now and then.
 */
import assert from "node:assert/strict";
import { fuzz, type SeededRandom } from "../../../test/support/fuzzing.js";
import { makeSortedElement, writeScore } from "../../../test/support/sorted-elements.js";
import { Region } from "../../bytes/region.js";
import { Arena, OutOfMemory } from "../../memory/arena.js";
import { SortedIndex } from "./sorted-index.js";

interface Member {
  ref: number;
  score: number;
  bytes: Buffer;
}

type Scores = (random: SeededRandom) => number;

const SCORES: Scores[] = [
  () => 1,
  (random) => random.below(5),
  (random) => random.below(2000) - 1000,
  (random) => random.bits() - 2 ** 31,
  (random) => 1.7e12 + random.below(2 ** 22),
  (random) => 1 + random.below(50) * Number.EPSILON,
  (random) => (random.bits() - 2 ** 31) * 2 ** (random.below(600) - 300),
  (random) => random.pick([0, -0, 1, -1, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE]),
];

function compare(a: Member, b: Member): number {
  if (a.score !== b.score) return a.score < b.score ? -1 : 1;
  return Buffer.compare(a.bytes, b.bytes);
}

class Round {
  readonly arena = new Arena();
  readonly index = new SortedIndex(this.arena);
  readonly root = this.index.create();
  readonly cursor = this.index.cursor();
  readonly members: Member[] = [];
  readonly known = new Set<string>();
  readonly scoreOf: Scores;
  failIn = 0;
  serial = 0;

  constructor(readonly random: SeededRandom) {
    this.scoreOf = random.pick([...SCORES, () => ++this.serial, () => --this.serial]);
    const allocate = this.arena.allocate.bind(this.arena);
    this.arena.allocate = (size) => {
      if (this.failIn > 0 && --this.failIn === 0) throw new OutOfMemory();
      return allocate(size);
    };
  }

  run(): void {
    const { random } = this;
    if (random.chance(0.3)) this.#load(random.below(5000));
    const phases = 1 + random.below(8);
    for (let phase = 0; phase < phases; phase++) {
      const growth = random.pick([0, 0.1, 0.5, 0.9, 1]);
      const rescoring = random.pick([0, 0.1, 0.5]);
      const steps = random.pick([20, 300, 3000, 8000]);
      for (let step = 0; step < steps; step++) {
        if (random.chance(rescoring)) this.#rescore();
        else if (random.chance(growth)) this.#insert();
        else this.#remove();
        if (random.chance(0.001)) this.#removeRange();
      }
      this.#verify();
    }
    this.#drain();
  }

  #member(): Member {
    const { random } = this;
    for (;;) {
      const bytes = Buffer.alloc(random.pick([0, 1, 2, 3, 4, 8, 12, 70]));
      for (let i = 0; i < bytes.length; i++) bytes[i] = random.pick([0, 1, 97, 98, 255, random.below(256)]);
      const text = bytes.toString("latin1");
      if (this.known.has(text)) continue;
      this.known.add(text);
      const score = this.scoreOf(random);
      return { ref: makeSortedElement(this.arena, bytes, score), score, bytes };
    }
  }

  /** Index of the first member that is not below this one. */
  #lowerBound(member: Member): number {
    let low = 0;
    let high = this.members.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.members[middle]!, member) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Runs something that may be made to fail for want of memory; false when it was. */
  #tries(change: () => void): boolean {
    if (this.random.chance(0.05)) this.failIn = 1 + this.random.below(3);
    try {
      change();
      return true;
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      return false;
    } finally {
      this.failIn = 0;
    }
  }

  #load(count: number): void {
    const members = Array.from({ length: count }, () => this.#member()).sort(compare);
    for (const member of members) this.index.append(this.root, member.ref);
    this.members.push(...members);
    this.#verify();
  }

  #insert(): void {
    const member = this.#member();
    if (this.#tries(() => this.index.insert(this.root, member.ref)))
      this.members.splice(this.#lowerBound(member), 0, member);
    else this.#forget(member);
  }

  #forget(member: Member): void {
    this.known.delete(member.bytes.toString("latin1"));
    this.arena.free(member.ref);
  }

  #remove(): void {
    if (this.members.length === 0) return;
    const at = this.random.chance(0.1) ? 0 : this.random.below(this.members.length);
    const member = this.members[at]!;
    this.index.remove(this.root, member.ref);
    this.members.splice(at, 1);
    this.#forget(member);
  }

  #rescore(): void {
    const { arena, index, root, members, random } = this;
    if (members.length === 0) return;
    const at = random.below(members.length);
    const member = members[at]!;
    const score = random.chance(0.3) ? members[Math.min(at + 1, members.length - 1)]!.score : this.scoreOf(random);
    if (random.chance(0.1)) {
      const moved = makeSortedElement(arena, member.bytes, member.score);
      index.replace(root, member.ref, moved);
      arena.free(member.ref);
      member.ref = moved;
    }
    if (!this.#tries(() => index.rescore(root, member.ref, score))) return;
    writeScore(arena, member.ref, score);
    members.splice(at, 1);
    member.score = score;
    members.splice(this.#lowerBound(member), 0, member);
  }

  #removeRange(): void {
    const { members, random } = this;
    const from = random.below(members.length + 1);
    const to = from + random.pick([0, 1, 50, 1000]);
    const removed = members.splice(from, to - from);
    let seen = 0;
    this.index.removeRange(this.root, from, to, (ref) => {
      assert.equal(ref, removed[seen]!.ref);
      this.#forget(removed[seen++]!);
    });
    assert.equal(seen, removed.length);
  }

  #verify(): void {
    const { arena, index, root, members, cursor, random } = this;
    assert.deepEqual(index.verify(root), []);
    assert.equal(index.count(root), members.length);
    const blocks = members.map((member) => member.ref);
    let bytes = 0;
    index.eachBlock(root, (ref) => {
      blocks.push(ref);
      bytes += arena.capacity(ref);
    });
    assert.deepEqual(arena.verify(blocks), []);
    assert.equal(index.sizeBytes(root), bytes);
    index.seekRank(root, 0, cursor);
    for (const member of members) assert.equal(cursor.next(), member.ref);
    assert.equal(cursor.next(), 0);
    for (let at = members.length; at > 0; at--) assert.equal(cursor.previous(), members[at - 1]!.ref);
    assert.equal(cursor.previous(), 0);
    for (let i = 0; i < 50; i++) {
      const rank = random.below(members.length + 2);
      assert.equal(index.refAt(root, rank), members[rank]?.ref ?? 0);
      index.seekRank(root, rank, cursor);
      assert.equal(cursor.rank, Math.min(rank, members.length));
      const member = members[rank];
      if (member !== undefined) assert.equal(index.rankOf(root, member.ref), rank);
      this.#verifyScores();
      this.#verifyMembers();
    }
  }

  #verifyScores(): void {
    const { index, root, members, cursor, random } = this;
    const scores = [this.scoreOf(random), this.scoreOf(random)];
    for (const isAfter of [false, true]) {
      const rank = members.filter(({ score }) => score < scores[0]! || (isAfter && score === scores[0])).length;
      assert.equal(index.rankOfScore(root, scores[0]!, isAfter), rank);
      index.seekScore(root, scores[0]!, isAfter, cursor);
      assert.equal(cursor.next(), members[rank]?.ref ?? 0);
      index.seekScore(root, scores[0]!, isAfter, cursor);
      assert.equal(cursor.previous(), members[rank - 1]?.ref ?? 0);
    }
    const [min, max] = scores as [number, number];
    const count = members.filter(({ score }) => score > min && score <= max).length;
    assert.equal(index.countBetween(root, min, true, max, false), count);
  }

  #verifyMembers(): void {
    const { index, root, members, cursor, random } = this;
    if (members.length === 0 || members[0]!.score !== members.at(-1)!.score) return;
    const bytes = random.chance(0.5) ? random.pick(members).bytes : Buffer.from([97, random.below(256), 98]);
    for (const isAfter of [false, true]) {
      const rank = members.filter((member) => Buffer.compare(member.bytes, bytes) < (isAfter ? 1 : 0)).length;
      index.seekMember(root, new Region(new Uint8Array(bytes)), 0, bytes.length, isAfter, cursor);
      assert.equal(cursor.rank, rank);
    }
  }

  #drain(): void {
    const { arena, index, root, members } = this;
    const refs = members.map((member) => member.ref);
    for (const ref of refs) arena.free(ref);
    while (!index.drain(root, 1 + this.random.below(20))) {
      const blocks: number[] = [];
      index.eachBlock(root, (ref) => blocks.push(ref));
      assert.deepEqual(arena.verify(blocks), []);
    }
    assert.deepEqual(arena.verify([]), []);
  }
}

fuzz("sorted-index", (random) => new Round(random).run());
