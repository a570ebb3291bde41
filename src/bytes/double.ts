/**
 * Doubles as text, the way Redis 7.2 reads and prints them. Scores, increments and timeouts are mostly short decimals:
 * those take exact arithmetic on small integers; everything else takes the complete and slower way.
 */
import { isDecimal, parseFloatLiteral, roundLiteral } from "./float-literal.js";
import { formatShortest } from "./grisu.js";
import type { Region } from "./region.js";

const ZERO = 0x30;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;

/** Up to this many digits a decimal mantissa is an exact double. */
const EXACT_DIGITS = 15;

const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

const BINARY64 = { precision: 53, minExponent: -1074, maxExponent: 971 };

/** Bytes of the longest text that can be a number: nobody writes one of a million digits. */
const LONGEST_NUMBER = 1_048_576;

/** Redis prints a double as an integer when it is one and not beyond 2^62. */
const INTEGER_LIMIT = 2 ** 62;

/**
 * The double in a slice, or NaN when it is none: the whole slice must be what strtod takes (decimal, hexadecimal or
 * infinity), without spaces, not `nan`, and neither overflow nor vanish to zero.
 */
export function parseDouble(region: Region, offset: number, length: number): number {
  const u8 = region.u8;
  const end = offset + length;
  let i = offset;
  const sign = length > 0 ? u8[i]! : 0;
  if (sign === MINUS || sign === PLUS) i++;
  const digits = end - i;
  if (digits <= 0 || digits > EXACT_DIGITS + 1) return parseAnyDouble(region, offset, length);
  let mantissa = 0;
  let point = -1;
  for (; i < end; i++) {
    const digit = u8[i]! - ZERO;
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
    else if (u8[i] === POINT && point < 0) point = i;
    else return parseAnyDouble(region, offset, length);
  }
  let value = mantissa;
  if (point >= 0) {
    if (digits === 1) return Number.NaN;
    // Both are exact, so the quotient is correctly rounded.
    value = mantissa / POWERS_OF_TEN[end - point - 1]!;
  } else if (digits > EXACT_DIGITS) {
    return parseAnyDouble(region, offset, length);
  }
  return sign === MINUS ? -value : value;
}

/** `parseDouble` for a string of one character per byte. */
export function parseDoubleText(text: string): number {
  if (isDecimal(text)) {
    const value = Number(text);
    if (!Number.isFinite(value)) return Number.NaN;
    if (value === 0 && /^[^e]*[1-9]/i.test(text)) return Number.NaN;
    return value;
  }
  const literal = parseFloatLiteral(text);
  if (literal === null) return Number.NaN;
  const sign = literal.negative ? -1 : 1;
  if (literal.base === 0) return sign * Number.POSITIVE_INFINITY;
  const { mantissa, exponent } = roundLiteral(literal, BINARY64);
  if (!Number.isFinite(exponent) || (mantissa === 0n && literal.mantissa !== 0n)) return Number.NaN;
  return sign * scale(Number(mantissa), exponent);
}

function parseAnyDouble(region: Region, offset: number, length: number): number {
  if (length > LONGEST_NUMBER) return Number.NaN;
  const { buffer, byteOffset } = region.u8;
  return parseDoubleText(Buffer.from(buffer, byteOffset + offset, length).toString("latin1"));
}

/** mantissa x 2^exponent where the result is a double, though the power alone may not be one. */
function scale(mantissa: number, exponent: number): number {
  if (exponent >= -1074) return mantissa * 2 ** exponent;
  return mantissa * 2 ** -1074 * 2 ** (exponent + 1074);
}

/** A double as Redis 7.2 prints it in replies: `inf`, `-inf`, `nan`, `-0`, integers plainly, others by Grisu2. */
export function formatDouble(value: number): string {
  if (Number.isInteger(value)) {
    if (value === 0) return Object.is(value, -0) ? "-0" : "0";
    if (Number.isSafeInteger(value)) return String(value);
    if (Math.abs(value) <= INTEGER_LIMIT) return String(BigInt(value));
    return formatShortest(value);
  }
  if (isPlainDecimal(Math.abs(value))) return String(value);
  if (Number.isFinite(value)) return formatShortest(value);
  if (Number.isNaN(value)) return "nan";
  return value < 0 ? "-inf" : "inf";
}

/**
 * True when a positive double is the nearest one to a decimal of at most six places and fifteen digits that lies well
 * inside its rounding interval. Grisu2 then finds that decimal as JavaScript does, and both print it the same way; it
 * misses the shortest only near the interval's ends, which its arithmetic cuts off by about a thousandth.
 */
function isPlainDecimal(value: number): boolean {
  if (value >= 1e9) return false;
  for (let power = 10; power <= 1_000_000; power *= 10) {
    const mantissa = Math.round(value * power);
    if (mantissa / power !== value) continue;
    // The exact error, from a value split so that both products are exact.
    const high = Math.fround(value);
    const error = high * power - mantissa + (value - high) * power;
    const unit = value + value * 2 ** -53 - value; // in the last place; 0 for a power of two
    return error === 0 || Math.abs(error) < 0.49 * unit * power;
  }
  return false;
}

/** A double as C's `%.<precision>g` prints it, `inf` and `nan` as Redis spells them; 17 digits always read back. */
export function formatGeneral(value: number, precision: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, exponentText] = toExponentialEven(value, precision).split("e") as [string, string];
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < precision) {
    return trimZeros(toPlain(mantissa, exponent));
  }
  const sign = exponent < 0 ? "-" : "+";
  return `${trimZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** `toExponential` with so many digits, but ties go to the even digit as in C; JavaScript takes the larger number. */
function toExponentialEven(value: number, precision: number): string {
  // No double has thirty zeros behind a 5 and then other digits, so this shows whether it is a tie.
  const long = value.toExponential(Math.min(100, precision + 30));
  const start = long.indexOf(".") + precision;
  const exponentStart = long.indexOf("e");
  const isTie = /^50*$/.test(long.slice(start, exponentStart));
  const last = long[start - 1] === "." ? long[start - 2] : long[start - 1];
  if (!isTie || Number(last) % 2 === 1) return value.toExponential(precision - 1);
  return long.slice(0, precision === 1 ? start - 1 : start) + long.slice(exponentStart);
}

/** The digits of a mantissa d.ddd, with a sign, moved by a power of ten. */
function toPlain(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace(/[-.]/g, "");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}
