/**
 * A value as the data types see it: the payload of an entry, and how to change its size. `keyspace/open-value.ts` implements it.
 *
 * A small collection is its payload: a run of listpack elements, an intset. A big one keeps the refs of its structures there.
 */
import type { Segment } from "../memory/segment.js";
import type { Encoding } from "../structures/entry/entry.js";

export interface ValueSlot {
  /** Where the payload lies; `resize` changes these, and so does any other change to the keyspace. */
  readonly segment: Segment;
  readonly offset: number;
  /** Bytes of the payload. */
  readonly length: number;
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
