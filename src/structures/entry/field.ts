/**
 * The element of a big hash: a field with its value, and when it expires if it does (element.ts shows the bytes). Values longer than
 * Element.INLINE_MAX lie in a block of their own.
 *
 * A value is overwritten where it lies when the new one fits the block and does not leave half of it empty, so that setting a field
 * again and again allocates nothing.
 *
 * Cost: a field of 10 bytes with a value of 10 takes 22, in a block of 24; with an expiry 8 more.
 */
import { copyBytes, type Region } from "../../bytes/region.js";
import { Arena } from "../../memory/arena.js";
import { offsetOf, segmentOf } from "../../memory/ref.js";
import {
  Element,
  elementExternal,
  elementHeadSize,
  elementKeyLength,
  elementKeyOffset,
  elementPayloadOffset,
  elementValueLength,
  elementValueOffset,
  elementValueSize,
  writeElementHead,
  writeElementValue,
} from "./element.js";
import type { ElementView } from "./element-view.js";

/** Makes a field with its value; `expireAtMs` 0 = never expires. Neither source may lie in the arena. Throws OutOfMemory. */
export function createField(
  arena: Arena,
  source: Region,
  offset: number,
  length: number,
  valueSource: Region,
  valueOffset: number,
  valueLength: number,
  expireAtMs: number,
): number {
  const isExternal = valueLength > Element.INLINE_MAX;
  const payload = isExternal ? Element.EXTERNAL_BYTES : elementValueSize(valueLength);
  const ref = arena.allocate(elementHeadSize(length, expireAtMs !== 0) + payload);
  let external = 0;
  if (isExternal) {
    try {
      external = arena.allocate(valueLength);
    } catch (error) {
      arena.free(ref);
      throw error;
    }
  }
  const segment = segmentOf(arena.segments, ref);
  const at = writeElementHead(segment, offsetOf(ref), source, offset, length, expireAtMs, isExternal);
  if (!isExternal) {
    writeElementValue(segment, at, valueSource, valueOffset, valueLength);
    return ref;
  }
  segment.dv.setUint32(at, external, true);
  segment.dv.setUint32(at + 4, valueLength, true);
  const target = segmentOf(arena.segments, external);
  copyBytes(valueSource, valueOffset, target, offsetOf(external), valueLength);
  return ref;
}

/** Writes a new value into a field's block, keeping its expiry; false when it does not fit, or fits too loosely. */
export function overwriteField(arena: Arena, ref: number, source: Region, offset: number, length: number): boolean {
  const segment = segmentOf(arena.segments, ref);
  const start = offsetOf(ref);
  const head = segment.u8[start]!;
  if ((head & Element.EXTERNAL) !== 0) return overwriteExternal(arena, ref, source, offset, length);
  if (length > Element.INLINE_MAX) return false;
  const at = head < Element.LENGTH_16 ? start + 1 + head : elementPayloadOffset(segment, start);
  const old = segment.u8[at]!;
  if (old !== length || old >= Element.VALUE_LENGTH_16) {
    const before = at - start;
    const oldSize = before + elementValueSize(elementValueLength(segment, at));
    if (Arena.roundedSize(before + elementValueSize(length)) !== Arena.roundedSize(oldSize)) return false;
  }
  writeElementValue(segment, at, source, offset, length);
  return true;
}

function overwriteExternal(arena: Arena, ref: number, source: Region, offset: number, length: number): boolean {
  const segment = segmentOf(arena.segments, ref);
  const at = elementPayloadOffset(segment, offsetOf(ref));
  const external = segment.dv.getUint32(at, true);
  const capacity = arena.capacity(external);
  if (length <= Element.INLINE_MAX || length > capacity || length < capacity / 2) return false;
  segment.dv.setUint32(at + 4, length, true);
  const target = segmentOf(arena.segments, external);
  copyBytes(source, offset, target, offsetOf(external), length);
  return true;
}

/** Shows the name of a field. */
export function loadFieldName(arena: Arena, ref: number, view: ElementView): void {
  const segment = segmentOf(arena.segments, ref);
  const start = offsetOf(ref);
  view.setText(segment, elementKeyOffset(segment, start), elementKeyLength(segment, start));
}

/** Shows the value of a field. */
export function loadFieldValue(arena: Arena, ref: number, view: ElementView): void {
  const segment = segmentOf(arena.segments, ref);
  const start = offsetOf(ref);
  const at = elementPayloadOffset(segment, start);
  if ((segment.u8[start]! & Element.EXTERNAL) === 0) {
    return view.setText(segment, elementValueOffset(segment, at), elementValueLength(segment, at));
  }
  const external = segment.dv.getUint32(at, true);
  view.setText(segmentOf(arena.segments, external), offsetOf(external), segment.dv.getUint32(at + 4, true));
}

/**
 * A field's block again with another expiry (0 = none), its value in the new block or, when external, handed over to it. The old block
 * is still there; freeing it is the caller's. Throws OutOfMemory.
 */
export function withExpiry(arena: Arena, ref: number, expireAtMs: number): number {
  const from = segmentOf(arena.segments, ref);
  const start = offsetOf(ref);
  const key = elementKeyOffset(from, start);
  const keyLength = elementKeyLength(from, start);
  const isExternal = (from.u8[start]! & Element.EXTERNAL) !== 0;
  const payload = key + keyLength;
  const size = isExternal ? Element.EXTERNAL_BYTES : elementValueSize(elementValueLength(from, payload));
  const created = arena.allocate(elementHeadSize(keyLength, expireAtMs !== 0) + size);
  const to = segmentOf(arena.segments, created);
  const at = writeElementHead(to, offsetOf(created), from, key, keyLength, expireAtMs, isExternal);
  copyBytes(from, payload, to, at, size);
  return created;
}

/** A copy of a field with a copy of its value. Throws OutOfMemory having made nothing. */
export function copyField(arena: Arena, ref: number): number {
  const from = segmentOf(arena.segments, ref);
  const start = offsetOf(ref);
  const payload = elementPayloadOffset(from, start);
  const external = elementExternal(from, start);
  const size =
    payload - start + (external !== 0 ? Element.EXTERNAL_BYTES : elementValueSize(elementValueLength(from, payload)));
  const created = arena.allocate(size);
  const to = segmentOf(arena.segments, created);
  const target = offsetOf(created);
  copyBytes(from, start, to, target, size);
  if (external === 0) return created;
  const length = from.dv.getUint32(payload + 4, true);
  let copied = 0;
  try {
    copied = arena.allocate(length);
  } catch (error) {
    arena.free(created);
    throw error;
  }
  copyBytes(
    segmentOf(arena.segments, external),
    offsetOf(external),
    segmentOf(arena.segments, copied),
    offsetOf(copied),
    length,
  );
  to.dv.setUint32(target + payload - start, copied, true);
  return created;
}

/** Frees a field with its value. */
export function freeField(arena: Arena, ref: number): void {
  const segment = segmentOf(arena.segments, ref);
  const external = elementExternal(segment, offsetOf(ref));
  if (external !== 0) arena.free(external);
  arena.free(ref);
}

/** Visits the blocks of a field. */
export function eachFieldBlock(arena: Arena, ref: number, visit: (ref: number) => void): void {
  const segment = segmentOf(arena.segments, ref);
  const external = elementExternal(segment, offsetOf(ref));
  visit(ref);
  if (external !== 0) visit(external);
}
