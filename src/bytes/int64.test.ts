import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareWords, highOf, highWord, isInt64, lowWord, safeInteger, writeWords } from "./int64.js";
import { parseInt64 } from "./integer.js";
import { Region } from "./region.js";

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** Integers around every power of two and of ten, and any others. */
const int64 = fc.oneof(
  fc.bigInt(MIN, MAX),
  fc
    .tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: -2, max: 2 }), fc.boolean())
    .map(([bits, delta, negative]) => BigInt.asIntN(64, (negative ? -1n : 1n) * 2n ** BigInt(bits) + BigInt(delta))),
  fc
    .tuple(fc.integer({ min: 0, max: 18 }), fc.integer({ min: -2, max: 2 }), fc.boolean())
    .map(([digits, delta, negative]) => (negative ? -1n : 1n) * 10n ** BigInt(digits) + BigInt(delta)),
  fc.constantFrom(MIN, MIN + 1n, MAX, MAX - 1n, 0n, -1n),
);

const high = (value: bigint): number => Number(value >> 32n);
const low = (value: bigint): number => Number(BigInt.asIntN(32, value));
const text = (words: string): [Region, number, number] => [Region.fromString(`9${words}9`), 1, words.length];

test("the words of a text are those of its 64-bit integer", () => {
  fc.assert(
    fc.property(int64, (value) => {
      assert.equal(highWord(...text(String(value))), high(value));
      assert.equal(lowWord(...text(String(value))), low(value));
      assert.ok(isInt64(...text(String(value))));
    }),
    { numRuns: 3000 },
  );
});

test("a text that is no canonical 64-bit integer has no words", () => {
  const beyond = [
    MAX + 1n,
    MIN - 1n,
    2n ** 64n - 1n,
    2n ** 64n,
    10n ** 19n - 1n,
    10n ** 19n,
    -(10n ** 19n),
    10n ** 20n,
  ];
  const odd = ["", "-", "-0", "00", "+1", " 1", "1 ", "1.5", "-01", "0x1", "12345678901234567x", "1234567x901234567"];
  const zeros = ["0123456789012345678", "-012345678901234567", "--12345678901234567", "1234567890-1234567"];
  for (const word of [...beyond.map(String), ...odd, ...zeros]) {
    assert.ok(Number.isNaN(highWord(...text(word))), word);
    assert.ok(Number.isNaN(lowWord(...text(word))), word);
    assert.ok(!isInt64(...text(word)), word);
  }
  fc.assert(
    fc.property(fc.stringMatching(/^[-0-9a]{0,21}$/), (word) => {
      assert.equal(isInt64(...text(word)), parseInt64(...text(word)) !== null);
    }),
    { numRuns: 3000 },
  );
});

test("words print as their integer, and touch nothing beyond it", () => {
  fc.assert(
    fc.property(int64, (value) => {
      const region = Region.allocate(24);
      region.u8.fill(0x2e);
      const length = writeWords(region, 2, high(value), low(value));
      assert.equal(Buffer.from(region.u8).toString(), `..${value}`.padEnd(24, "."));
      assert.equal(length, String(value).length);
    }),
    { numRuns: 3000 },
  );
});

test("words become a number exactly when that is safe, and order as their integers", () => {
  fc.assert(
    fc.property(int64, int64, (a, b) => {
      const number = Number(a);
      assert.equal(safeInteger(high(a), low(a)), Number.isSafeInteger(number) ? number : Number.NaN);
      if (Number.isSafeInteger(number)) assert.deepEqual([highOf(number), number | 0], [high(a), low(a)]);
      assert.equal(Math.sign(compareWords(high(a), low(a), high(b), low(b))), a < b ? -1 : a > b ? 1 : 0);
    }),
    { numRuns: 3000 },
  );
});
