/**
 * A HyperLogLog: how many different elements were seen, within 0.81 %, in at most 12 KB. It is an ordinary string value, byte for
 * byte Redis', so that values can be exchanged with it by GET and SET, files and links.
 *
 *      0      4   5          8               16
 *     +------+---+----------+---------------+-----------------
 *     | HYLL | E | not used | cardinality   | registers ...
 *     +------+---+----------+---------------+-----------------
 *
 *     E             0 dense (`hyperloglog-dense.ts`), 1 sparse (`hyperloglog-sparse.ts`)
 *     cardinality   the last estimate, 64 bits little endian; its highest bit is set when the registers have changed since
 *
 * An element's hash chooses one of 16384 registers; the register keeps the longest run of zero bits seen in the rest of the hash,
 * plus one: 0 when it was never chosen, otherwise 1 to 51.
 *
 * Source: Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm"; the
 * representation is that of Redis' hyperloglog.c.
 */
import type { Region } from "../../bytes/region.js";

export const enum Hll {
  ENCODING_AT = 4,
  CARDINALITY_AT = 8,
  HEADER = 16,

  DENSE = 0,
  SPARSE = 1,

  /** "HYLL", as a little-endian word. */
  MAGIC = 0x4c4c5948,
  /** In the cardinality's upper word: it is not that of the registers. */
  STALE = 0x80000000,

  INDEX_BITS = 14,
  REGISTERS = 16384,
  INDEX_MASK = 16383,
  /** The largest number an element can put into a register. */
  REGISTER_MAX = 51,

  /** Bytes of a dense value. */
  DENSE_BYTES = 12304,
  /** Bytes of a sparse value without elements. */
  EMPTY_BYTES = 18,
  /** No valid sparse value is longer: each register an opcode of two bytes. */
  SPARSE_LIMIT = 32784,
}

/** True when a string can be a HyperLogLog. Whether a sparse one is whole, only reading it all tells. */
export function isHyperLogLog(region: Region, offset: number, length: number): boolean {
  if (length < Hll.HEADER || region.dv.getInt32(offset, true) !== Hll.MAGIC) return false;
  const encoding = region.u8[offset + Hll.ENCODING_AT]!;
  return encoding === Hll.DENSE ? length === Hll.DENSE_BYTES : encoding === Hll.SPARSE;
}

/** True for the dense representation. */
export function isDense(region: Region, offset: number): boolean {
  return region.u8[offset + Hll.ENCODING_AT] === Hll.DENSE;
}

/** Writes the header of a value without elements. */
export function writeHeader(region: Region, offset: number, encoding: Hll.DENSE | Hll.SPARSE): void {
  region.dv.setInt32(offset, Hll.MAGIC, true);
  region.dv.setInt32(offset + Hll.ENCODING_AT, encoding, true);
  region.dv.setFloat64(offset + Hll.CARDINALITY_AT, 0, true);
}

/** True while the cardinality in the header is that of the registers. */
export function hasCardinality(region: Region, offset: number): boolean {
  return region.u8[offset + Hll.CARDINALITY_AT + 7]! < 0x80;
}

/** The cardinality in the header: exact up to 2^53. */
export function cardinality(region: Region, offset: number): number {
  const { dv } = region;
  return dv.getInt32(offset + Hll.CARDINALITY_AT + 4, true) * 2 ** 32 + dv.getUint32(offset + Hll.CARDINALITY_AT, true);
}

/** The cardinality in the header, exactly. */
export function bigCardinality(region: Region, offset: number): bigint {
  return region.dv.getBigInt64(offset + Hll.CARDINALITY_AT, true);
}

/** Writes a whole number from -2^63 to 2^63 into the header. */
export function setCardinality(region: Region, offset: number, value: number): void {
  const upper = Math.floor(value / 2 ** 32);
  region.dv.setInt32(offset + Hll.CARDINALITY_AT, value - upper * 2 ** 32, true);
  region.dv.setInt32(offset + Hll.CARDINALITY_AT + 4, upper, true);
}

/** Marks the cardinality in the header as out of date. */
export function staleCardinality(region: Region, offset: number): void {
  region.u8[offset + Hll.CARDINALITY_AT + 7]! |= 0x80;
}
