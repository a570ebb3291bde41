import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { highOf } from "../../bytes/int64.js";
import { Region } from "../../bytes/region.js";
import { ElementView } from "../entry/element-view.js";
import * as listpack from "./listpack.js";

/** A run with bytes before it and some room behind, as in a block of an arena. */
class Run {
  static readonly START = 5;
  static readonly ROOM = 100_000;
  readonly region = Region.allocate(Run.START + Run.ROOM);
  end = Run.START;

  constructor(elements: readonly string[]) {
    this.region.u8.fill(0xaa);
    for (const element of elements) {
      this.end = listpack.writeString(this.region, this.end, latin1(element), 0, element.length);
    }
  }

  elements(): string[] {
    const all: string[] = [];
    const view = new ElementView();
    for (let at = Run.START; at < this.end; at = listpack.next(this.region, at)) {
      listpack.load(this.region, at, view);
      all.push(view.latin1());
    }
    return all;
  }

  /** The offset of an element by its index, or the end. */
  at(index: number): number {
    return listpack.skip(this.region, Run.START, this.end, index);
  }

  find(text: string, pass: number, from = 0): number {
    return listpack.find(this.region, this.at(from), this.end, latin1(`#${text}#`), 1, text.length, pass);
  }
}

const latin1 = (text: string): Region => new Region(Buffer.from(text, "latin1"));

const integer = fc
  .tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: -2, max: 2 }), fc.boolean())
  .map(([bits, delta, negative]) => String((negative ? -1n : 1n) * 2n ** BigInt(bits) + BigInt(delta)));
const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const text = fc.oneof(
  { weight: 4, arbitrary: integer },
  { weight: 2, arbitrary: fc.integer({ min: -10, max: 300 }).map(String) },
  { weight: 4, arbitrary: fc.array(byte, { maxLength: 12 }).map((bytes) => bytes.join("")) },
  { weight: 2, arbitrary: fc.constantFrom("", "-", "-0", "007", "field:1", "field:2", "Field:1", "1e3") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(60, 62, 63, 64, 65, 124, 125, 126, 4095, 4096, 16384).map((n) => "z".repeat(n)),
  },
);
const elements = fc.array(text, { maxLength: 12 });

test("what is written reads back, and its size was known", () => {
  fc.assert(
    fc.property(elements, (model) => {
      const run = new Run(model);
      assert.deepEqual(run.elements(), model);
      assert.equal(listpack.countElements(run.region, Run.START, run.end), model.length);
      const size = model.reduce((sum, it) => sum + listpack.sizeOfString(latin1(it), 0, it.length), 0);
      assert.equal(run.end - Run.START, size);
    }),
    { numRuns: 500 },
  );
});

test("an integer written as a number or as words is the same element as its text", () => {
  fc.assert(
    fc.property(integer, (digits) => {
      const value = BigInt.asIntN(64, BigInt(digits));
      const asText = new Run([String(value)]);
      const size = asText.end - Run.START;
      const bytes = asText.region.u8.slice(Run.START, asText.end);
      const region = Region.allocate(size);
      const high = Number(value >> 32n);
      const low = Number(BigInt.asIntN(32, value));
      assert.equal(listpack.sizeOfWords(high, low), size);
      assert.equal(listpack.writeWords(region, 0, high, low), size);
      assert.deepEqual(region.u8, bytes);
      const number = Number(value);
      if (!Number.isSafeInteger(number)) return;
      assert.equal(highOf(number), high);
      region.u8.fill(0);
      assert.equal(listpack.sizeOfInteger(number), size);
      assert.equal(listpack.writeInteger(region, 0, number), size);
      assert.deepEqual(region.u8, bytes);
      assert.equal(listpack.readInteger(region, 0), number);
    }),
    { numRuns: 2000 },
  );
});

test("elements are found by index from both ends, whether or not their number is known", () => {
  fc.assert(
    fc.property(elements, fc.boolean(), (model, isKnown) => {
      const run = new Run(model);
      for (let index = -model.length - 2; index <= model.length + 1; index++) {
        const real = index < 0 ? model.length + index : index;
        const expected = real >= 0 && real < model.length ? run.at(real) : -1;
        const count = isKnown ? model.length : -1;
        assert.equal(listpack.seekIndex(run.region, Run.START, run.end, index, count), expected);
      }
    }),
    { numRuns: 300 },
  );
});

test("searching finds the first element that reads as the text, looking only where it should", () => {
  fc.assert(
    fc.property(elements, text, fc.integer({ min: 0, max: 3 }), fc.nat(3), (model, other, pass, from) => {
      const run = new Run(model);
      for (const needle of [...model, other]) {
        const expected = model.findIndex((it, i) => i >= from && (i - from) % (pass + 1) === 0 && it === needle);
        assert.equal(run.find(needle, pass, from), expected < 0 ? -1 : run.at(expected));
        model.forEach((it, i) => {
          const isEqual = listpack.equals(run.region, run.at(i), latin1(`9${needle}9`), 1, needle.length);
          assert.equal(isEqual, it === needle, `${it} ${needle}`);
        });
      }
    }),
    { numRuns: 1000 },
  );
});

test("editing leaves the elements of a spliced array, and nothing outside the run is touched", () => {
  const edit = fc.record({ kind: fc.constantFrom("insert", "replace", "remove"), index: fc.nat(), value: text });
  fc.assert(
    fc.property(elements, fc.array(edit, { maxLength: 20 }), (initial, edits) => {
      const run = new Run(initial);
      const model = [...initial];
      for (const { kind, index, value } of edits) apply(run, model, kind, index, value);
      assert.deepEqual(run.elements(), model);
      assert.deepEqual(
        run.region.u8.subarray(Run.START, run.end),
        new Run(model).region.u8.subarray(Run.START, run.end),
      );
      assert.ok(run.region.u8.subarray(0, Run.START).every((it) => it === 0xaa));
    }),
    { numRuns: 500 },
  );
});

/** One edit on a run and on its model; what it says beforehand about the size must come true. */
function apply(run: Run, model: string[], kind: string, index: number, value: string): void {
  const { region, end } = run;
  const number = Number(value);
  const isNumber = Number.isSafeInteger(number) && String(number) === value;
  const source = latin1(value);
  if (kind === "insert") {
    const at = index % (model.length + 1);
    run.end = isNumber
      ? listpack.insertInteger(region, run.at(at), end, number)
      : listpack.insert(region, run.at(at), end, source, 0, value.length);
    model.splice(at, 0, value);
    assert.equal(run.end, end + listpack.sizeOfString(source, 0, value.length));
    return;
  }
  if (model.length === 0) return;
  const at = index % model.length;
  if (kind === "remove") {
    const count = value.length % 4;
    run.end = listpack.remove(region, run.at(at), end, count);
    model.splice(at, count);
    return;
  }
  const grows = listpack.replacedSize(region, run.at(at), source, 0, value.length);
  if (isNumber) assert.equal(listpack.replacedIntegerSize(region, run.at(at), number), grows);
  run.end = isNumber
    ? listpack.replaceInteger(region, run.at(at), end, number)
    : listpack.replace(region, run.at(at), end, source, 0, value.length);
  model[at] = value;
  assert.equal(run.end, end + grows);
}

test("a run that ends where its memory ends can be searched and walked", () => {
  const region = Region.allocate(4);
  const end = listpack.writeString(region, 0, latin1("ab"), 0, 2);
  assert.equal(end, 4);
  assert.equal(listpack.find(region, 0, end, latin1("ac"), 0, 2, 0), -1);
  assert.equal(listpack.find(region, 0, end, latin1("ab"), 0, 2, 1), 0);
  assert.equal(listpack.previous(region, end), 0);
});
