import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Crc64, crc64 } from "./crc64.js";
import { Region } from "./region.js";

/** The definition, bit by bit. */
function referenceCrc(bytes: Uint8Array): bigint {
  let crc = 0n;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ 0x95ac9329ac4bc9b5n : crc >> 1n;
  }
  return crc;
}

test("crc64 gives the check value of Redis' CRC-64", () => {
  assert.equal(crc64(Region.fromString("123456789"), 0, 9), 0xe9c6d914c4b8d9can);
  assert.equal(crc64(Region.allocate(0), 0, 0), 0n);
});

test("crc64 equals the division bit by bit, wherever the bytes are cut", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, at) => {
      const cut = Math.min(at, bytes.length);
      const region = new Region(bytes);
      const crc = new Crc64();
      crc.update(region, 0, cut);
      const { low, high } = crc;
      crc.reset(low, high);
      crc.update(region, cut, bytes.length - cut);
      const written = Region.allocate(9);
      crc.write(written, 1);
      assert.equal(written.dv.getBigUint64(1, true), referenceCrc(bytes));
      crc.reset();
      assert.equal(crc.low + crc.high, 0);
    }),
  );
});

test("the CRC of a DUMP payload of redis-server is the one at its end", () => {
  // DUMP of the string "hello": type 0, length 5, RDB version 10, then the CRC of all that.
  const payload = Buffer.from("000568656c6c6f0a006372df766534200a", "hex");
  const crc = crc64(new Region(payload), 0, payload.length - 8);
  assert.equal(crc, payload.readBigUInt64LE(payload.length - 8));
});
