/**
 * The blocks of a stream besides its entries. The payload of its key is the ref of its head.
 *
 *     head        words 0-3 first ID   4-7 last ID   8-11 largest deleted ID   12-13 entries ever added (64 bits, low word first)
 *                 14 tree of entries   15 groups (names)
 *     names       word 0 count   1 capacity   then refs of groups or consumers, in the order of their names
 *     group       words 0-3 last delivered ID   4-5 entries read (64 bits, -1: unknown)   6 tree of pending entries, 0: none yet
 *                 7 consumers (names)   8 bytes of the name, then the name
 *                 when it was destroyed: word 0 type and encoding   1 of the key space   2 its own ref   6, 7 as before
 *     consumer    doubles 0 seen   1 active: ms since 1970, -1: never   words 4 tree of its pending IDs, 0: none yet
 *                 5 bytes of the name, then the name
 *
 *     pending     record of a group's tree: words 0-3 ID   4 consumer   5-6 delivered, ms since 1970 (high, low)
 *                 7-8 deliveries (64 bits, low word first)                                        36 bytes
 *     owned       record of a consumer's tree: words 0-3 ID                                       16 bytes
 *
 * Groups, consumers and heads keep their place for life, so refs to them are good names for them.
 */

import { compareBytes, copyBytes, type Region } from "../bytes/region.js";
import { moveWords } from "../bytes/words.js";
import type { Arena } from "../memory/arena.js";
import { offsetOf, segmentOf, wordOf } from "../memory/ref.js";
import { Ref, type Segment } from "../memory/segment.js";
import type { StreamId } from "./stream-id.js";

export const enum Head {
  FIRST_ID = 0,
  LAST_ID = 4,
  MAX_DELETED_ID = 8,
  ENTRIES_ADDED = 12,
  ENTRIES = 14,
  GROUPS = 15,
  BYTES = 64,
}

export const enum Group {
  LAST_ID = 0,
  /** Of one that was destroyed. */
  KIND = 0,
  REF = 2,
  ENTRIES_READ = 4,
  PENDING = 6,
  CONSUMERS = 7,
  NAME_LENGTH = 8,
}

export const enum Consumer {
  /** Doubles. */
  SEEN_F64 = 0,
  ACTIVE_F64 = 1,
  /** Words. */
  OWNED = 4,
  NAME_LENGTH = 5,
}

export const enum Pending {
  ID = 0,
  CONSUMER = 4,
  TIME_HIGH = 5,
  TIME_LOW = 6,
  DELIVERIES = 7,
  WORDS = 9,
}

declare const editable: unique symbol;

/**
 * The ref of a head, a group or a consumer that may be changed. One that was got for reading is a mere number, and so is what was found by way of
 * it: what changes a stream does not take it.
 */
export type EditableRef = number & { readonly [editable]: true };

/** Typed access to blocks of words by their refs. */
export class StreamBlocks {
  readonly #segments: Segment[];

  constructor(readonly arena: Arena) {
    this.#segments = arena.segments;
  }

  /** Word `index` of a block. */
  word(ref: number, index: number): number {
    return segmentOf(this.#segments, ref).u32[wordOf(ref) + index]!;
  }

  /** For any block, also those of names and roots; the other methods that change take what may be changed. */
  setWord(ref: number, index: number, value: number): void {
    segmentOf(this.#segments, ref).u32[wordOf(ref) + index] = value;
  }

  /** Double `index` of a block. */
  double(ref: number, index: number): number {
    return segmentOf(this.#segments, ref).f64[(ref & Ref.UNIT) + index]!;
  }

  setDouble(ref: EditableRef, index: number, value: number): void {
    segmentOf(this.#segments, ref).f64[(ref & Ref.UNIT) + index] = value;
  }

  /** Reads the ID at word `index` of a block. */
  loadId(ref: number, index: number, id: StreamId): void {
    const { u32 } = segmentOf(this.#segments, ref);
    const at = wordOf(ref) + index;
    for (let i = 0; i < 4; i++) id[i] = u32[at + i]!;
  }

  setId(ref: EditableRef, index: number, id: StreamId): void {
    const { u32 } = segmentOf(this.#segments, ref);
    const at = wordOf(ref) + index;
    for (let i = 0; i < 4; i++) u32[at + i] = id[i]!;
  }

  /** Orders an ID against the one at word `index` of a block. */
  compareId(id: StreamId, ref: number, index: number): number {
    const { u32 } = segmentOf(this.#segments, ref);
    const at = wordOf(ref) + index;
    for (let i = 0; i < 4; i++) if (id[i] !== u32[at + i]) return id[i]! < u32[at + i]! ? -1 : 1;
    return 0;
  }

  /** The signed 64-bit number at word `index` of a block. */
  int64(ref: number, index: number): bigint {
    return (BigInt(this.word(ref, index + 1) | 0) << 32n) | BigInt(this.word(ref, index));
  }

  /** Sets it from two words, the high one of any sign. */
  setInt64(ref: EditableRef, index: number, high: number, low: number): void {
    this.setWord(ref, index, low);
    this.setWord(ref, index + 1, high);
  }

  /** Adds 1 to it. */
  increment(ref: EditableRef, index: number): void {
    const low = (this.word(ref, index) + 1) >>> 0;
    this.setWord(ref, index, low);
    if (low === 0) this.setWord(ref, index + 1, this.word(ref, index + 1) + 1);
  }

  /** A block of `words` cleared words, of which the last is the length of the name that follows. */
  allocateNamed(words: number, source: Region, offset: number, length: number): EditableRef {
    const ref = this.arena.allocate(words * 4 + length) as EditableRef;
    const segment = segmentOf(this.#segments, ref);
    const at = wordOf(ref);
    segment.u32.fill(0, at, at + words - 1);
    segment.u32[at + words - 1] = length;
    copyBytes(source, offset, segment, (at + words) << 2, length);
    return ref;
  }

  segment(ref: number): Segment {
    return segmentOf(this.#segments, ref);
  }
}

const enum Names {
  COUNT = 0,
  CAPACITY = 1,
  REFS = 2,
  FIRST_CAPACITY = 2,
}

/** Ordered indexes of named blocks: the groups of a stream, the consumers of a group. A ref of 0 is an empty index. */
export class StreamNames {
  constructor(
    readonly blocks: StreamBlocks,
    /** The word of a named block that has the length of its name; the name follows it. */
    readonly lengthWord: number,
  ) {}

  count(index: number): number {
    return index === 0 ? 0 : this.blocks.word(index, Names.COUNT);
  }

  /** The block at a position. */
  at(index: number, position: number): number {
    return this.blocks.word(index, Names.REFS + position);
  }

  /** The position of a name, or `~position` of where it would be. */
  find(index: number, source: Region, offset: number, length: number): number {
    let low = 0;
    let high = this.count(index);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const ref = this.at(index, middle);
      const order = compareBytes(
        this.blocks.segment(ref),
        this.nameOffset(ref),
        this.nameLength(ref),
        source,
        offset,
        length,
      );
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return ~low;
  }

  nameLength(ref: number): number {
    return this.blocks.word(ref, this.lengthWord);
  }

  /** Where the name is in the segment of its block. */
  nameOffset(ref: number): number {
    return offsetOf(ref) + (this.lengthWord + 1) * 4;
  }

  /** Makes room for one more; returns the index, which may be another. Throws OutOfMemory with nothing changed. */
  reserve(index: number): number {
    const { blocks } = this;
    const count = this.count(index);
    if (index !== 0 && count < blocks.word(index, Names.CAPACITY)) return index;
    const capacity = Math.max(Names.FIRST_CAPACITY, count * 2);
    const grown = blocks.arena.allocate((Names.REFS + capacity) * 4);
    blocks.setWord(grown, Names.COUNT, count);
    blocks.setWord(grown, Names.CAPACITY, capacity);
    for (let i = 0; i < count; i++) blocks.setWord(grown, Names.REFS + i, this.at(index, i));
    if (index !== 0) blocks.arena.free(index);
    return grown;
  }

  /** Puts a block at a position of an index that has room. */
  insert(index: number, position: number, ref: number): void {
    const { u32 } = this.blocks.segment(index);
    const base = wordOf(index);
    const at = base + Names.REFS + position;
    const end = base + Names.REFS + u32[base + Names.COUNT]!;
    moveWords(u32, at, at + 1, end - at);
    u32[at] = ref;
    u32[base + Names.COUNT]!++;
  }

  /** Takes the block at a position out of the index. */
  remove(index: number, position: number): void {
    const { u32 } = this.blocks.segment(index);
    const base = wordOf(index);
    const at = base + Names.REFS + position;
    moveWords(u32, at + 1, at, base + Names.REFS + u32[base + Names.COUNT]! - at - 1);
    u32[base + Names.COUNT]!--;
  }
}
