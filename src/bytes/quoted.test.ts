import assert from "node:assert/strict";
import { test } from "node:test";
import { quotedSize, writeQuoted } from "./quoted.js";
import { Region } from "./region.js";

function quoted(source: Region, offset: number, length: number): string {
  const bytes = Buffer.alloc(quotedSize(source, offset, length));
  assert.equal(writeQuoted(source, offset, length, bytes, 0), bytes.length);
  return bytes.toString("latin1");
}

test("what can be printed stays, quotes and backslashes are escaped, the rest is written in hexadecimal", () => {
  const bytes = Buffer.from('a b~\0"\\\n\r\t\x07\b\x1b\x7f\xff', "latin1");
  const region = new Region(bytes);
  assert.equal(quoted(region, 0, bytes.length), String.raw`"a b~\x00\"\\\n\r\t\a\b\x1b\x7f\xff"`);
  assert.equal(quoted(region, 1, 2), '" b"');
  assert.equal(quoted(region, 0, 0), '""');
});
