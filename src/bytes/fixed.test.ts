import assert from "node:assert/strict";
import { test } from "node:test";
import { formatFixed, formatHuman } from "./fixed.js";

test("six digits after the point as C prints them, ties to the even digit", () => {
  const examples: [number, string][] = [
    [200, "200.000000"],
    [-0, "-0.000000"],
    [-1e-9, "-0.000000"],
    [0.0078125, "0.007812"],
    [0.0234375, "0.023438"],
    [-200.0078125, "-200.007812"],
    [1e21, "1000000000000000000000.000000"],
    [-1e23, "-99999999999999991611392.000000"],
    [Number.POSITIVE_INFINITY, "inf"],
    [Number.NEGATIVE_INFINITY, "-inf"],
    [Number.NaN, "nan"],
  ];
  for (const [value, text] of examples) assert.equal(formatFixed(value, 6), text);
});

test("coordinates as Redis prints them for people", () => {
  const examples: [number, string][] = [
    [13.361389338970184, "13.36138933897018433"],
    [38.1155563954963, "38.11555639549629859"],
    [180, "180"],
    [-85.05112878, "-85.0511287799999991"],
    [2 ** -18, "0.00000381469726562"],
    [3 * 2 ** -18, "0.00001144409179688"],
    [0.5, "0.5"],
    [1e-20, "0"],
    [-1e-20, "0"],
    [-0, "0"],
  ];
  for (const [value, text] of examples) assert.equal(formatHuman(value), text);
});
