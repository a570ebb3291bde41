/**
 * Where a ref leads: to a segment, and in it to an offset in bytes, which is also the place of a word in its `u32`. segment.ts has the picture
 * of a ref. V8 puts these functions into their callers, so that they cost what the arithmetic does.
 */
import { Ref, type Segment } from "./segment.js";

/** The segment in which a ref lies; `segments` are the arena's. */
export function segmentOf(segments: readonly Segment[], ref: number): Segment {
  return segments[ref >>> Ref.SEGMENT_SHIFT]!;
}

/** The offset of a ref in its segment, in bytes. */
export function offsetOf(ref: number): number {
  return (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
}

/** The same in words of 4 bytes. */
export function wordOf(ref: number): number {
  return (ref & Ref.UNIT) << 1;
}
