import assert from "node:assert/strict";
import { test } from "node:test";
import { Region } from "../bytes/region.js";
import {
  compareIds,
  decrementId,
  fillId,
  IdForm,
  idText,
  incrementId,
  newId,
  parseAnyId,
  parseId,
  setIdTime,
  writeId,
} from "./stream-id.js";

const region = (text: string) => new Region(Buffer.from(text, "latin1"));
const MAX = "18446744073709551615";

function parsed(text: string, missing = 0): string {
  const id = newId();
  const form = parseId(region(text), 0, text.length, id, missing);
  return form === IdForm.INVALID ? "invalid" : idText(id) + (form === IdForm.ANY_SEQUENCE ? " any" : "");
}

test("IDs are read as Redis reads them: whole, without a sequence, or with any", () => {
  assert.equal(parsed("5-7"), "5-7");
  assert.equal(parsed("5"), "5-0");
  assert.equal(parsed("5", 0xffffffff), `5-${MAX}`);
  assert.equal(parsed("5-*"), "5-0 any");
  assert.equal(parsed(`${MAX}-${MAX}`), `${MAX}-${MAX}`);
  assert.equal(parsed("9007199254740993-4294967296"), "9007199254740993-4294967296");
  assert.equal(parsed("007- 1"), "7-1");
  assert.equal(parsed("5-1\x00x"), "5-1");
  for (const text of ["", "-", "x", "5-", "-5", "5--1", "1-1-1", "18446744073709551616", "5-*x", "1".repeat(128)])
    assert.equal(parsed(text), "invalid", text);
});

test("- and + are the smallest and the largest ID where a range is meant", () => {
  const id = newId();
  assert.ok(parseAnyId(region("+"), 0, 1, id, 0));
  assert.equal(idText(id), `${MAX}-${MAX}`);
  assert.ok(parseAnyId(region("-"), 0, 1, id, 0));
  assert.equal(idText(id), "0-0");
  assert.ok(!parseAnyId(region("5-*"), 0, 3, id, 0));
});

test("IDs are written in all their digits", () => {
  const target = Region.allocate(64);
  for (const text of [
    "0-0",
    "1526919030474-55",
    `${MAX}-${MAX}`,
    "9223372036854775808-9007199254740993",
    "4294967296-1",
  ]) {
    const id = newId();
    parseId(region(text), 0, text.length, id, 0);
    const length = writeId(target, 3, id);
    assert.equal(Buffer.from(target.u8.subarray(3, 3 + length)).toString(), text);
  }
});

test("the next ID and the one before carry over, and turn around at the ends", () => {
  const id = newId();
  setIdTime(id, 2 ** 32 + 5);
  assert.equal(idText(id), "4294967301-0");
  assert.ok(decrementId(id));
  assert.equal(idText(id), `4294967300-${MAX}`);
  assert.ok(incrementId(id));
  assert.equal(idText(id), "4294967301-0");
  const other = newId();
  fillId(other, 0xffffffff);
  assert.ok(compareIds(id, other) < 0);
  assert.ok(!incrementId(other));
  assert.equal(idText(other), "0-0");
  assert.ok(!decrementId(other));
  assert.equal(idText(other), `${MAX}-${MAX}`);
});
