import assert from "node:assert/strict";
import { test } from "node:test";
import { changeExpiry, expiryOf, makeEntry } from "../../../test/support/entries.js";
import { Region } from "../../bytes/region.js";
import { Arena } from "../../memory/arena.js";
import { Ref } from "../../memory/segment.js";
import { Entry, EntryView, entrySize, externalPayload, keyLengthAt, keyOffset, loadEntry } from "./entry.js";

test("the header grows by 8 bytes each for an expiry, long lengths and a payload elsewhere", () => {
  assert.equal(keyOffset(0), 8);
  for (const part of [Entry.EXPIRE, Entry.LONG, Entry.EXTERNAL]) assert.equal(keyOffset(part), 16);
  assert.equal(keyOffset(Entry.EXPIRE | Entry.LONG), 24);
  assert.equal(keyOffset((Entry.EXPIRE | Entry.LONG | Entry.EXTERNAL) >>> 0), 32);
  assert.equal(keyOffset((Entry.EXPIRE | (Entry.KEY_MAX << Entry.KEY_SHIFT) | Entry.PAYLOAD_MAX) >>> 0), 16);
});

test("a 16-byte key with a 16-byte value takes 40 bytes, 48 with an expiry", () => {
  assert.equal(entrySize(16, 16, false), 40);
  assert.equal(entrySize(16, 16, true), 48);
});

test("sizes change where the key or the payload get too long for their bits or their place", () => {
  assert.equal(entrySize(511, 0, false), 8 + 511);
  assert.equal(entrySize(512, 0, false), 16 + 512);
  assert.equal(entrySize(10, 4096, false), 8 + 10 + 4096);
  assert.equal(entrySize(10, 4097, false), 16 + 10);
  assert.equal(entrySize(10, 2 ** 20 - 1, false), 16 + 10);
  assert.equal(entrySize(10, 2 ** 20, false), 24 + 10);
  assert.equal(entrySize(512, 2 ** 20, true), 32 + 512);
});

test("an entry shows its key, lengths and expiry, whatever parts its header has", () => {
  const arena = new Arena();
  const view = new EntryView();
  const payload = arena.allocate(5000);
  for (let shape = 0; shape < 8; shape++) {
    const [hasExpire, isLong, isExternal] = [(shape & 1) !== 0, (shape & 2) !== 0, (shape & 4) !== 0];
    const keyLength = isLong ? 700 : 5;
    const payloadLength = isExternal ? 5000 : 100;
    const ref = arena.allocate(2000);
    const segment = arena.segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const offset = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    let word1 = (hasExpire ? Entry.EXPIRE : 0) + (isLong ? Entry.LONG : 0) + (isExternal ? Entry.EXTERNAL : 0);
    let at = (offset >> 2) + 2;
    if (hasExpire) segment.f64[at >> 1] = 12345;
    if (hasExpire) at += 2;
    if (isLong) segment.u32.set([keyLength, payloadLength], at);
    else word1 += keyLength * 2 ** Entry.KEY_SHIFT + payloadLength;
    if (isLong) at += 2;
    if (isExternal) segment.u32[at] = payload;
    if (isExternal) at += 2;
    segment.u32[(offset >> 2) + 1] = word1;

    loadEntry(arena, ref, view);
    assert.equal(view.keyOffset, at * 4, `shape ${shape}`);
    assert.equal(view.keyLength, keyLength);
    assert.equal(view.payloadLength, payloadLength);
    assert.equal(view.payloadOffset, isExternal ? (payload & Ref.UNIT) << 3 : at * 4 + keyLength);
    assert.equal(keyLengthAt(segment, offset, word1), keyLength);
    assert.equal(externalPayload(segment, offset, word1), isExternal ? payload : 0);
    assert.equal(expiryOf(arena, ref), hasExpire ? 12345 : 0);
  }
});

test("an expiry keeps milliseconds exactly, far beyond 32 bits", () => {
  const arena = new Arena();
  const ref = makeEntry(arena, Region.fromString("key"), 1);
  changeExpiry(arena, ref, 2 ** 53 - 1);
  assert.equal(expiryOf(arena, ref), 2 ** 53 - 1);
});
