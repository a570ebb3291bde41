/**
 * The arithmetic of INCRBYFLOAT and HINCRBYFLOAT: x87 extended precision, which is what `long double` is where Redis
 * runs. Its 64-bit mantissa shows: 0.1 + 0.2 gives 0.3, but 3000.1 + 0.2 gives 3000.30000000000000004, and clients
 * see exactly that. A number is mantissa x 2^exponent, the mantissa a bigint of 64 bits (fewer when it is exact).
 *
 * Reading, adding and printing two short decimals takes 1.6 µs together on Node 20.20.
 */
import { type FloatLiteral, parseFloatLiteral, roundBinary, roundLiteral, shiftRightToEven } from "./float-literal.js";
import type { Region } from "./region.js";

const EXTENDED = { precision: 64, minExponent: -16445, maxExponent: 16320 };

/** Redis copies the text into a buffer of this size, with a zero byte at its end. */
const MAX_TEXT = 5 * 1024;

/** Digits after the point that Redis prints. */
const PLACES = 17;

const SCALE = 10n ** BigInt(PLACES);

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;

/** Digits of a decimal that are surely an exact number. */
const EXACT_DIGITS = 15;

const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10n ** BigInt(i));

/** A value of extended precision. Its exponent is infinite for an infinity, and NaN for what is no number. */
export interface LongDouble {
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** The value 0: of a key or field that does not exist. */
export const LONG_ZERO: LongDouble = { negative: false, mantissa: 0n, exponent: 0 };

/**
 * The number in a slice, or null: the whole slice must be what strtold takes (decimal, hexadecimal or infinity), below
 * 5 KB, without spaces, not `nan`, and neither overflow nor vanish to zero.
 */
export function parseLongDouble(region: Region, offset: number, length: number): LongDouble | null {
  if (length === 0 || length >= MAX_TEXT) return null;
  const short = parseShortDecimal(region.u8, offset, offset + length);
  if (short !== null) return short;
  const { buffer, byteOffset } = region.u8;
  return parseLongDoubleText(Buffer.from(buffer, byteOffset + offset, length).toString("latin1"));
}

/** `parseLongDouble` for a string of one character per byte. */
export function parseLongDoubleText(text: string): LongDouble | null {
  if (text.length >= MAX_TEXT) return null;
  const literal = parseFloatLiteral(text);
  return literal === null ? null : rounded(literal);
}

/** True unless the number is an infinity or no number. */
export function isFiniteLongDouble(value: LongDouble): boolean {
  return Number.isFinite(value.exponent);
}

/** The sum, rounded to nearest, ties to even; check it with `isFiniteLongDouble`. */
export function addLongDouble(a: LongDouble, b: LongDouble): LongDouble {
  if (!isFiniteLongDouble(a) || !isFiniteLongDouble(b)) return addInfinite(a, b);
  if (a.mantissa === 0n && b.mantissa === 0n) return { ...a, negative: a.negative && b.negative };
  if (a.mantissa === 0n) return b;
  if (b.mantissa === 0n) return a;
  const exponent = Math.min(a.exponent, b.exponent);
  // An exact sum first. Where the exponents are thousands apart the mantissas become long, which is slow but right.
  const left = a.mantissa << BigInt(a.exponent - exponent);
  const right = b.mantissa << BigInt(b.exponent - exponent);
  const sum = (a.negative ? -left : left) + (b.negative ? -right : right);
  const negative = sum < 0n;
  return { negative, ...roundBinary(negative ? -sum : sum, exponent, EXTENDED) };
}

/**
 * The number as Redis prints it for people: 17 digits after the point, then without trailing zeros, never with an
 * exponent, and without the sign of a zero.
 */
export function formatLongDouble(value: LongDouble): string {
  const { negative, mantissa, exponent } = value;
  if (Number.isNaN(exponent)) return "nan";
  if (!Number.isFinite(exponent)) return negative ? "-inf" : "inf";
  if (mantissa === 0n) return "0";
  const sign = negative ? "-" : "";
  if (exponent >= 0) return sign + (mantissa << BigInt(exponent)).toString();
  const scaled = shiftRightToEven(mantissa * SCALE, -exponent);
  if (scaled === 0n) return "0";
  const digits = scaled.toString().padStart(PLACES + 1, "0");
  const point = digits.length - PLACES;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO) end--;
  if (end === point) return sign + digits.slice(0, point);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point, end)}`;
}

/** Reads a sign, at most 15 digits and a point among them; null leaves the text to the complete way. */
function parseShortDecimal(u8: Uint8Array, i: number, end: number): LongDouble | null {
  const negative = u8[i] === MINUS;
  if (negative) i++;
  if (end - i > EXACT_DIGITS) return null;
  let mantissa = 0;
  let point = -1;
  const start = i;
  for (; i < end; i++) {
    const digit = u8[i]! - ZERO;
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
    else if (u8[i] === POINT && point < 0) point = i;
    else return null;
  }
  if (end - start === (point < 0 ? 0 : 1)) return null;
  return divide(negative, mantissa, point < 0 ? 0 : end - point - 1);
}

/**
 * mantissa / 10^places, rounded, for a mantissa below 2^50. The quotient is taken with one bit more than needed. It
 * cannot be a tie, because that odd 65-bit quotient would have to divide the mantissa, and it cannot be rounded up to
 * a power of two, because two numbers below 2^50 are never so nearly equal.
 */
function divide(negative: boolean, mantissa: number, places: number): LongDouble {
  if (places === 0 || mantissa === 0) return { negative, mantissa: BigInt(mantissa), exponent: 0 };
  const divisor = 10 ** places;
  let shift = EXTENDED.precision;
  let scaled = mantissa; // brought between the divisor and its double, exactly
  for (; scaled < divisor; scaled *= 2) shift++;
  for (; scaled >= divisor * 2; scaled /= 2) shift--;
  const quotient = (BigInt(mantissa) << BigInt(shift)) / POWERS_OF_TEN[places]!;
  return { negative, mantissa: (quotient + 1n) >> 1n, exponent: 1 - shift };
}

function rounded(literal: FloatLiteral): LongDouble | null {
  const { negative, base, mantissa } = literal;
  if (base === 0) return { negative, mantissa: 0n, exponent: Number.POSITIVE_INFINITY };
  const result = roundLiteral(literal, EXTENDED);
  const overflows = !Number.isFinite(result.exponent);
  const vanishes = result.mantissa === 0n && mantissa !== 0n;
  return overflows || vanishes ? null : { negative, ...result };
}

function addInfinite(a: LongDouble, b: LongDouble): LongDouble {
  const opposite = !Number.isFinite(a.exponent) && !Number.isFinite(b.exponent) && a.negative !== b.negative;
  if (opposite) return { negative: false, mantissa: 0n, exponent: Number.NaN };
  return Number.isFinite(a.exponent) ? b : a;
}
