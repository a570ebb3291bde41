/**
 * The entry: one block of the arena holding a key with everything that belongs to it.
 *
 *      word 0                          word 1
 *     +------+---+----------+----------+  +---+---+---+-----------+------------------+
 *     | type | M | encoding | lru      |  | E | L | X | key length| payload length   |
 *     | 3    | 1 | 4        | 24 bits  |  | 1 | 1 | 1 | 9 bits    | 20 bits          |
 *     +------+---+----------+----------+  +---+---+---+-----------+------------------+
 *     bits 0-2 3   4-7        8-31         31  30  29   20-28       0-19
 *
 *     M: the mark; differs from that of the key space while a snapshot has yet to see the entry (keyspace/snapshot)
 *
 *     [ E: expiry, ms since 1970, double  ]    8 bytes
 *     [ L: key length, payload length     ]    2 x 4 bytes, when either does not fit its bits of word 1
 *     [ X: payload ref, 0                 ]    2 x 4 bytes, when the payload lies in a block of its own; ref 0 is kept for a value
 *                                              that lies elsewhere, as on disk, and the word behind it for where that is
 *     key bytes
 *     payload bytes, unless X
 *
 * A string's payload is its text; a collection's is its listpack or the root of its structure. A payload of more than
 * Entry.INLINE_MAX bytes gets a block of its own, so that RENAME and expiry never copy it.
 *
 * Cost of a 16-byte key with a 16-byte value: 8 + 16 + 16 = 40 bytes, 48 with an expiry; no object, no pointer, no padding.
 */
import type { Arena } from "../../memory/arena.js";
import { offsetOf, segmentOf } from "../../memory/ref.js";
import type { Segment } from "../../memory/segment.js";

/** Values of the type field: Redis' own numbers. */
export const enum ValueType {
  STRING = 0,
  LIST = 1,
  SET = 2,
  ZSET = 3,
  HASH = 4,
  STREAM = 6,
}

/** Values of the encoding field; names as OBJECT ENCODING prints them are in `encodingName`. */
export const enum Encoding {
  RAW = 0,
  INT = 1,
  EMBSTR = 2,
  LISTPACK = 3,
  INTSET = 4,
  HASHTABLE = 5,
  QUICKLIST = 6,
  SKIPLIST = 7,
  STREAM = 8,
  /** Of no entry: a consumer group that was destroyed and is being freed. */
  STREAM_GROUP = 9,
  // Encodings of which elements may expire: the payload starts with a due time, ms since 1970 as a double, 0 = none does.
  LISTPACKEX = 14,
  HASHTABLEEX = 15,
}

export const enum Entry {
  /** Read: `word0 & TYPE` (`typeIn`). Write a new word 0: `type | mark | (encoding << ENCODING_SHIFT) | (lru << LRU_SHIFT)`. */
  TYPE = 0x7,
  /** Read: `((word0 ^ mark) & MARK) !== 0`, a snapshot has yet to see the entry. Write: `word0 ^ MARK`. */
  MARK = 0x8,
  /** Read: `(word0 & ENCODING) >>> ENCODING_SHIFT` (`encodingIn`). Write: `(word0 & ~ENCODING) | (encoding << ENCODING_SHIFT)`. */
  ENCODING_SHIFT = 4,
  ENCODING = 0xf0,
  /** Read: `word0 >>> LRU_SHIFT` (`lruIn`). Write: `(word0 & 0xff) | (lru << LRU_SHIFT)`. */
  LRU_SHIFT = 8,

  /** Read: `word1 >= EXPIRE`. The bit in bytes or words to skip: `(word1 >>> 28) & 8`, `(word1 >>> 31) << 1`. Write: `(word1 | EXPIRE) >>> 0`. */
  EXPIRE = 0x80000000,
  /** Read: `(word1 & LONG) !== 0`. The bit in bytes or words: `(word1 >>> 27) & 8`, `((word1 >>> 30) & 1) * 2`. Write: `word1 | LONG`. */
  LONG = 0x40000000,
  /** Read: `(word1 & EXTERNAL) !== 0`. The bit in bytes: `(word1 >>> 26) & 8`. Write: `word1 | EXTERNAL`. */
  EXTERNAL = 0x20000000,
  /** Read, unless LONG: `(word1 >>> KEY_SHIFT) & KEY_MAX` (`keyLengthAt`). Write: `word1 | (keyLength << KEY_SHIFT)`. */
  KEY_SHIFT = 20,
  KEY_MAX = 0x1ff,
  /** Read, unless LONG: `word1 & PAYLOAD_MAX`. Write: `((word1 & ~PAYLOAD_MAX) | length) >>> 0`. */
  PAYLOAD_MAX = 0xfffff,

  HEADER_BYTES = 8,
  /** Payloads longer than this lie in a block of their own. */
  INLINE_MAX = 4096,
}

/** The type of an entry, from word 0. */
export function typeIn(word0: number): ValueType {
  return word0 & Entry.TYPE;
}

/** The encoding of its value, from word 0. */
export function encodingIn(word0: number): Encoding {
  return (word0 & Entry.ENCODING) >>> Entry.ENCODING_SHIFT;
}

/** What it keeps about its use, from word 0 (keyspace/access-time.ts). */
export function lruIn(word0: number): number {
  return word0 >>> Entry.LRU_SHIFT;
}

/** Bytes before the key, from word 1. */
export function keyOffset(word1: number): number {
  return 8 + ((word1 >>> 28) & 8) + ((word1 >>> 27) & 8) + ((word1 >>> 26) & 8);
}

/** Where an entry's parts lie; filled by `loadEntry`, reused by its owner, valid until the next change. */
export class EntryView {
  ref = 0;
  segment!: Segment;
  /** Offset of the entry in its segment. */
  offset = 0;
  word1 = 0;
  keyOffset = 0;
  keyLength = 0;
  payloadLength = 0;
  /** The segment that holds the payload: the entry's own unless external. */
  payloadSegment!: Segment;
  payloadOffset = 0;
}

export function loadEntry(arena: Arena, ref: number, view: EntryView): void {
  const segment = segmentOf(arena.segments, ref);
  const offset = offsetOf(ref);
  const word1 = segment.u32[(offset >> 2) + 1]!;
  view.ref = ref;
  view.segment = segment;
  view.offset = offset;
  view.word1 = word1;
  view.keyOffset = offset + keyOffset(word1);
  if ((word1 & (Entry.LONG | Entry.EXTERNAL)) === 0) {
    view.keyLength = (word1 >>> Entry.KEY_SHIFT) & Entry.KEY_MAX;
    view.payloadLength = word1 & Entry.PAYLOAD_MAX;
    view.payloadSegment = segment;
    view.payloadOffset = view.keyOffset + view.keyLength;
    return;
  }
  const extra = (offset >> 2) + 2 + ((word1 >>> 31) << 1);
  if ((word1 & Entry.LONG) !== 0) {
    view.keyLength = segment.u32[extra]!;
    view.payloadLength = segment.u32[extra + 1]!;
  } else {
    view.keyLength = (word1 >>> Entry.KEY_SHIFT) & Entry.KEY_MAX;
    view.payloadLength = word1 & Entry.PAYLOAD_MAX;
  }
  if ((word1 & Entry.EXTERNAL) !== 0) {
    const payload = segment.u32[extra + ((word1 & Entry.LONG) !== 0 ? 2 : 0)]!;
    view.payloadSegment = segmentOf(arena.segments, payload);
    view.payloadOffset = offsetOf(payload);
  } else {
    view.payloadSegment = segment;
    view.payloadOffset = view.keyOffset + view.keyLength;
  }
}

/** Bytes an entry takes, without an external payload. */
export function entrySize(keyLength: number, payloadLength: number, hasExpire: boolean): number {
  const isExternal = payloadLength > Entry.INLINE_MAX;
  const isLong = keyLength > Entry.KEY_MAX || payloadLength > Entry.PAYLOAD_MAX;
  return (
    Entry.HEADER_BYTES +
    (hasExpire ? 8 : 0) +
    (isLong ? 8 : 0) +
    (isExternal ? 8 : 0) +
    keyLength +
    (isExternal ? 0 : payloadLength)
  );
}

/** Ref of the external payload, 0 when the payload is inline. */
export function externalPayload(segment: Segment, offset: number, word1: number): number {
  return (word1 & Entry.EXTERNAL) === 0 ? 0 : segment.u32[externalPayloadWord(offset, word1)]!;
}

/** Where an entry with an external payload has its ref: a word of the segment. */
export function externalPayloadWord(offset: number, word1: number): number {
  return (offset >> 2) + 2 + ((word1 >>> 31) << 1) + ((word1 >>> 30) & 1) * 2;
}

/** Length of the key of the entry whose word 1 is given. */
export function keyLengthAt(segment: Segment, offset: number, word1: number): number {
  if ((word1 & Entry.LONG) === 0) return (word1 >>> Entry.KEY_SHIFT) & Entry.KEY_MAX;
  return segment.u32[(offset >> 2) + 2 + ((word1 >>> 31) << 1)]!;
}

/** Expiry of an entry in milliseconds since 1970, 0 when it has none. */
export function expireAtOf(segment: Segment, offset: number): number {
  return segment.u32[(offset >> 2) + 1]! >= Entry.EXPIRE ? segment.f64[(offset >> 3) + 1]! : 0;
}
