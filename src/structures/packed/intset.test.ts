import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Region } from "../../bytes/region.js";
import { ElementView } from "../entry/element-view.js";
import * as intset from "./intset.js";

const START = 3;
const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** Integers of all widths, many of them just at the border of one. */
const int64 = fc
  .tuple(fc.constantFrom(3, 7, 15, 15, 16, 31, 31, 32, 52, 53, 62, 63), fc.integer({ min: -4, max: 4 }), fc.boolean())
  .map(([bits, delta, negative]) => BigInt.asIntN(64, (negative ? -1n : 1n) * 2n ** BigInt(bits) + BigInt(delta)));

class Set64 {
  readonly region = Region.allocate(START + 1024);

  constructor(values: readonly bigint[] = []) {
    this.region.u8.fill(0xaa);
    intset.create(this.region, START);
    for (const value of values) this.add(String(value));
  }

  /** Adds, after checking that the size foretold comes true. */
  add(text: string): boolean {
    const source = Region.fromString(`1${text}1`);
    const size = intset.sizeAfterAdd(this.region, START, source, 1, text.length);
    const isNew = intset.add(this.region, START, source, 1, text.length);
    assert.equal(intset.size(this.region, START), size);
    assert.equal(this.region.u8[START + size], 0xaa, "wrote beyond its size");
    this.region.u8.fill(0xaa, START + size);
    return isNew;
  }

  remove(text: string): boolean {
    const isRemoved = intset.remove(this.region, START, Region.fromString(`1${text}1`), 1, text.length);
    // What was behind may stay there; `add` looks for bytes written beyond its size.
    this.region.u8.fill(0xaa, START + intset.size(this.region, START));
    return isRemoved;
  }

  find(text: string): number {
    return intset.find(this.region, START, Region.fromString(`1${text}1`), 1, text.length);
  }

  values(): bigint[] {
    const view = new ElementView();
    return Array.from({ length: intset.count(this.region, START) }, (_, i) => {
      intset.load(this.region, START, i, view);
      const value = BigInt(view.latin1());
      assert.equal(view.integer, Number.isSafeInteger(Number(value)) ? Number(value) : Number.NaN);
      const high = BigInt(intset.highAt(this.region, START, i));
      assert.equal((high << 32n) + BigInt(intset.lowAt(this.region, START, i) >>> 0), value);
      return value;
    });
  }

  bytes(): Region {
    return new Region(this.region.u8.slice(START, START + intset.size(this.region, START)));
  }
}

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** What redis-server 7.0.15 dumps (rdbcompression no) for sets of these integers. */
const DUMPED: [values: readonly bigint[], dumped: string][] = [
  [[5n, -3n, 0n, 32767n, -32768n], "02000000050000000080fdff00000500ff7f"],
  [[5n, -3n, 2147483647n, -2147483648n, 32768n], "040000000500000000000080fdffffff0500000000800000ffffff7f"],
  [
    [5n, -3n, MAX, MIN, 9007199254740993n],
    "08000000050000000000000000000080fdffffffffffffff05000000000000000100000000002000ffffffffffffff7f",
  ],
];

test("intsets are byte for byte those redis-server dumps", () => {
  for (const [values, dumped] of DUMPED) {
    const set = new Set64(values);
    assert.equal(Buffer.from(set.bytes().u8).toString("hex"), dumped);
    assert.equal(intset.validate(set.bytes(), 0, dumped.length / 2), values.length);
  }
});

test("the width stays when the integers that needed it go, as in redis-server", () => {
  const set = new Set64([1n, 2n, 3n, 100000n, -3000000000n]);
  assert.ok(set.remove("-3000000000"));
  assert.ok(set.remove("2"));
  const dumped = "080000000300000001000000000000000300000000000000a086010000000000";
  assert.equal(Buffer.from(set.bytes().u8).toString("hex"), dumped);
});

test("adding, finding and removing agree with a sorted array of bigints over all widths", () => {
  const step = fc.tuple(int64, fc.boolean());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const set = new Set64();
      const model = new Set<bigint>();
      for (const [value, isAdded] of steps) {
        if (isAdded) assert.equal(set.add(String(value)), !model.has(value));
        else assert.equal(set.remove(String(value)), model.has(value));
        if (isAdded) model.add(value);
        else model.delete(value);
      }
      const sorted = [...model].sort(ascending);
      assert.deepEqual(set.values(), sorted);
      for (const [value] of steps) assert.equal(set.find(String(value)), sorted.indexOf(value));
      const bytes = set.bytes();
      assert.equal(
        intset.validate(bytes, 0, bytes.u8.length),
        sorted.length === 0 ? ~intset.Intset.COUNT : sorted.length,
      );
      assert.ok(set.region.u8.subarray(0, START).every((it) => it === 0xaa));
    }),
    { numRuns: 1500 },
  );
});

test("several integers are removed at an index", () => {
  const set = new Set64([1n, 2n, 3n, 4n, 5n]);
  intset.removeAt(set.region, START, 1, 3);
  assert.deepEqual(set.values(), [1n, 5n]);
  intset.removeAt(set.region, START, 1, 1);
  assert.deepEqual(set.values(), [1n]);
});

test("text that is no canonical 64-bit integer is never a member, and cannot be added", () => {
  const set = new Set64([0n, 1n, MIN, MAX]);
  for (const text of ["", "-", "-0", "00", "01", "+1", " 1", "1 ", "1.0", "a", `${MAX + 1n}`, `${MIN - 1n}`]) {
    const source = Region.fromString(text);
    assert.equal(set.find(text), -1);
    assert.equal(set.remove(text), false);
    assert.equal(intset.sizeAfterAdd(set.region, START, source, 0, text.length), -1);
    assert.throws(() => intset.add(set.region, START, source, 0, text.length));
  }
  assert.equal(set.values().length, 4);
});

test("broken intsets are refused with the position of what is wrong, without reading outside", () => {
  const broken: [what: string, bytes: string, position: number][] = [
    ["nothing", "", 0],
    ["half a header", "02000000", 0],
    ["an unknown width", "03000000010000000000", 0],
    ["no integers", "0200000000000000", 4],
    ["too few bytes", "02000000020000000100", 4],
    ["too many bytes", "020000000100000001000200", 4],
    ["a count that wraps around", "08000000000000200100000000000000", 4],
    ["the same integer twice", "0200000003000000010002000200", 12],
    ["descending integers", "0200000003000000020001000300", 10],
    [
      "low words compared as signed",
      "0800000002000000ffffffff0000000000000000000000000000000000000000".slice(0, 48),
      16,
    ],
  ];
  for (const [what, bytes, position] of broken) {
    const region = new Region(Buffer.from(bytes, "hex"));
    assert.equal(intset.validate(region, 0, region.u8.length), ~position, what);
  }
});
