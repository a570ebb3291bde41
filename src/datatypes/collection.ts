/**
 * What the keyspace must know of a type of collection to own its values: it frees, copies and weighs them without knowing what
 * they are made of. A payload is given by where it lies and its encoding; one that refers to no other block is never passed.
 */
import type { Segment } from "../memory/segment.js";
import type { Encoding } from "../structures/entry/entry.js";

export interface Collection {
  /** True when payloads of this encoding refer to blocks of their own. */
  isStructured(encoding: Encoding): boolean;
  /** The block that stands for all the others and stays where it is for their life: the root of a dict or a list, the head of a stream. */
  structureOf(segment: Segment, offset: number, encoding: Encoding): number;
  /** Elements, which is what freeing costs. */
  weight(segment: Segment, offset: number, encoding: Encoding): number;
  /** Frees about `limit` elements of a value nobody uses any more; true when all its blocks but the payload are gone. */
  release(segment: Segment, offset: number, encoding: Encoding, limit: number): boolean;
  /**
   * The payload is a copy of another's bytes: gives it copies of the blocks it refers to. Throws OutOfMemory having freed what it
   * made.
   */
  duplicate(segment: Segment, offset: number, encoding: Encoding): void;
  /** Visits every block the payload refers to, directly or not; for `Arena.verify`. */
  eachBlock(segment: Segment, offset: number, encoding: Encoding, visit: (ref: number) => void): void;
  /** Bytes of those blocks, estimated from `samples` elements (0: all of them). */
  memoryBytes(segment: Segment, offset: number, encoding: Encoding, samples: number): number;
}
