import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hashBytes } from "./hash.js";
import { Region } from "./region.js";

/** HalfSipHash-c-d as the paper writes it, one byte and one round at a time. */
function referenceHash(bytes: Uint8Array, k0: number, k1: number, compression: number, finalization: number): number {
  const rotate = (x: number, n: number): number => (x << n) | (x >>> (32 - n));
  const v = new Uint32Array([k0, k1, 0x6c796765 ^ k0, 0x74656462 ^ k1]);
  const rounds = (count: number): void => {
    while (count-- > 0) {
      v[0]! += v[1]!;
      v[1] = rotate(v[1]!, 5) ^ v[0]!;
      v[0] = rotate(v[0]!, 16);
      v[2]! += v[3]!;
      v[3] = rotate(v[3]!, 8) ^ v[2]!;
      v[0]! += v[3]!;
      v[3] = rotate(v[3]!, 7) ^ v[0]!;
      v[2]! += v[1]!;
      v[1] = rotate(v[1]!, 13) ^ v[2]!;
      v[2] = rotate(v[2]!, 16);
    }
  };
  const padded = new Uint8Array((bytes.length & ~3) + 4);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length;
  const words = new DataView(padded.buffer);
  for (let i = 0; i < padded.length; i += 4) {
    const word = words.getUint32(i, true);
    v[3]! ^= word;
    rounds(compression);
    v[0]! ^= word;
  }
  v[2]! ^= 0xff;
  rounds(finalization);
  return v[1]! ^ v[3]!;
}

const KEY0 = 0x03020100;
const KEY1 = 0x07060504;
const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i);

test("the reference used here gives the published vectors of HalfSipHash-2-4", () => {
  // The 32-bit vectors for inputs of 0 to 3 bytes under the key 00..07, read as little-endian numbers.
  const published = [0x5b9f35a9, 0xb85a4727, 0x03a662fa, 0x04e7fe8a];
  published.forEach((expected, length) => {
    assert.equal(referenceHash(counting(length), KEY0, KEY1, 2, 4) >>> 0, expected);
  });
});

test("hashBytes gives the published vectors of HalfSipHash-1-3", () => {
  const published = [0x5814c896, 0xe7e864ca, 0xbc4b0e30, 0x01539939, 0x7e059ea6, 0x88e3d89b, 0xa0080b65, 0x9d38d9d6];
  published.forEach((expected, length) => {
    assert.equal(hashBytes(new Region(counting(length)), 0, length, KEY0, KEY1) >>> 0, expected);
  });
});

test("hashBytes equals the reference for any bytes, key and place in the region", () => {
  const word = fc.integer({ min: -0x80000000, max: 0xffffffff });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(7), word, word, (bytes, offset, k0, k1) => {
      const region = Region.allocate(offset + bytes.length);
      region.u8.set(bytes, offset);
      assert.equal(hashBytes(region, offset, bytes.length, k0, k1), referenceHash(bytes, k0, k1, 1, 3));
    }),
  );
});
