import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crc16, keySlot, SLOT_COUNT } from "./crc16.js";
import { Region } from "./region.js";

const slot = (key: string): number => keySlot(Region.fromString(`{${key}}`), 1, Buffer.byteLength(key));

test("crc16 gives the check value of CRC-16/XMODEM", () => {
  assert.equal(crc16(Region.fromString("123456789"), 0, 9), 0x31c3);
  assert.equal(crc16(Region.fromString("123456789"), 4, 0), 0);
});

test("slots are those of CLUSTER KEYSLOT", () => {
  assert.equal(slot("somekey"), 11058);
  assert.equal(slot("foo"), 12182);
  assert.equal(slot("bar"), 5061);
  assert.equal(slot(""), 0);
});

test("only the first hash tag counts, and an empty or open one does not", () => {
  assert.equal(slot("foo{hash_tag}"), slot("hash_tag"));
  assert.equal(slot("{user1000}.following"), slot("user1000"));
  assert.equal(slot("foo{bar}{zap}"), slot("bar"));
  assert.equal(slot("foo{{bar}}zap"), slot("{bar"));
  assert.equal(slot("}foo{bar}"), slot("bar"));
  const whole = (key: string): number => crc16(Region.fromString(key), 0, key.length) % SLOT_COUNT;
  for (const key of ["foo{}{bar}", "foo{bar", "foo}bar{", "{", "{}"]) assert.equal(slot(key), whole(key), key);
});

test("crc16 equals the division bit by bit", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      let expected = 0;
      for (const byte of bytes) {
        for (let bit = 7; bit >= 0; bit--) {
          const carry = (expected >>> 15) ^ ((byte >>> bit) & 1);
          expected = ((expected << 1) & 0xffff) ^ (carry ? 0x1021 : 0);
        }
      }
      assert.equal(crc16(new Region(bytes), 0, bytes.length), expected);
    }),
  );
});
