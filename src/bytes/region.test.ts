import assert from "node:assert/strict";
import { test } from "node:test";
import { clearBytes, compareBytes, copyBytes, equalBytes, moveBytes, Region } from "./region.js";

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
  for (let length = 0; length < 530; length++) {
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

test("bytes move within a region in both directions, by every distance and over every length around the limits", () => {
  for (const buffer of [new ArrayBuffer(900), new SharedArrayBuffer(900)]) {
    const region = new Region(new Uint8Array(buffer, 3));
    for (let distance = -20; distance <= 20; distance++) {
      for (const length of [...Array(70).keys(), 511, 512, 513, 530]) {
        for (let i = 0; i < region.u8.length; i++) region.u8[i] = i * 89 + (i >> 8);
        const expected = Uint8Array.from(region.u8);
        expected.copyWithin(200 + distance, 200, 200 + length);
        moveBytes(region, 200, 200 + distance, length);
        assert.deepEqual(Buffer.compare(region.u8, expected), 0, `${length} bytes by ${distance}`);
      }
    }
  }
});

test("bytes are cleared, and none beside them", () => {
  for (const buffer of [new ArrayBuffer(70_000), new SharedArrayBuffer(70_000)]) {
    const region = new Region(new Uint8Array(buffer));
    for (const length of [...Array(70).keys(), 511, 512, 513, 16_383, 16_384, 16_385, 50_001]) {
      for (let offset = 3; offset < 12; offset++) {
        region.u8.fill(0xff);
        clearBytes(region, offset, length);
        assert.equal(region.u8.indexOf(0), length === 0 ? -1 : offset);
        assert.equal(region.u8.lastIndexOf(0), length === 0 ? -1 : offset + length - 1);
        assert.equal(region.u8.indexOf(0xff, offset), offset + length);
      }
    }
  }
});
