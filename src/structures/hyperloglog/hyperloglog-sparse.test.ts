import assert from "node:assert/strict";
import { test } from "node:test";
import { Region } from "../../bytes/region.js";
import { Hll } from "./hyperloglog.js";
import { denseRegister } from "./hyperloglog-dense.js";
import { RegisterHistogram } from "./hyperloglog-histogram.js";
import { describeSparse, mergeSparse, sparseToDense } from "./hyperloglog-sparse.js";

/** 1000 zeros, a 2, 19 zeros, two 3s, 15362 zeros: the example in Redis' hyperloglog.c. */
const EXAMPLE = [0x43, 0xe7, 0x84, 0x12, 0x89, 0x7c, 0x01];

/** What all readers make of opcodes: true when they find them whole. The opcodes lie between bytes that would be opcodes too. */
function isWhole(opcodes: readonly number[]): boolean {
  const region = new Region(Uint8Array.from([0x7f, ...opcodes, 0x7f, 0xff]));
  const end = 1 + opcodes.length;
  const answers = [
    mergeSparse(region, 1, end, Region.allocate(Hll.REGISTERS)),
    sparseToDense(region, 1, end, Region.allocate(Hll.DENSE_BYTES), Hll.HEADER),
    new RegisterHistogram().countSparse(region, 1, end),
  ];
  assert.equal(new Set(answers).size, 1);
  return answers[0]!;
}

test("opcodes stand for runs of equal registers", () => {
  const region = new Region(Uint8Array.from(EXAMPLE));
  const registers = Region.allocate(Hll.REGISTERS);
  const dense = Region.allocate(Hll.DENSE_BYTES);
  const histogram = new RegisterHistogram();
  assert.ok(mergeSparse(region, 0, EXAMPLE.length, registers));
  assert.ok(sparseToDense(region, 0, EXAMPLE.length, dense, 0));
  assert.ok(histogram.countSparse(region, 0, EXAMPLE.length));
  const expected = new Uint8Array(Hll.REGISTERS);
  expected.set([2], 1000);
  expected.set([3, 3], 1020);
  assert.deepEqual(registers.u8, expected);
  for (let i = 0; i < Hll.REGISTERS; i++) assert.equal(denseRegister(dense, 0, i), expected[i]);
  assert.deepEqual([...histogram.counts.subarray(0, 5)], [16381, 0, 1, 2, 0]);
});

test("merging keeps what is larger", () => {
  const registers = Region.allocate(Hll.REGISTERS);
  registers.u8.set([9, 9, 1], 999);
  assert.ok(mergeSparse(new Region(Uint8Array.from(EXAMPLE)), 0, EXAMPLE.length, registers));
  assert.deepEqual([...registers.u8.subarray(998, 1003)], [0, 9, 9, 1, 0]);
});

test("opcodes are described as PFDEBUG DECODE prints them", () => {
  const opcodes = [...EXAMPLE, 0xff, 0x3f];
  const text = describeSparse(new Region(Uint8Array.from(opcodes)), 0, opcodes.length);
  assert.equal(text, "Z:1000 v:2,1 z:19 v:3,2 Z:15362 v:32,4 z:64");
  assert.equal(describeSparse(new Region(new Uint8Array(0)), 0, 0), "");
});

test("a value with too few or too many registers, or that ends within an opcode, is broken", () => {
  assert.equal(isWhole([0x7f, 0xff]), true);
  assert.equal(isWhole(EXAMPLE), true);
  assert.equal(isWhole([]), false);
  assert.equal(isWhole([0x7f, 0xfe]), false);
  assert.equal(isWhole([0x7f, 0xfe, 0x00]), true);
  assert.equal(isWhole([0x7f, 0xff, 0x00]), false);
  assert.equal(isWhole([0x7f, 0xff, 0x80]), false);
  assert.equal(isWhole([0x7f, 0xff, 0x7f, 0xff]), false);
  assert.equal(isWhole([0x7f, 0xfc, 0x83]), false);
  assert.equal(isWhole([0x7f]), false);
  // 255 registers, and the first byte of an XZERO that were 16129 if a zero byte followed.
  assert.equal(isWhole([0x40, 0xfe, 0x7f]), false);
  assert.equal(isWhole([0x40, 0xfe, 0x7f, 0x00]), true);
});
