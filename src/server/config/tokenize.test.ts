import assert from "node:assert/strict";
import { test } from "node:test";
import { quote, tokenize } from "./tokenize.js";

test("words are separated by any number of blanks", () => {
  assert.deepEqual(tokenize("  save  900\t1 \r\n"), ["save", "900", "1"]);
  assert.deepEqual(tokenize(""), []);
  assert.deepEqual(tokenize("   "), []);
});

test("double quotes keep blanks and know escapes", () => {
  assert.deepEqual(tokenize('a "b c" "\\x41\\n\\t\\"\\\\\\q"'), ["a", "b c", 'A\n\t"\\q']);
  assert.deepEqual(tokenize('"\\xg1" "\\a\\b\\r"'), ["xg1", "\x07\b\r"]);
  assert.deepEqual(tokenize('save ""'), ["save", ""]);
  assert.deepEqual(tokenize('"\\xff"'), ["\xff"]);
});

test("single quotes only know the escaped single quote", () => {
  assert.deepEqual(tokenize("'a\\'b' 'c\\nd'"), ["a'b", "c\\nd"]);
  assert.deepEqual(tokenize("logfile ''"), ["logfile", ""]);
});

test("a quote may open inside a word, which ends with it", () => {
  assert.deepEqual(tokenize('a"b c" d'), ["ab c", "d"]);
});

test("unbalanced quotes are refused", () => {
  for (const line of ['"a', "'a", 'a "', '"a"b', "'a'b", '"a\\"', "'a\\'", '"a\\']) {
    assert.equal(tokenize(line), null, line);
    assert.equal(tokenize(`  ${line}`), null, `blanks before ${line}`);
  }
});

test("what quote writes, tokenize reads", () => {
  let all = "";
  for (let code = 0; code < 256; code++) all += String.fromCharCode(code);
  assert.deepEqual(tokenize(`x ${quote(all)}`), ["x", all]);
  assert.equal(quote('a"\\\n\x01\xe9 ~'), '"a\\"\\\\\\n\\x01\\xe9 ~"');
});
