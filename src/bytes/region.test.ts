import assert from "node:assert/strict";
import { test } from "node:test";
import { compareBytes, copyBytes, equalBytes, Region } from "./region.js";

test("a region over a Buffer shares its memory, but a slice of it is a copy", () => {
  const buffer = Buffer.from("..abc..").subarray(2, 5);
  const region = new Region(buffer);
  const copy = region.u8.slice(0, 2);
  buffer[0] = 0x7a;
  assert.equal(region.u8[0], 0x7a);
  assert.equal(region.dv.getUint8(0), 0x7a);
  assert.deepEqual(copy, new Uint8Array([0x61, 0x62]));
});

test("bytes are copied, compared and ordered over every length around the word and loop limits", () => {
  for (let length = 0; length < 130; length++) {
    const from = Region.allocate(length + 3);
    for (let i = 0; i < length; i++) from.u8[3 + i] = (i * 37) & 0xff;
    const to = Region.allocate(length + 10);
    copyBytes(from, 3, to, 5, length);
    assert.deepEqual(to.u8.subarray(5, 5 + length), from.u8.subarray(3));
    assert.deepEqual(to.u8.subarray(5 + length), new Uint8Array(5));
    assert.ok(equalBytes(from, 3, to, 5, length));
    if (length === 0) continue;
    to.u8[4 + length]! ^= 0x80;
    assert.ok(!equalBytes(from, 3, to, 5, length));
    const order = compareBytes(from, 3, length, to, 5, length);
    assert.equal(order > 0, from.u8[2 + length]! > to.u8[4 + length]!);
    assert.ok(compareBytes(from, 3, length - 1, from, 3, length) < 0);
  }
});
