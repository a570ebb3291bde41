import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Sha1, sha1Hex } from "./sha1.js";

test("the digests are those of the standard's examples", () => {
  assert.equal(sha1Hex(Buffer.from("")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  assert.equal(sha1Hex(Buffer.from("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  const long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  assert.equal(sha1Hex(Buffer.from(long)), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
});

test("every length around the block size agrees with the platform's SHA-1", () => {
  for (let length = 0; length < 300; length++) {
    const bytes = new Uint8Array(length).map((_, i) => i * 31 + length);
    assert.equal(sha1Hex(bytes), createHash("sha1").update(bytes).digest("hex"), `${length} bytes`);
  }
});

test("a digest may be written over its input", () => {
  const bytes = Buffer.from("abcdefghijklmnopqrstuvwxyz");
  const expected = sha1Hex(bytes);
  new Sha1().digest(bytes, 0, bytes.length, bytes);
  assert.equal(bytes.subarray(0, 20).toString("hex"), expected);
});
