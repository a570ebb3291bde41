import assert from "node:assert/strict";
import { test } from "node:test";
import { type CopyLong, copyLong, directCopy, stagedCopy } from "./copy-long.js";
import { Region } from "./region.js";

/** What the stage takes at a time. */
const STAGE_BYTES = 131_072;
const ways: readonly [string, CopyLong][] = [
  ["chosen", copyLong],
  ["direct", (from, at, to, toAt, length) => directCopy(from.u8, at, to.u8, toAt, length)],
  ["staged", stagedCopy(1)],
  ["partly staged", stagedCopy(2)],
];

function filled(sizeBytes: number, isShared: boolean, factor: number): Uint8Array {
  const bytes = new Uint8Array(isShared ? new SharedArrayBuffer(sizeBytes) : new ArrayBuffer(sizeBytes));
  for (let i = 0; i < sizeBytes; i++) bytes[i] = Math.imul(i + 1, factor) >>> 11;
  return bytes;
}

/** Copies, and compares all of the target with what it should be. */
function check(copy: CopyLong, from: Uint8Array, fromOffset: number, to: Uint8Array, toOffset: number, length: number) {
  const expected = Uint8Array.from(to);
  for (let i = 0; i < length; i++) expected[toOffset + i] = from[fromOffset + i]!;
  copy(new Region(from), fromOffset, new Region(to), toOffset, length);
  if (Buffer.compare(to, expected) === 0) return;
  assert.fail(`${length} bytes from ${from.byteOffset} + ${fromOffset} to ${to.byteOffset} + ${toOffset}`);
}

for (const [name, copy] of ways) {
  for (const kinds of ["plain to plain", "plain to shared", "shared to plain", "shared to shared"]) {
    const [fromShared, toShared] = [kinds.startsWith("shared"), kinds.endsWith("shared")];
    test(`the ${name} copy, ${kinds}: every pair of places modulo 8, every length`, () => {
      const from = filled(5000, fromShared, 2654435761).subarray(3);
      const to = filled(5000, toShared, 40503).subarray(5);
      for (let a = 0; a < 8; a++) {
        for (let b = 0; b < 8; b++) {
          for (let length = 0; length < 40; length++) check(copy, from, a, to, 8 + b, length);
          for (const length of [97, 255, 256, 1000, 4097]) check(copy, from, a, to, 8 + b, length);
        }
      }
    });

    test(`the ${name} copy, ${kinds}: lengths around what the stage takes`, () => {
      const from = filled(3 * STAGE_BYTES, fromShared, 2654435761);
      const to = filled(3 * STAGE_BYTES, toShared, 40503);
      for (const length of [STAGE_BYTES - 1, STAGE_BYTES, STAGE_BYTES + 1, 2 * STAGE_BYTES + 3]) {
        check(copy, from, 1, to, 6, length);
        check(copy, from, 6, to, 1, length);
        check(copy, from, 8, to, 16, length);
      }
    });
  }

  for (const isShared of [false, true]) {
    test(`the ${name} copy within ${isShared ? "shared" : "plain"} memory: overlapping, to both sides`, () => {
      const bytes = filled(3 * STAGE_BYTES, isShared, 2654435761);
      for (const length of [0, 9, 97, 1000, STAGE_BYTES + 1, 2 * STAGE_BYTES + 3]) {
        for (const distance of [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 131, 5000]) {
          for (const [from, to] of [
            [0, distance],
            [distance, 0],
          ] as const) {
            const expected = Uint8Array.from(bytes);
            expected.copyWithin(to, from, from + length);
            const region = new Region(bytes);
            copy(region, from, region, to, length);
            assert.equal(Buffer.compare(bytes, expected), 0, `${length} bytes from ${from} to ${to}`);
          }
        }
      }
    });
  }
}
