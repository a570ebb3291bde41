import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatShortest } from "./grisu.js";

test("numbers are laid out as fpconv lays them out", () => {
  assert.equal(formatShortest(0.001234), "0.001234");
  assert.equal(formatShortest(0.000001234), "1.234e-6");
  assert.equal(formatShortest(1234567.125), "1234567.125");
  assert.equal(formatShortest(1e7), "10000000");
  assert.equal(formatShortest(1e8), "1e+8");
  assert.equal(formatShortest(-123e5), "-12300000");
  assert.equal(formatShortest(-123e10), "-1.23e+12");
  assert.equal(formatShortest(2.2250738585072014e-308), "2.2250738585072014e-308");
  assert.equal(formatShortest(5e-324), "5e-324");
});

test("every finite double reads back, with at most seventeen digits", () => {
  const double = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => value !== 0);
  fc.assert(
    fc.property(double, (value) => {
      const text = formatShortest(value);
      assert.equal(Number(text), value);
      const digits = text.replace(/^-?[0.]*|e.*$|\./g, "").replace(/0+$/, "");
      assert.ok(digits.length <= 17, text);
    }),
    { numRuns: 1000 },
  );
});
