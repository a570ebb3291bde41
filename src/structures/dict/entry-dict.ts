/** The dict of a database: its entries are keys with their values (entry.ts). */
import { equalBytes, type Region } from "../../bytes/region.js";
import type { Arena } from "../../memory/arena.js";
import { Ref, type Segment } from "../../memory/segment.js";
import { Encoding, EntryView, encodingIn, expireAtOf, keyLengthAt, keyOffset, loadEntry } from "../entry/entry.js";
import { Dict } from "./dict.js";

export class EntryDict extends Dict {
  readonly #segments: Segment[];
  readonly #view = new EntryView();

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

  /** When the expire cycle has something to do for this entry: the key expires, or the first of its elements. */
  expireAtOf(ref: number): number {
    const segment = this.#segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const start = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    const expireAtMs = expireAtOf(segment, start);
    const dueMs = this.dueAtOf(ref);
    return dueMs === 0 || (expireAtMs !== 0 && expireAtMs < dueMs) ? expireAtMs : dueMs;
  }

  /** When the first of the value's elements expires, ms since 1970; 0 = never. */
  dueAtOf(ref: number): number {
    const word0 = this.#segments[ref >>> Ref.SEGMENT_SHIFT]!.u32[(ref & Ref.UNIT) << 1]!;
    if (encodingIn(word0) < Encoding.LISTPACKEX) return 0;
    const view = this.#view;
    loadEntry(this.arena, ref, view);
    return view.payloadSegment.dv.getFloat64(view.payloadOffset, true);
  }
}
