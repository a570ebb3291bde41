/** The dict of a database: its entries are keys with their values (entry.ts). */
import { equalBytes, type Region } from "../bytes/region.js";
import type { Arena } from "../memory/arena.js";
import { Ref, type Segment } from "../memory/segment.js";
import { Dict } from "./dict.js";
import { expireAtOf, keyLengthAt, keyOffset } from "./entry.js";

export class EntryDict extends Dict {
  readonly #segments: Segment[];

  constructor(arena: Arena, hashKey0: number, hashKey1: number) {
    super(arena, hashKey0, hashKey1);
    this.#segments = arena.segments;
  }

  hasKey(ref: number, region: Region, offset: number, length: number): boolean {
    const segment = this.#segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const start = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    const word1 = segment.u32[(start >> 2) + 1]!;
    if (keyLengthAt(segment, start, word1) !== length) return false;
    return equalBytes(region, offset, segment, start + keyOffset(word1), length);
  }

  hashOf(ref: number): number {
    const segment = this.#segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const start = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    const word1 = segment.u32[(start >> 2) + 1]!;
    return this.hash(segment, start + keyOffset(word1), keyLengthAt(segment, start, word1));
  }

  expireAtOf(ref: number): number {
    return expireAtOf(this.#segments[ref >>> Ref.SEGMENT_SHIFT]!, (ref & Ref.UNIT) << Ref.UNIT_SHIFT);
  }
}
