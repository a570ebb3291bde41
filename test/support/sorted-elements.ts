/** Elements of sorted sets, for tests of the index without a dict. */
import { Region } from "../../src/bytes/region.js";
import type { Arena } from "../../src/memory/arena.js";
import { Ref } from "../../src/memory/segment.js";
import { elementHeadSize, setElementScore, writeElementHead } from "../../src/structures/entry/element.js";

/** Makes an element; returns its ref. */
export function makeSortedElement(arena: Arena, member: Uint8Array, score: number): number {
  const ref = arena.allocate(elementHeadSize(member.length, false) + 8);
  const segment = arena.segments[ref >>> Ref.SEGMENT_SHIFT]!;
  const start = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
  writeElementHead(segment, start, new Region(member), 0, member.length, 0, false);
  setElementScore(segment, start, score);
  return ref;
}

/** Writes the score of an element. */
export function writeScore(arena: Arena, ref: number, score: number): void {
  setElementScore(arena.segments[ref >>> Ref.SEGMENT_SHIFT]!, (ref & Ref.UNIT) << Ref.UNIT_SHIFT, score);
}
