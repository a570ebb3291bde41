/** The dict of a big collection: its entries are fields or members (element.ts). */
import { equalBytes, type Region } from "../../bytes/region.js";
import type { Arena } from "../../memory/arena.js";
import { Ref, type Segment } from "../../memory/segment.js";
import { elementExpireAt, elementKeyLength, elementKeyOffset } from "../entry/element.js";
import { Dict } from "./dict.js";

export class ElementDict extends Dict {
  readonly #segments: Segment[];

  constructor(arena: Arena, hashKey0: number, hashKey1: number) {
    super(arena, hashKey0, hashKey1);
    this.#segments = arena.segments;
  }

  hasKey(ref: number, region: Region, offset: number, length: number): boolean {
    const segment = this.#segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const start = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    if (elementKeyLength(segment, start) !== length) return false;
    return equalBytes(region, offset, segment, elementKeyOffset(segment, start), length);
  }

  hashOf(ref: number): number {
    const segment = this.#segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const start = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    return this.hash(segment, elementKeyOffset(segment, start), elementKeyLength(segment, start));
  }

  expireAtOf(ref: number): number {
    return elementExpireAt(this.#segments[ref >>> Ref.SEGMENT_SHIFT]!, (ref & Ref.UNIT) << Ref.UNIT_SHIFT);
  }
}
