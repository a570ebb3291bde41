/**
 * What a snapshot says: records, one behind the other in chunks. A key with a small value is one record; a large value comes in pieces, between
 * which there may be records of other keys, and pieces of their values.
 *
 *     record    word 0 bytes of the record, a multiple of 8     1 what it is (8 bits) | type (8) | encoding (8)    2 database
 *               words 3 number of a value in pieces   4 bytes of the key   5 bytes of the payload
 *               double 3 expiry of the key, ms since 1970, 0 for none          words 8 access field (24 bits)   9 unused
 *               key, payload, up to 7 bytes of nothing
 *
 *     WHOLE     key and payload as in the entry (structures/entry/entry.ts)
 *     BEGIN     key; payload: | elements, 4 | pieces, 4 | then of a stream what stream-image.ts shows
 *     PIECE     payload: of a string some of its bytes
 *                        of a list the run of a leaf (listpack elements)
 *                        of a set, a sorted set, a hash elements (structures/entry/element.ts), none with a block of its own
 *                        of a stream what stream-image.ts shows
 *     END       nothing more comes of this value
 *
 * Pieces of strings, lists and streams come in order. Those of sets, sorted sets and hashes do not: they are pages of a dict.
 */

export const enum RecordKind {
  WHOLE = 1,
  BEGIN = 2,
  PIECE = 3,
  END = 4,
}

export const enum RecordLayout {
  /** Words. */
  BYTES = 0,
  WHAT = 1,
  DATABASE = 2,
  NUMBER = 3,
  KEY_LENGTH = 4,
  PAYLOAD_LENGTH = 5,
  /** Double. */
  EXPIRE_F64 = 3,
  ACCESS = 8,
  /** Bytes before the key. */
  HEADER = 40,

  TYPE_SHIFT = 8,
  ENCODING_SHIFT = 16,
  BYTE = 0xff,
}

/** Bytes before the first piece's data in the payload of BEGIN. */
export const enum BeginPayload {
  ELEMENTS = 0,
  PIECES = 4,
  BYTES = 8,
}
