import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../../../test/support/fuzzing.js";
import { Region } from "../../bytes/region.js";
import { Hll } from "./hyperloglog.js";
import { denseRegister, mergeDense, packDense, raiseDenseRegister, setDenseRegister } from "./hyperloglog-dense.js";
import { RegisterHistogram } from "./hyperloglog-histogram.js";

const AT = 24;
const BYTES = Hll.DENSE_BYTES - Hll.HEADER;

function randomRegisters(seed: number): Region {
  const random = new SeededRandom(seed);
  const registers = Region.allocate(Hll.REGISTERS);
  for (let i = 0; i < Hll.REGISTERS; i++) registers.u8[i] = random.below(64);
  return registers;
}

/** The registers as a dense value between bytes of 0xaa. */
function dense(registers: Region): Region {
  const region = Region.allocate(AT + BYTES + 8);
  region.u8.fill(0xaa);
  packDense(registers, region, AT);
  return region;
}

test("a dense register is six bits from the lowest bit of the first byte up", () => {
  const region = Region.allocate(BYTES);
  setDenseRegister(region, 0, 1, 0b111111);
  assert.deepEqual([...region.u8.subarray(0, 3)], [0b11000000, 0b00001111, 0]);
  setDenseRegister(region, 0, Hll.REGISTERS - 1, 0b100001);
  assert.equal(region.u8[BYTES - 1], 0b10000100);
});

test("setting a register leaves all others and what lies around them", () => {
  const expected = randomRegisters(1);
  const region = dense(expected);
  const random = new SeededRandom(2);
  for (let i = 0; i < 20_000; i++) {
    const index = random.below(Hll.REGISTERS);
    expected.u8[index] = random.below(64);
    setDenseRegister(region, AT, index, expected.u8[index]!);
  }
  for (let i = 0; i < Hll.REGISTERS; i++) assert.equal(denseRegister(region, AT, i), expected.u8[i]);
  assert.deepEqual(region.u8, dense(expected).u8);
});

test("a register is only ever raised", () => {
  const region = Region.allocate(BYTES);
  assert.equal(raiseDenseRegister(region, 0, 7, 5), true);
  assert.equal(raiseDenseRegister(region, 0, 7, 5), false);
  assert.equal(raiseDenseRegister(region, 0, 7, 4), false);
  assert.equal(denseRegister(region, 0, 7), 5);
});

test("merging takes the larger of each register", () => {
  const left = randomRegisters(3);
  const right = randomRegisters(4);
  const expected = left.u8.map((value, i) => Math.max(value, right.u8[i]!));
  mergeDense(dense(right), AT, left);
  assert.deepEqual(left.u8, expected);
});

test("a histogram counts every register, dense or a byte each, and forgets what it counted before", () => {
  const registers = randomRegisters(5);
  const expected = new Int32Array(64);
  for (const value of registers.u8) expected[value]!++;
  const histogram = new RegisterHistogram();
  for (let time = 0; time < 2; time++) {
    histogram.countDense(dense(registers), AT);
    assert.deepEqual(histogram.counts, expected);
    histogram.countBytes(registers);
    assert.deepEqual(histogram.counts, expected);
  }
});
