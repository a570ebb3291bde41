/**
 * A small hash: its payload is a run of listpack elements (structures/packed/listpack.ts) with their number in front. Once a field was given
 * an expiry there is also that of each field, 0 for none, and when the first of them is over:
 *
 *     listpack                  | elements, 2 |  field | value | field | value ...
 *     listpackex    | due, 8    | elements, 2 |  field | value | expiry | field | value | expiry ...
 *
 * Fields stay in the order in which they came. Everything here looks at all of them, at 2 ns each: there are at most
 * hash-max-listpack-entries. Who edits the run moves what is behind, so a place in it is valid until the next change.
 */
import type { Argv } from "../bytes/argv.js";
import { moveBytes, type Region } from "../bytes/region.js";
import type { Segment } from "../memory/segment.js";
import { ElementView } from "../structures/entry/element-view.js";
import { Encoding } from "../structures/entry/entry.js";
import * as listpack from "../structures/packed/listpack.js";
import type { ValueSlot, ValueView } from "./value-slot.js";

export const enum HashPack {
  COUNT_BYTES = 2,
  /** Bytes of the due time that collections of expiring elements have in front of everything else. */
  DUE_BYTES = 8,
  /** The number of elements must fit its bytes: so many fields at most, whatever the limit says. */
  MAX_FIELDS = 21_845,
}

/** Elements a field takes. */
function strideOf(encoding: Encoding): number {
  return encoding === Encoding.LISTPACK ? 2 : 3;
}

function countOffset(hash: ValueView): number {
  return hash.offset + (hash.encoding === Encoding.LISTPACK ? 0 : HashPack.DUE_BYTES);
}

/** Where the run of a small hash starts. */
export function packStart(hash: ValueView): number {
  return countOffset(hash) + HashPack.COUNT_BYTES;
}

/** Number of fields. */
export function packCount(hash: ValueView): number {
  return hash.segment.dv.getUint16(countOffset(hash), true) / strideOf(hash.encoding);
}

function addToCount(slot: ValueSlot, fields: number): void {
  const at = countOffset(slot);
  const { dv } = slot.segment;
  dv.setUint16(at, dv.getUint16(at, true) + fields * strideOf(slot.encoding), true);
}

/** Makes the run empty; the payload has just its number of elements. */
export function clearPack(slot: ValueSlot): void {
  slot.segment.dv.setUint16(slot.offset, 0, true);
}

/** Where a field is, -1 when there is none of this name. */
export function findInPack(hash: ValueView, source: Region, offset: number, length: number): number {
  const end = hash.offset + hash.length;
  return listpack.find(hash.segment, packStart(hash), end, source, offset, length, strideOf(hash.encoding) - 1);
}

/** Where the field after the one at `at` is; the end of the payload after the last. */
export function nextInPack(hash: ValueView, at: number): number {
  return listpack.skip(hash.segment, at, hash.offset + hash.length, strideOf(hash.encoding));
}

/** When the field at `at` expires, 0 when it does not. */
export function packExpireAt(hash: ValueView, at: number): number {
  if (hash.encoding === Encoding.LISTPACK) return 0;
  const { segment } = hash;
  return listpack.readInteger(segment, listpack.next(segment, listpack.next(segment, at)));
}

/** Bytes of the payload of a hash of these pairs of arguments, or some more if names repeat. */
export function packedSize(argv: Argv, from: number): number {
  let size: number = HashPack.COUNT_BYTES;
  for (let i = from; i < argv.count; i++) size += listpack.sizeOfString(argv.source, argv.offset[i]!, argv.length[i]!);
  return size;
}

/** Fills a new payload of `packedSize` bytes; returns the number of fields. */
export function fillPack(slot: ValueSlot, argv: Argv, from: number): number {
  const { segment } = slot;
  const { source } = argv;
  const start = packStart(slot);
  let end = start;
  let fields = 0;
  for (let i = from; i < argv.count; i += 2) {
    const offset = argv.offset[i]!;
    const length = argv.length[i]!;
    const valueOffset = argv.offset[i + 1]!;
    const valueLength = argv.length[i + 1]!;
    const at = listpack.find(segment, start, end, source, offset, length, 1);
    if (at >= 0) {
      end = listpack.replace(segment, listpack.next(segment, at), end, source, valueOffset, valueLength);
      continue;
    }
    end = listpack.writeString(segment, end, source, offset, length);
    end = listpack.writeString(segment, end, source, valueOffset, valueLength);
    fields++;
  }
  segment.dv.setUint16(slot.offset, fields * 2, true);
  slot.resize(end - slot.offset);
  return fields;
}

/** Adds a field at the end, without an expiry. Throws OutOfMemory with nothing changed. */
export function appendToPack(
  slot: ValueSlot,
  source: Region,
  offset: number,
  length: number,
  valueSource: Region,
  valueOffset: number,
  valueLength: number,
): void {
  const { length: oldLength } = slot;
  const isTimed = slot.encoding !== Encoding.LISTPACK;
  const size =
    listpack.sizeOfString(source, offset, length) +
    listpack.sizeOfString(valueSource, valueOffset, valueLength) +
    (isTimed ? listpack.sizeOfInteger(0) : 0);
  slot.resize(oldLength + size);
  const { segment } = slot;
  let at = listpack.writeString(segment, slot.offset + oldLength, source, offset, length);
  at = listpack.writeString(segment, at, valueSource, valueOffset, valueLength);
  if (isTimed) listpack.writeInteger(segment, at, 0);
  addToCount(slot, 1);
}

/** Gives the field at `at` another value. Throws OutOfMemory with nothing changed. */
export function replaceInPack(slot: ValueSlot, at: number, source: Region, offset: number, length: number): void {
  const valueAt = listpack.next(slot.segment, at);
  const delta = listpack.replacedSize(slot.segment, valueAt, source, offset, length);
  const place = valueAt - slot.offset;
  const oldLength = slot.length;
  if (delta > 0) slot.resize(oldLength + delta);
  listpack.replace(slot.segment, slot.offset + place, slot.offset + oldLength, source, offset, length);
  if (delta < 0) slot.resize(oldLength + delta);
}

/** Gives the field at `at` another expiry, 0 for none; the encoding is listpackex. Throws OutOfMemory with nothing changed. */
export function expireInPack(slot: ValueSlot, at: number, expireAtMs: number): void {
  const { segment } = slot;
  const timeAt = listpack.next(segment, listpack.next(segment, at));
  const delta = listpack.replacedIntegerSize(segment, timeAt, expireAtMs);
  const place = timeAt - slot.offset;
  const oldLength = slot.length;
  if (delta > 0) slot.resize(oldLength + delta);
  listpack.replaceInteger(slot.segment, slot.offset + place, slot.offset + oldLength, expireAtMs);
  if (delta < 0) slot.resize(oldLength + delta);
}

/** Removes the field at `at`. */
export function removeFromPack(slot: ValueSlot, at: number): void {
  const end = listpack.remove(slot.segment, at, slot.offset + slot.length, strideOf(slot.encoding));
  addToCount(slot, -1);
  slot.resize(end - slot.offset);
}

/** Makes room for expiries: listpack becomes listpackex. Throws OutOfMemory with nothing changed. */
export function addExpiriesToPack(slot: ValueSlot): void {
  const fields = packCount(slot);
  const oldLength = slot.length;
  const timeSize = listpack.sizeOfInteger(0);
  slot.resize(oldLength + HashPack.DUE_BYTES + fields * timeSize);
  const { segment, offset } = slot;
  // The old run goes to the end of the payload, and comes back field by field: what is written never reaches what is not yet read.
  const shift = slot.length - oldLength;
  moveBytes(segment, offset, offset + shift, oldLength);
  let from = offset + shift + HashPack.COUNT_BYTES;
  let to = offset + HashPack.DUE_BYTES + HashPack.COUNT_BYTES;
  for (let i = 0; i < fields; i++) {
    const next = listpack.skip(segment, from, offset + slot.length, 2);
    moveBytes(segment, from, to, next - from);
    to = listpack.writeInteger(segment, to + next - from, 0);
    from = next;
  }
  segment.dv.setFloat64(offset, 0, true);
  segment.dv.setUint16(offset + HashPack.DUE_BYTES, fields * 3, true);
  slot.encoding = Encoding.LISTPACKEX;
}

/** The soonest expiry of the fields of a listpackex, 0 when none has one. */
export function soonestInPack(hash: ValueView): number {
  let soonest = 0;
  const end = hash.offset + hash.length;
  for (let at = packStart(hash); at < end; at = nextInPack(hash, at)) {
    const expireAtMs = packExpireAt(hash, at);
    if (expireAtMs !== 0 && (soonest === 0 || expireAtMs < soonest)) soonest = expireAtMs;
  }
  return soonest;
}

/** Removes the fields that expired before `nowMs`, and shows their names; returns how many. */
export function expirePack(slot: ValueSlot, nowMs: number, visit: (field: ElementView) => void): number {
  const { segment } = slot;
  const view = new ElementView();
  let end = slot.offset + slot.length;
  let expired = 0;
  for (let at = packStart(slot); at < end; ) {
    const expireAtMs = packExpireAt(slot, at);
    if (expireAtMs !== 0 && expireAtMs < nowMs) {
      listpack.load(segment, at, view);
      visit(view);
      end = listpack.remove(segment, at, end, 3);
      expired++;
    } else {
      at = listpack.skip(segment, at, end, 3);
    }
  }
  if (expired > 0) {
    addToCount(slot, -expired);
    slot.resize(end - slot.offset);
  }
  return expired;
}

/** When the first of a collection's elements expires, 0 = never: for encodings that have a due time. */
export function dueOf(segment: Segment, offset: number): number {
  return segment.dv.getFloat64(offset, true);
}

export function setDueOf(segment: Segment, offset: number, dueMs: number): void {
  segment.dv.setFloat64(offset, dueMs, true);
}
