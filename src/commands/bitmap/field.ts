/**
 * Integers of 1 to 64 bits at any bit of a string, the highest bit first, signed ones in two's complement.
 *
 *     offset 5, 8 bits   |.....abc|defgh...|
 */
import type { StringView } from "../../keyspace/database.js";

/** What happens to a number that does not fit its field. */
export type Overflow = "wrap" | "sat" | "fail";

/** "i16", "u8": how many bits, and whether they have a sign. */
export interface FieldType {
  readonly bits: number;
  readonly isSigned: boolean;
}

/** The number in a field; bits beyond the end of the string are 0. */
export function readField(view: StringView, bitOffset: number, type: FieldType): bigint {
  const { bits } = type;
  const highBits = Math.max(0, bits - 32);
  const low = readBits(view, bitOffset + highBits, bits - highBits);
  if (highBits === 0) return type.isSigned ? BigInt((low << (32 - bits)) >> (32 - bits)) : BigInt(low);
  const joined = (BigInt(readBits(view, bitOffset, highBits)) << 32n) | BigInt(low);
  return type.isSigned ? BigInt.asIntN(bits, joined) : joined;
}

/** Writes a number that fits its field, which must lie inside the string. */
export function writeField(view: StringView, bitOffset: number, type: FieldType, value: bigint): void {
  const unsigned = BigInt.asUintN(type.bits, value);
  const highBits = Math.max(0, type.bits - 32);
  if (highBits > 0) writeBits(view, bitOffset, highBits, Number(unsigned >> 32n));
  writeBits(view, bitOffset + highBits, type.bits - highBits, Number(BigInt.asUintN(32, unsigned)));
}

/** The number a field takes when `value` is to be stored, null when it does not fit and is to fail. */
export function fitField(value: bigint, type: FieldType, overflow: Overflow): bigint | null {
  const max = (1n << BigInt(type.isSigned ? type.bits - 1 : type.bits)) - 1n;
  const min = type.isSigned ? -max - 1n : 0n;
  if (value >= min && value <= max) return value;
  if (overflow === "fail") return null;
  if (overflow === "sat") return value > max ? max : min;
  return type.isSigned ? BigInt.asIntN(type.bits, value) : BigInt.asUintN(type.bits, value);
}

/** Up to 32 bits as an unsigned number. */
function readBits(view: StringView, bitOffset: number, bits: number): number {
  const { u8 } = view.region;
  let value = 0;
  let left = bits;
  let at = Math.floor(bitOffset / 8);
  let skip = bitOffset % 8;
  while (left > 0) {
    const taken = Math.min(8 - skip, left);
    const byte = at < view.length ? u8[view.offset + at]! : 0;
    const part = (byte >> (8 - skip - taken)) & ((1 << taken) - 1);
    value = value * (1 << taken) + part;
    left -= taken;
    skip = 0;
    at++;
  }
  return value;
}

/** Writes up to 32 bits. */
function writeBits(view: StringView, bitOffset: number, bits: number, value: number): void {
  const { u8 } = view.region;
  let left = bits;
  let at = view.offset + Math.floor(bitOffset / 8);
  let skip = bitOffset % 8;
  while (left > 0) {
    const taken = Math.min(8 - skip, left);
    const shift = 8 - skip - taken;
    const mask = ((1 << taken) - 1) << shift;
    const part = (value >>> (left - taken)) & ((1 << taken) - 1);
    u8[at] = (u8[at]! & ~mask) | (part << shift);
    left -= taken;
    skip = 0;
    at++;
  }
}
