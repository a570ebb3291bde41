import assert from "node:assert/strict";
import { test } from "node:test";
import { copyWords, moveWords } from "./words.js";

test("words move in both directions, by odd and even distances, few and many", () => {
  for (const buffer of [new ArrayBuffer(1024), new SharedArrayBuffer(1024)]) {
    const words = new Uint32Array(buffer);
    for (let distance = -9; distance <= 9; distance++) {
      for (const count of [0, 1, 2, 23, 24, 25, 26, 60, 61]) {
        for (let i = 0; i < words.length; i++) words[i] = i * 0x01010101;
        const expected = Uint32Array.from(words);
        expected.copyWithin(100 + distance, 100, 100 + count);
        moveWords(words, 100, 100 + distance, count);
        assert.deepEqual(Uint32Array.from(words), expected, `${count} words by ${distance}`);
      }
    }
  }
});

test("words are copied from one array to another, and none beside them", () => {
  const from = Uint32Array.of(1, 2, 3, 4, 5);
  const to = new Uint32Array(6);
  copyWords(from, 1, to, 2, 3);
  assert.deepEqual(to, Uint32Array.of(0, 0, 2, 3, 4, 0));
});
