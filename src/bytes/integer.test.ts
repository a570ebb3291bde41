import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { digitCount, parseInt64, parseInteger, parseUint64, writeInt64, writeInteger } from "./integer.js";
import { Region } from "./region.js";

/** The text between two bytes that would be read as digits if a bound were wrong. */
function surrounded(text: string): [Region, number, number] {
  return [Region.fromString(`9${text}9`), 1, Buffer.byteLength(text)];
}

const number = (text: string): number => parseInteger(...surrounded(text));
const signed = (text: string): bigint | null => parseInt64(...surrounded(text));
const unsigned = (text: string): bigint | null => parseUint64(...surrounded(text));

const NOT_CANONICAL = [
  "",
  "-",
  "+1",
  "-0",
  "00",
  "01",
  "-01",
  " 1",
  "1 ",
  "1.0",
  "1e3",
  "0x1",
  "1-",
  "--1",
  "a",
  "1:",
  "1/",
];

test("parseInteger takes canonical integers up to 2^53 - 1", () => {
  for (const text of ["0", "7", "-7", "123456789", "-123456789", "1234567890", "2147483648", "-2147483649"]) {
    assert.equal(number(text), Number(text));
  }
  assert.equal(number("9007199254740991"), Number.MAX_SAFE_INTEGER);
  assert.equal(number("-9007199254740991"), Number.MIN_SAFE_INTEGER);
});

test("parseInteger gives NaN for what is not canonical or too large", () => {
  const tooLarge = ["9007199254740992", "-9007199254740992", "9999999999999999", "10000000000000000", "1".repeat(40)];
  for (const text of [...NOT_CANONICAL, ...tooLarge]) assert.ok(Number.isNaN(number(text)), text);
});

test("parseInt64 takes the signed 64-bit range and nothing beyond", () => {
  assert.equal(signed("0"), 0n);
  assert.equal(signed("9223372036854775807"), 9223372036854775807n);
  assert.equal(signed("-9223372036854775808"), -9223372036854775808n);
  for (const text of ["9223372036854775808", "-9223372036854775809", "1".repeat(21), ...NOT_CANONICAL]) {
    assert.equal(signed(text), null, text);
  }
});

test("parseUint64 takes the unsigned range, canonical or as strtoull reads it", () => {
  assert.equal(unsigned("18446744073709551615"), 18446744073709551615n);
  assert.equal(unsigned("18446744073709551616"), null);
  assert.equal(unsigned("-1"), null);
  assert.equal(unsigned("0005"), 5n);
  assert.equal(unsigned(" +5"), 5n);
  assert.equal(unsigned("-05"), 18446744073709551611n);
  for (const text of ["", "-", "+", " ", "1x", "5 "]) assert.equal(unsigned(text), null, text);
});

test("every safe integer is written as JavaScript prints it, and reads back", () => {
  const region = Region.allocate(32);
  const integer = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.integer({ min: -2000, max: 2000 }));
  fc.assert(
    fc.property(integer, (value) => {
      const length = writeInteger(region, 3, value);
      assert.equal(Buffer.from(region.u8.subarray(3, 3 + length)).toString(), String(value));
      assert.equal(digitCount(value), length);
      assert.equal(parseInteger(region, 3, length), value);
    }),
    { numRuns: 2000 },
  );
});

test("every number of digits is counted and written", () => {
  const region = Region.allocate(32);
  for (let power = 1; power <= 1e15; power *= 10) {
    for (const value of [power - 1, power, power + 1, -power]) {
      const length = writeInteger(region, 0, value);
      assert.equal(Buffer.from(region.u8.subarray(0, length)).toString(), String(value));
      assert.equal(digitCount(value), length);
    }
  }
});

test("every 64-bit integer is written as it is printed, and reads back", () => {
  const region = Region.allocate(32);
  fc.assert(
    fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }), (value) => {
      const length = writeInt64(region, 1, value);
      assert.equal(Buffer.from(region.u8.subarray(1, 1 + length)).toString(), String(value));
      if (value < 1n << 63n) assert.equal(parseInt64(region, 1, length), value);
      if (value >= 0n) assert.equal(parseUint64(region, 1, length), value);
    }),
  );
});
