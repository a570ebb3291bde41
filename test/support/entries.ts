/** Entries and dicts for tests of the layers below the key space. */
import { Region } from "../../src/bytes/region.js";
import type { Arena } from "../../src/memory/arena.js";
import { Ref } from "../../src/memory/segment.js";
import { EntryDict } from "../../src/structures/dict/entry-dict.js";
import { Entry, entrySize, expireAtOf } from "../../src/structures/entry/entry.js";

/** Makes an entry with a short key and no value. */
export function makeEntry(arena: Arena, key: Region, expireAtMs: number): number {
  const length = key.u8.length;
  const ref = arena.allocate(entrySize(length, 0, expireAtMs !== 0));
  const segment = arena.segments[ref >>> Ref.SEGMENT_SHIFT]!;
  const start = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
  segment.u32[start >> 2] = 0;
  segment.u32[(start >> 2) + 1] = ((expireAtMs !== 0 ? Entry.EXPIRE : 0) | (length << Entry.KEY_SHIFT)) >>> 0;
  if (expireAtMs !== 0) segment.f64[(start >> 3) + 1] = expireAtMs;
  segment.u8.set(key.u8, start + (expireAtMs !== 0 ? 16 : 8));
  return ref;
}

/** Changes the expiry of an entry that has one. */
export function changeExpiry(arena: Arena, ref: number, expireAtMs: number): void {
  arena.segments[ref >>> Ref.SEGMENT_SHIFT]!.f64[(((ref & Ref.UNIT) << Ref.UNIT_SHIFT) >> 3) + 1] = expireAtMs;
}

/** The expiry of an entry, 0 when it has none. */
export function expiryOf(arena: Arena, ref: number): number {
  return expireAtOf(arena.segments[ref >>> Ref.SEGMENT_SHIFT]!, (ref & Ref.UNIT) << Ref.UNIT_SHIFT);
}

/** A dict whose hash of a key is its first four bytes: tests choose where keys lie. */
export class ChosenHashDict extends EntryDict {
  constructor(arena: Arena) {
    super(arena, 0, 0);
  }

  override hash(region: Region, offset: number, _length: number): number {
    return region.dv.getUint32(offset, false);
  }
}

/** A key for `ChosenHashDict`: the hash, then a serial number. */
export function keyWithHash(hash: number, serial: number): Region {
  const key = new Region(new Uint8Array(8));
  key.dv.setUint32(0, hash, false);
  key.dv.setUint32(4, serial, false);
  return key;
}
