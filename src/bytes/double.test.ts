import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDouble, formatGeneral, parseDouble, parseDoubleText } from "./double.js";
import { Region } from "./region.js";

function parse(text: string): number {
  const bytes = Buffer.from(`9${text}9`, "latin1");
  const value = parseDouble(new Region(bytes), 1, text.length);
  assert.ok(Object.is(value, parseDoubleText(text)), text);
  return value;
}

test("decimals are read as C reads them", () => {
  for (const text of ["0", "1", "-1", "+1", "3.14", ".5", "5.", "-.25", "007", "1e5", "1E-5", "123456789012345678"]) {
    assert.equal(parse(text), Number(text), text);
  }
  assert.ok(Object.is(parse("-0"), -0));
  assert.equal(parse("0e99999"), 0);
  assert.equal(parse("4.9e-324"), 5e-324);
});

test("infinity is read in any case, long and short", () => {
  for (const text of ["inf", "+inf", "Infinity", "INF", "+iNfInItY"]) assert.equal(parse(text), Infinity, text);
  for (const text of ["-inf", "-INFINITY"]) assert.equal(parse(text), -Infinity, text);
});

test("hexadecimal is read and correctly rounded", () => {
  assert.equal(parse("0x10"), 16);
  assert.equal(parse("-0X1.8p1"), -3);
  assert.equal(parse("0x.8"), 0.5);
  assert.equal(parse("0x1.p-1074"), 5e-324);
  assert.equal(parse("0x1.00000000000008p0"), 1);
  assert.equal(parse("0x1.000000000000080000000000000000000000000000000000000000000000000000000001"), 1 + 2 ** -52);
  assert.equal(parse("0x1.fffffffffffffp1023"), Number.MAX_VALUE);
  assert.equal(parse(`0x1${"0".repeat(300)}p-1200`), 1);
  assert.ok(Object.is(parse("-0x0p-99999999999"), -0));
});

test("what is not wholly a number is invalid", () => {
  const invalid = [
    "",
    " ",
    " 1",
    "1 ",
    "+",
    "-",
    ".",
    "-.",
    "e5",
    "1e",
    "1e+",
    "1.2.3",
    "--1",
    "+-1",
    "1x",
    "0x",
    "0x.",
    "0xp1",
  ];
  invalid.push(
    "nan",
    "NaN",
    "-nan",
    "nan(1)",
    "in",
    "infin",
    "infinityx",
    "1\0",
    "1,5",
    "1_0",
    "0b1",
    "0o7",
    "\xa01",
    "1p3",
  );
  for (const text of invalid) assert.ok(Number.isNaN(parse(text)), JSON.stringify(text));
});

test("overflow and vanishing numbers are invalid", () => {
  for (const text of ["1e309", "-1e309", "1e-400", "0x1p1024", "0x1p-1075", "0x1p99999999999", "0x1p-99999999999"]) {
    assert.ok(Number.isNaN(parse(text)), text);
  }
});

test("every double reads back from what formatDouble and formatGeneral print", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      assert.ok(Object.is(parse(formatDouble(value)), value));
      assert.ok(Object.is(parse(formatGeneral(value, 17)), value));
    }),
    { numRuns: 1000 },
  );
});

test("short decimals read as JavaScript reads them and print as they were", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.nat(3), (mantissa, places) => {
      const text = (mantissa / 10 ** places).toFixed(places);
      assert.equal(parse(text), Number(text));
    }),
    { numRuns: 1000 },
  );
});

test("doubles are printed as Redis 7.2 prints them", () => {
  const printed: [number, string][] = [
    [0, "0"],
    [-0, "-0"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
    [Number.NaN, "nan"],
    [17, "17"],
    [1.1, "1.1"],
    [-2.5, "-2.5"],
    [0.000001, "0.000001"],
    [1.5e-7, "1.5e-7"],
    [2 ** 62, "4611686018427387904"],
    [2 ** 63, "9223372036854776000"],
    [1e18, "1000000000000000000"],
    [1e20, "1e+20"],
    [123e23, "1.23e+25"],
    [1e100, "1e+100"],
    [5e-324, "5e-324"],
    [Number.MAX_VALUE, "1.7976931348623157e+308"],
    [0.1 + 0.2, "0.30000000000000004"],
    [3.0000000000000004, "3.0000000000000004"],
  ];
  for (const [value, text] of printed) assert.equal(formatDouble(value), text);
});

test("where Grisu2 misses the shortest digits, so does formatDouble", () => {
  // Found by comparing with fpconv; JavaScript prints these shorter.
  for (const [value, text] of MISSED) {
    assert.equal(formatDouble(value), text);
    assert.notEqual(String(value), text);
  }
});

const MISSED: [number, string][] = [
  [0.317197751, "0.31719775099999997"],
  [0.25840167, "0.25840167000000003"],
  [0.000891889, "8.91889e-4"],
  [275.9976416690495, "275.99764166904947"],
];

test("formatGeneral prints as %g does", () => {
  assert.equal(formatGeneral(0.1, 17), "0.10000000000000001");
  assert.equal(formatGeneral(3.5, 17), "3.5");
  assert.equal(formatGeneral(-1e-5, 17), "-1.0000000000000001e-05");
  assert.equal(formatGeneral(0.0001, 17), "0.0001");
  assert.equal(formatGeneral(1e17, 17), "1e+17");
  assert.equal(formatGeneral(1e16, 17), "10000000000000000");
  assert.equal(formatGeneral(1e300, 17), "1.0000000000000001e+300");
  assert.equal(formatGeneral(-1234.5678, 6), "-1234.57");
  assert.equal(formatGeneral(9.9999999, 3), "10");
  assert.equal(formatGeneral(4395625, 6), "4.39562e+06");
  assert.equal(formatGeneral(4395635, 6), "4.39564e+06");
  assert.equal(formatGeneral(2.5, 1), "2");
});
