import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BitOperation, combineBits, countBits, findBit, invertBits } from "./bits.js";
import { Region } from "./region.js";

/** A slice somewhere inside a region, with its bits as text. */
function sliced(bytes: Uint8Array, before: number): { region: Region; offset: number; bits: string } {
  const u8 = new Uint8Array(before + bytes.length + 5).fill(0xa5);
  u8.set(bytes, before);
  return { region: new Region(u8), offset: before, bits: bitsOf(bytes) };
}

function bitsOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.tuple(fc.constantFrom(0, 255), fc.nat(40), fc.uint8Array({ maxLength: 3 })).map(([fill, length, tail]) => {
    const all = new Uint8Array(length + tail.length).fill(fill);
    all.set(tail, length);
    return all;
  }),
);

test("set bits are counted as one by one, wherever the slice starts", () => {
  fc.assert(
    fc.property(bytes, fc.nat(7), (value, before) => {
      const { region, offset, bits } = sliced(value, before);
      assert.equal(countBits(region, offset, value.length), bits.replaceAll("0", "").length);
    }),
  );
});

test("a long run of ones does not overflow the partial sums", () => {
  const region = new Region(new Uint8Array(10_000).fill(255));
  assert.equal(countBits(region, 1, 9_998), 9_998 * 8);
});

test("the first bit of either value is found, or -1", () => {
  fc.assert(
    fc.property(bytes, fc.nat(7), fc.constantFrom<0 | 1>(0, 1), (value, before, bit) => {
      const { region, offset, bits } = sliced(value, before);
      assert.equal(findBit(region, offset, value.length, bit), bits.indexOf(String(bit)));
    }),
  );
});

test("a shorter source is combined as if filled up with zero bytes", () => {
  const operations = [BitOperation.AND, BitOperation.OR, BitOperation.XOR];
  fc.assert(
    fc.property(bytes, bytes, fc.constantFrom(...operations), fc.nat(7), bytes, (a, b, operation, before, around) => {
      const [long, short] = a.length >= b.length ? [a, b] : [b, a];
      const target = new Region(new Uint8Array([...around, ...long, ...around]));
      const source = sliced(short, before);
      combineBits(operation, target, around.length, long.length, source.region, source.offset, short.length);
      const expected = long.map((byte, i) => {
        const other = short[i] ?? 0;
        if (operation === BitOperation.AND) return byte & other;
        return operation === BitOperation.OR ? byte | other : byte ^ other;
      });
      assert.deepEqual([...target.u8], [...around, ...expected, ...around]);
    }),
  );
});

test("inverting touches only the bytes asked for", () => {
  fc.assert(
    fc.property(bytes, fc.nat(7), fc.nat(40), (value, offset, wanted) => {
      const target = new Region(value.slice());
      const from = Math.min(offset, value.length);
      const length = Math.min(wanted, value.length - from);
      invertBits(target, from, length);
      assert.deepEqual(
        target.u8,
        value.map((byte, i) => (i >= from && i < from + length ? ~byte : byte)),
      );
    }),
  );
});
