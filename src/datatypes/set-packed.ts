/**
 * Small sets: the payload is an intset (structures/packed/intset.ts), or a run of listpack elements with their number in front:
 *
 *     listpack    | members, 2 | member | member ...
 *
 * Members stay in the order in which they came, those of an intset are sorted. Whoever adds or removes is told by its caller that
 * the member is or is not there, and within which limits (sets.ts). A payload that becomes larger does so before anything changes.
 */
import type { Region } from "../bytes/region.js";
import { Encoding } from "../structures/entry/entry.js";
import * as intset from "../structures/packed/intset.js";
import * as listpack from "../structures/packed/listpack.js";
import type { ValueSlot, ValueView } from "./value-slot.js";

export const enum SetRun {
  COUNT_BYTES = 2,
  /** The number of members must fit its bytes. */
  MAX_MEMBERS = 65_535,
  /** No run becomes longer than this. */
  MAX_BYTES = 0x20000000,
}

/** Bytes of an empty payload. */
export function emptySize(encoding: Encoding): number {
  return encoding === Encoding.INTSET ? intset.Intset.HEADER_BYTES : SetRun.COUNT_BYTES;
}

/** Makes a payload of `emptySize` an empty set. */
export function clear(slot: ValueSlot): void {
  if (slot.encoding === Encoding.INTSET) intset.create(slot.segment, slot.offset);
  else setRunCount(slot, 0);
}

export function runCount(value: ValueView): number {
  return value.segment.dv.getUint16(value.offset, true);
}

export function setRunCount(slot: ValueSlot, count: number): void {
  slot.segment.dv.setUint16(slot.offset, count, true);
}

/** Place of a member in the run, -1 when it has none. Places are offsets in the segment, valid until the next change. */
export function findInRun(value: ValueView, source: Region, offset: number, length: number): number {
  const start = value.offset + SetRun.COUNT_BYTES;
  return listpack.find(value.segment, start, value.offset + value.length, source, offset, length, 0);
}

/** Adds a member to the end of the run. */
export function appendToRun(slot: ValueSlot, source: Region, offset: number, length: number): void {
  const end = slot.length;
  slot.resize(end + listpack.sizeOfString(source, offset, length));
  listpack.writeString(slot.segment, slot.offset + end, source, offset, length);
  setRunCount(slot, runCount(slot) + 1);
}

/** Takes the member at a place out of the run. */
export function removeFromRun(slot: ValueSlot, at: number): void {
  const end = slot.offset + slot.length;
  const newEnd = listpack.remove(slot.segment, at, end, 1);
  setRunCount(slot, runCount(slot) - 1);
  slot.resize(slot.length - (end - newEnd));
}

/** Adds an integer, given as two words, at the index where `search` says it goes. */
export function insertIntoIntset(slot: ValueSlot, index: number, high: number, low: number): void {
  slot.resize(intset.sizeAfterInsert(slot.segment, slot.offset, high, low));
  intset.insertAt(slot.segment, slot.offset, index, high, low);
}

/** Takes the integer at an index out. */
export function removeFromIntset(slot: ValueSlot, index: number): void {
  intset.removeAt(slot.segment, slot.offset, index, 1);
  slot.resize(intset.size(slot.segment, slot.offset));
}
