import assert from "node:assert/strict";
import { test } from "node:test";
import { Argv } from "../bytes/argv.js";
import { splitInline } from "./inline-request.js";

/** The words of a line, or null when its quotes are unbalanced. */
function split(line: string): string[] | null {
  const argv = new Argv();
  const u8 = Buffer.from(`<${line}>`, "latin1");
  if (!splitInline(u8, 1, u8.length - 1, argv)) return null;
  return Array.from({ length: argv.count }, (_, i) => argv.latin1(i));
}

test("words are separated by blanks of any kind and number", () => {
  assert.deepEqual(split("  SET\tkey  value \v\f"), ["SET", "key", "value"]);
  assert.deepEqual(split(""), []);
  assert.deepEqual(split(" \t "), []);
});

test("vertical tabs and form feeds within a word belong to it", () => {
  assert.deepEqual(split("a\vb\fc"), ["a\vb\fc"]);
});

test("double quotes keep blanks and understand the escapes of redis-cli", () => {
  assert.deepEqual(split('"a b" "\\x41\\xfF" "\\n\\r\\t\\b\\a" "\\"\\\\\\q"'), [
    "a b",
    "A\xff",
    "\n\r\t\b\x07",
    '"\\q',
  ]);
  assert.deepEqual(split('"\\x4" "\\x4g" "\\xg4"'), ["x4", "x4g", "xg4"]);
  assert.deepEqual(split('""'), [""]);
});

test("single quotes keep everything but an escaped single quote", () => {
  assert.deepEqual(split("'a b' 'it\\'s' '\\n\\x41' 'a\\\\b'"), ["a b", "it's", "\\n\\x41", "a\\\\b"]);
  assert.deepEqual(split("''"), [""]);
});

test("a quoted part may end a word but not stand before or inside one", () => {
  assert.deepEqual(split('a"b c"'), ["ab c"]);
  assert.equal(split('a"b"c'), null);
  assert.equal(split("'a'b"), null);
  assert.deepEqual(split("'a'\v'b'"), ["a", "b"]);
});

test("a quote that is not closed makes the line unbalanced", () => {
  for (const line of ["'a", '"a', '"a\\"', "'a\\'", "'a\\\\'", '"', "'", '"\\', 'a"'])
    assert.equal(split(line), null, line);
});

test("every byte but NUL survives as an escape and as itself", () => {
  for (let byte = 1; byte < 256; byte++) {
    const hex = byte.toString(16).padStart(2, "0");
    const char = String.fromCharCode(byte);
    assert.deepEqual(split(`"\\x${hex}"`), [char]);
    if (char !== '"' && char !== "\\") assert.deepEqual(split(`"${char}"`), [char]);
  }
});

test("a line may hold more words than an Argv has room for at first", () => {
  const words = Array.from({ length: 1000 }, (_, i) => `w${i}`);
  assert.deepEqual(split(words.join(" ")), words);
});
