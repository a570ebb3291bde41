import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../../../test/support/fuzzing.js";
import { Region } from "../../bytes/region.js";
import { bigCardinality, cardinality, Hll, hasCardinality, setCardinality } from "./hyperloglog.js";
import { HyperLogLogEditor, Raise } from "./hyperloglog-editor.js";
import { describeSparse } from "./hyperloglog-sparse.js";

function newEditor(limit = 3000): HyperLogLogEditor {
  const editor = new HyperLogLogEditor();
  editor.create(limit);
  return editor;
}

function opcodes({ region, offset, length }: HyperLogLogEditor): string {
  return describeSparse(region, offset + Hll.HEADER, offset + length);
}

function opened(limit: number, ...opcodeBytes: number[]): HyperLogLogEditor {
  const bytes = Uint8Array.from([..."HYLL\x01\0\0\0\0\0\0\0\0\0\0\0"].map((c) => c.charCodeAt(0)).concat(opcodeBytes));
  const editor = new HyperLogLogEditor();
  editor.open(new Region(bytes), 0, bytes.length, limit);
  return editor;
}

test("a new value is one run of zeros with a valid cardinality of 0", () => {
  const editor = newEditor();
  assert.equal(editor.length, Hll.EMPTY_BYTES);
  assert.equal(opcodes(editor), "Z:16384");
  assert.equal(hasCardinality(editor.region, editor.offset), true);
  assert.equal(cardinality(editor.region, editor.offset), 0);
});

test("raising a register splits the run it lies in", () => {
  const editor = newEditor();
  assert.equal(editor.raise(1000, 2), Raise.RAISED);
  assert.equal(opcodes(editor), "Z:1000 v:2,1 Z:15383");
  assert.equal(editor.raise(0, 1), Raise.RAISED);
  assert.equal(opcodes(editor), "v:1,1 Z:999 v:2,1 Z:15383");
  assert.equal(editor.raise(Hll.REGISTERS - 1, 32), Raise.RAISED);
  assert.equal(opcodes(editor), "v:1,1 Z:999 v:2,1 Z:15382 v:32,1");
  assert.equal(hasCardinality(editor.region, editor.offset), false);
  assert.equal(editor.raise(1000, 2), Raise.NOTHING);
});

test("equal neighbours are joined into runs of up to four", () => {
  const editor = newEditor();
  for (const index of [2, 0, 1, 3, 4]) editor.raise(index, 3);
  assert.equal(opcodes(editor), "v:3,4 v:3,1 Z:16379");
  editor.raise(1, 4);
  assert.equal(opcodes(editor), "v:3,1 v:4,1 v:3,3 Z:16379");
});

test("a value beyond its limit, or with a number above 32, becomes dense", () => {
  const editor = newEditor(22);
  editor.raise(1000, 2);
  assert.equal(editor.length, 21);
  editor.raise(2000, 2);
  assert.equal(editor.isDense, true);
  assert.equal(editor.length, Hll.DENSE_BYTES);
  const other = newEditor();
  other.raise(5, 33);
  assert.equal(other.isDense, true);
});

test("the limit counts only where a value grows", () => {
  // 64 registers of 0 one by one.
  const editor = opened(0, ...new Array(64).fill(0), 0x7f, 0xbf);
  assert.equal(editor.raise(3, 1), Raise.RAISED);
  assert.equal(editor.isDense, false);
});

test("an editor leaves the value it opened as it was", () => {
  const region = newEditor().region.u8.slice(0, Hll.EMPTY_BYTES);
  const before = region.slice();
  const editor = new HyperLogLogEditor();
  editor.open(new Region(region), 0, region.length, 3000);
  assert.equal(editor.isOwn, false);
  editor.raise(9, 9);
  assert.equal(editor.isOwn, true);
  assert.deepEqual(region, before);
});

test("a register beyond the end of a broken value cannot be raised, nor can a broken value become dense", () => {
  assert.equal(opened(3000, 0x3f).raise(63, 1), Raise.RAISED);
  assert.equal(opened(3000, 0x3f).raise(64, 1), Raise.BROKEN);
  assert.equal(opened(3000).raise(0, 1), Raise.BROKEN);
  assert.equal(opened(3000, 0x7f).raise(0, 1), Raise.BROKEN);
  assert.equal(opened(0, 0x3f).raise(3, 1), Raise.BROKEN);
  assert.equal(opened(3000, 0x3f).raise(3, 33), Raise.BROKEN);
  assert.equal(opened(3000, 0x3f).makeDense(), false);
});

test("a broken value as long as any may be does not grow", () => {
  const zeros = new Array(Hll.SPARSE_LIMIT - Hll.HEADER).fill(0x3f);
  const editor = opened(1e9, ...zeros);
  assert.equal(editor.raise(5, 1), Raise.BROKEN);
  assert.equal(editor.length, Hll.SPARSE_LIMIT);
});

test("raising in any order gives the bytes that raising with a fresh editor for each register gives", () => {
  const random = new SeededRandom(3);
  for (let round = 0; round < 30; round++) {
    const together = newEditor();
    const apart = newEditor();
    let index = 0;
    for (let i = 0; i < 400; i++) {
      index = random.chance(0.5) ? random.below(3000) : index + random.below(3);
      const value = 1 + random.below(3);
      together.raise(index, value);
      apart.open(apart.region, apart.offset, apart.length, 3000);
      apart.raise(index, value);
    }
    assert.equal(opcodes(together), opcodes(apart));
  }
});

test("cardinalities of 64 bits are written and read exactly", () => {
  const region = Region.allocate(Hll.HEADER);
  for (const value of [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 60]) {
    setCardinality(region, 0, value);
    assert.equal(cardinality(region, 0), value);
    assert.equal(bigCardinality(region, 0), BigInt(value));
    assert.equal(hasCardinality(region, 0), true);
  }
  setCardinality(region, 0, -(2 ** 63));
  assert.equal(hasCardinality(region, 0), false);
  assert.equal(bigCardinality(region, 0), -(2n ** 63n));
});
