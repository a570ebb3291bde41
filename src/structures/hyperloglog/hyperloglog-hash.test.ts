import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Region } from "../../bytes/region.js";
import { Hll } from "./hyperloglog.js";
import { elementPattern } from "./hyperloglog-hash.js";

const M = 0xc6a4a7935bd1e995n;
const word64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** MurmurHash64A as its author wrote it, over integers of any size. */
function murmurHash64A(bytes: Uint8Array, seed: bigint): bigint {
  let hash = word64(seed ^ (BigInt(bytes.length) * M));
  const word = (from: number, to: number) =>
    bytes.subarray(from, to).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const whole = bytes.length & ~7;
  for (let i = 0; i < whole; i += 8) {
    let k = word64(word(i, i + 8) * M);
    k = word64((k ^ (k >> 47n)) * M);
    hash = word64((hash ^ k) * M);
  }
  if (whole < bytes.length) hash = word64((hash ^ word(whole, bytes.length)) * M);
  hash = word64((hash ^ (hash >> 47n)) * M);
  return hash ^ (hash >> 47n);
}

function expectedPattern(bytes: Uint8Array): [index: number, value: number] {
  const hash = murmurHash64A(bytes, 0xadc83b19n);
  let rest = (hash >> 14n) | (1n << 50n);
  let value = 1;
  for (; (rest & 1n) === 0n; rest >>= 1n) value++;
  return [Number(hash & 16383n), value];
}

function pattern(bytes: Uint8Array, before = 0): [index: number, value: number] {
  const region = Region.allocate(before + bytes.length);
  region.u8.set(bytes, before);
  const packed = elementPattern(region, before, bytes.length);
  return [packed & Hll.INDEX_MASK, packed >>> Hll.INDEX_BITS];
}

test("the register and number of an element follow from its 64-bit hash", () => {
  const elements = fc.uint8Array({ maxLength: 70 });
  fc.assert(
    fc.property(elements, fc.nat(9), (bytes, before) => {
      assert.deepEqual(pattern(bytes, before), expectedPattern(bytes));
    }),
    { numRuns: 3000 },
  );
});

test("long runs of zero bits are counted across both halves of the hash", () => {
  const bytes = new Uint8Array(4);
  const found = new Set<number>();
  for (let i = 0; i < 400_000; i++) {
    new DataView(bytes.buffer).setInt32(0, i, true);
    const [index, value] = pattern(bytes);
    if (value < 16) continue;
    found.add(value);
    assert.deepEqual([index, value], expectedPattern(bytes));
  }
  assert.ok(
    [...found].some((value) => value > 18),
    "no hash went beyond its lower half",
  );
});

test("the empty element has a register too", () => {
  assert.deepEqual(pattern(new Uint8Array(0)), expectedPattern(new Uint8Array(0)));
});
