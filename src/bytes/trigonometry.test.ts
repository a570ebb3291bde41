import assert from "node:assert/strict";
import { test } from "node:test";
import { arcsine, cosine, sine } from "./trigonometry.js";

/** Digits of the exact series. */
const ONE = 10n ** 60n;
const PI = 3141592653589793238462643383279502884197169399375105820974944n;

/** A double as a multiple of 10^-60. */
function exactly(value: number): bigint {
  const [sign, magnitude] = [value < 0 ? -1n : 1n, Math.abs(value)];
  let bits = 0;
  let whole = magnitude;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    bits++;
  }
  return (sign * (BigInt(whole) * ONE)) >> BigInt(bits);
}

/** The sine and, starting from 1, the cosine. */
function series(x: bigint, start: bigint, from: number): bigint {
  let term = start;
  let sum = start;
  for (let n = from; term !== 0n; n += 2) {
    term = ((-(term * x) / ONE) * x) / ONE / BigInt(n * (n + 1));
    sum += term;
  }
  return sum;
}

/** Distance of a double from an exact value, in units of its last place. */
function errorOf(value: number, exact: bigint): number {
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 52);
  return Math.abs(Number(exactly(value) - exact) / 1e60 / unit);
}

const angles = Array.from(
  { length: 2000 },
  (_, i) => (((i * 0.618_033_988_7) % 1) * 2 - 1) * (i % 4 === 0 ? 0.01 : 3.14),
);

test("sine and cosine are as exact as a double can be", () => {
  for (const x of angles) {
    const exact = exactly(x);
    assert.ok(errorOf(sine(x), series(exact, exact, 2)) < 0.51, `sine of ${x}`);
    assert.ok(errorOf(cosine(x), series(exact, ONE, 1)) < 0.51, `cosine of ${x}`);
  }
});

test("the sine of an arcsine is where it came from, as exactly as a double can tell", () => {
  for (const x of angles.map((angle) => Math.abs(angle) / 3.15)) {
    if (x < 1e-4) continue;
    const angle = arcsine(x);
    const exact = exactly(angle);
    const slope = Math.cos(angle);
    const unit = 2 ** (Math.floor(Math.log2(angle)) - 52);
    const error = Number(series(exact, exact, 2) - exactly(x)) / 1e60 / slope / unit;
    assert.ok(Math.abs(error) < 0.52, `arcsine of ${x} is ${error} units off`);
  }
});

test("the ends of their ranges", () => {
  assert.equal(sine(0), 0);
  assert.equal(cosine(0), 1);
  assert.ok(Object.is(sine(-0), -0));
  assert.equal(sine(Math.PI), Number(PI - exactly(Math.PI)) / 1e60);
  assert.equal(sine(-Math.PI), -sine(Math.PI));
  assert.equal(cosine(Math.PI), -1);
  assert.equal(sine(Math.PI / 2), 1);
  assert.equal(cosine(Math.PI / 2), 6.123233995736766e-17);
  assert.equal(sine(1e-300), 1e-300);
  assert.equal(arcsine(0), 0);
  assert.equal(arcsine(1), Math.PI / 2);
  assert.equal(arcsine(1 - 2 ** -53), 1.5707963118937354);
  assert.ok(Number.isNaN(arcsine(1 + 2 ** -52)));
});
