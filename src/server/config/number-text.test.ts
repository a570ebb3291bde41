import assert from "node:assert/strict";
import { test } from "node:test";
import { formatMemory, INT64_MAX, integerText, parseInteger, parseLoose, parseMemory } from "./number-text.js";

test("an integer has no blanks, plus sign or leading zeros", () => {
  assert.equal(parseInteger("0"), 0);
  assert.equal(parseInteger("-12"), -12);
  assert.equal(parseInteger("9223372036854775807"), INT64_MAX);
  assert.equal(parseInteger("-9223372036854775808"), -INT64_MAX - 1n);
  for (const text of ["", "-", "-0", "+1", "01", " 1", "1 ", "1.0", "1e3", "9223372036854775808", "x"]) {
    assert.equal(parseInteger(text), null, text);
  }
});

test("a loose integer is what strtoll reads to the end", () => {
  assert.deepEqual([" +7", "-07", "", "0"].map(parseLoose), [7, -7, 0, 0]);
  assert.deepEqual(["7x", " ", "7 ", "--7"].map(parseLoose), [null, null, null, null]);
});

test("a memory size has a unit of 1000 or 1024, in any case", () => {
  const sizes = ["5", "5b", "5k", "5KB", "5m", "5Mb", "5g", "5gB", "", "mb"].map(parseMemory);
  assert.deepEqual(sizes, [5, 5, 5000, 5120, 5e6, 5242880, 5e9, 5368709120, 0, 0]);
  for (const text of ["-1", "1x", "1 mb", "1.5gb", "1mbb", "mb1", `${"1".repeat(128)}`]) {
    assert.equal(parseMemory(text), null, text);
  }
});

test("memory sizes saturate as digits and wrap around as products, as in C", () => {
  assert.equal(parseMemory("18446744073709551616"), 18446744073709551615n);
  assert.equal(parseMemory("99999999999gb"), 15140462030378500096n);
});

test("a memory size is written in the largest unit that divides it", () => {
  assert.deepEqual([0, 1, 1024, 1536, 3 << 20, 2 ** 31].map(formatMemory), ["0", "1", "1kb", "1536", "3mb", "2gb"]);
});

test("the largest integers print exactly", () => {
  assert.equal(integerText(Number(INT64_MAX), INT64_MAX), "9223372036854775807");
  assert.equal(integerText(2 ** 64), "18446744073709551615");
  assert.equal(integerText(2 ** 53 - 1), "9007199254740991");
});
