/**
 * A value as the data types see it: where the payload of an entry lies. What only reads takes a ValueView, what changes takes a ValueSlot, which
 * is one that may be written. `keyspace/open-value.ts` implements both; a slot comes only from where whoever must know of a change is told
 * of it before (`Database.edit`).
 *
 * A small collection is its payload: a run of listpack elements, an intset. A big one keeps the refs of its structures there.
 */
import type { Segment } from "../memory/segment.js";
import type { Encoding } from "../structures/entry/entry.js";

/** A value to be read. Any change to the keyspace may move it. */
export interface ValueView {
  /** Where the payload lies. */
  readonly segment: Segment;
  readonly offset: number;
  /** Bytes of the payload. */
  readonly length: number;
  readonly encoding: Encoding;
}

/** A value to be changed. Its own changes, and no others, keep it open. */
export interface ValueSlot extends ValueView {
  encoding: Encoding;
  /**
   * Makes the payload `length` bytes long, keeping what fits; bytes beyond the old end are undefined. Throws OutOfMemory with
   * nothing changed, but never when making it shorter.
   */
  resize(length: number): void;
  /**
   * The due time at the start of the payload (of encodings whose elements may expire) has been changed; `had` tells whether there was
   * one before.
   */
  dueChanged(had: boolean): void;
}
