import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  addLongDouble,
  formatLongDouble,
  isFiniteLongDouble,
  LONG_ZERO,
  type LongDouble,
  parseLongDouble,
  parseLongDoubleText,
} from "./long-double.js";
import { Region } from "./region.js";

function parse(text: string): LongDouble {
  const value = parseLongDouble(new Region(Buffer.from(`9${text}9`, "latin1")), 1, text.length);
  assert.ok(value !== null, text);
  return value;
}

function isInvalid(text: string): boolean {
  return parseLongDouble(new Region(Buffer.from(`9${text}9`, "latin1")), 1, text.length) === null;
}

const sum = (a: string, b: string): string => formatLongDouble(addLongDouble(parse(a), parse(b)));

test("sums are those of redis-server", () => {
  const sums: [string, string, string][] = [
    ["1", "0.25", "1.25"],
    ["0.1", "0.2", "0.3"],
    ["3.0e3", "1.5e2", "3150"],
    ["100.1", "0.2", "100.3"],
    ["3000.1", "0.2", "3000.30000000000000004"],
    ["-3000.1", "0.2", "-2999.90000000000000013"],
    ["1234567.89", "0.01", "1234567.89999999999997726"],
    ["17179869184", "1.5", "17179869185.5"],
    ["0x1p3", "-.5", "7.5"],
  ];
  for (const [a, b, expected] of sums) assert.equal(sum(a, b), expected, `${a} + ${b}`);
});

test("integers of 64 bits are exact, longer ones are rounded to even", () => {
  assert.equal(sum("9223372036854775807", "9223372036854775808"), "18446744073709551615");
  assert.equal(formatLongDouble(parse("18446744073709551617")), "18446744073709551616");
  assert.equal(formatLongDouble(parse("18446744073709551619")), "18446744073709551620");
});

test("seventeen digits are printed after the point, without trailing zeros or a negative zero", () => {
  assert.equal(formatLongDouble(parse("3.00000")), "3");
  assert.equal(formatLongDouble(parse("-0")), "0");
  assert.equal(formatLongDouble(parse("-1e-20")), "0");
  assert.equal(formatLongDouble(parse("1e-17")), "0.00000000000000001");
  assert.equal(formatLongDouble(parse("1e20")), "100000000000000000000");
  assert.equal(formatLongDouble(LONG_ZERO), "0");
});

test("sums beyond the range are infinite, opposite infinities give no number", () => {
  const largest = "1.18973149535723176502e4932";
  assert.equal(formatLongDouble(parse(largest)).length, 4933);
  const overflow = addLongDouble(parse(largest), parse(largest));
  assert.ok(!isFiniteLongDouble(overflow));
  assert.equal(formatLongDouble(overflow), "inf");
  assert.equal(sum("inf", "1"), "inf");
  assert.equal(sum("1", "-infinity"), "-inf");
  assert.equal(sum("inf", "-inf"), "nan");
});

test("what strtold does not take wholly is invalid, and so are overflow and vanishing numbers", () => {
  const invalid = ["", " 1", "1 ", "nan", "-nan", "1e5000", "-1e5000", "1e-5000", "1e", ".", "-", "0x", "1..2", "1\0"];
  invalid.push("1e99999999999999999999", "1e-99999999999999999999", `1.${"0".repeat(5118)}`);
  for (const text of invalid) assert.ok(isInvalid(text), JSON.stringify(text.slice(0, 40)));
  assert.ok(!isInvalid(`1.${"0".repeat(5117)}`));
  assert.ok(!isInvalid("3.6e-4951"));
  assert.ok(!isInvalid("0x1p-16445"));
});

test("the quick way of short decimals gives what the complete way gives", () => {
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.nat(13), (digits, places) => {
      const text = decimal(digits, places);
      const complete = parseLongDoubleText(text);
      assert.ok(complete !== null);
      const quick = parse(text);
      assert.equal(quick.negative, complete.negative);
      assert.ok(equal(quick, complete), text);
    }),
    { numRuns: 2000 },
  );
});

test("small sums of short decimals are what they are on paper", () => {
  fc.assert(
    fc.property(fc.integer({ min: -15_000, max: 15_000 }), fc.integer({ min: -15_000, max: 15_000 }), (a, b) => {
      const text = decimal(a + b, 3).replace(/\.?0+$/, "");
      assert.equal(sum(decimal(a, 3), decimal(b, 3)), text === "" || text === "-0" ? "0" : text);
    }),
  );
});

/** digits / 10^places in decimal, without exponent. */
function decimal(digits: number, places: number): string {
  const text = String(Math.abs(digits)).padStart(places + 1, "0");
  const point = text.length - places;
  return `${digits < 0 ? "-" : ""}${text.slice(0, point)}${places > 0 ? "." : ""}${text.slice(point)}`;
}

function equal(a: LongDouble, b: LongDouble): boolean {
  const exponent = Math.min(a.exponent, b.exponent);
  return a.mantissa << BigInt(a.exponent - exponent) === b.mantissa << BigInt(b.exponent - exponent);
}
