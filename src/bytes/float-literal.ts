/**
 * The text of a floating-point number as C's strtod and strtold take it, and its exact rounding to a binary format.
 *
 *     [+-] ( digits [. digits] | . digits ) [e [+-] digits]     decimal
 *     [+-] 0x (the same in hex digits) [p [+-] digits]          hexadecimal, the exponent is of two
 *     [+-] inf | infinity                                       in any case
 *
 * Redis demands that the whole argument is the number, which excludes spaces on both sides, and refuses `nan`.
 */

/** A literal's exact value: mantissa x base^exponent. */
export interface FloatLiteral {
  readonly negative: boolean;
  /** 2 for hexadecimal, 10 for decimal, 0 for infinity. */
  readonly base: 0 | 2 | 10;
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** A value rounded to a binary format: mantissa x 2^exponent, or infinity when the exponent is. */
interface BinaryFloat {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** A binary format: the bits of a mantissa, and the exponents of its lowest bit. */
interface BinaryFormat {
  readonly precision: number;
  readonly minExponent: number;
  readonly maxExponent: number;
}

const DECIMAL = /^([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:e([+-]?[0-9]+))?$/i;
const HEXADECIMAL = /^([+-]?)0x(?:([0-9a-f]+)(?:\.([0-9a-f]*))?|\.([0-9a-f]+))(?:p([+-]?[0-9]+))?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** Hex digits kept of a literal; they fill every format, and what was behind them is kept as one bit. */
const HEX_DIGITS = 64;

/** True when the text is a decimal literal. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** Reads a literal (latin1), or null when the text is not wholly one. */
export function parseFloatLiteral(text: string): FloatLiteral | null {
  let match = DECIMAL.exec(text);
  if (match !== null) {
    const fraction = match[3] ?? match[4] ?? "";
    const digits = (match[2] ?? "") + fraction;
    const exponent = Number(match[5] ?? 0) - fraction.length;
    return { negative: match[1] === "-", base: 10, mantissa: BigInt(digits), exponent };
  }
  match = HEXADECIMAL.exec(text);
  if (match !== null) {
    const fraction = match[3] ?? match[4] ?? "";
    const digits = ((match[2] ?? "") + fraction).replace(/^0+/, "");
    let mantissa = BigInt(`0x0${digits.slice(0, HEX_DIGITS)}`);
    if (/[^0]/.test(digits.slice(HEX_DIGITS))) mantissa |= 1n;
    const dropped = Math.max(0, digits.length - HEX_DIGITS);
    const exponent = Number(match[5] ?? 0) + 4 * (dropped - fraction.length);
    return { negative: match[1] === "-", base: 2, mantissa, exponent };
  }
  match = INFINITE.exec(text);
  if (match === null) return null;
  return { negative: match[1] === "-", base: 0, mantissa: 0n, exponent: 0 };
}

/** A finite literal's magnitude in a binary format, rounded to nearest, ties to even. */
export function roundLiteral(literal: FloatLiteral, format: BinaryFormat): BinaryFloat {
  const { mantissa, exponent } = literal;
  if (mantissa === 0n) return { mantissa, exponent: format.minExponent };
  // Far out of range: spare the huge powers. A digit is at least one bit and less than four.
  const reach = 4 * bitLength(mantissa) + 2 * format.maxExponent + 2 * format.precision;
  if (exponent > reach) return { mantissa: 0n, exponent: Number.POSITIVE_INFINITY };
  if (exponent < -reach + 2 * format.minExponent) return { mantissa: 0n, exponent: format.minExponent };
  if (literal.base === 2) return roundBinary(mantissa, exponent, format);
  if (exponent >= 0) return roundBinary(mantissa * 10n ** BigInt(exponent), 0, format);
  // A quotient with at least two bits more than the format, the last of them set when there is a remainder.
  const divisor = 10n ** BigInt(-exponent);
  const shift = Math.max(0, format.precision + 2 + bitLength(divisor) - bitLength(mantissa));
  const dividend = mantissa << BigInt(shift);
  const quotient = dividend / divisor;
  const sticky = quotient * divisor === dividend ? 0n : 1n;
  return roundBinary((quotient << 1n) | sticky, -shift - 1, format);
}

/** Rounds mantissa x 2^exponent to a binary format, to nearest, ties to even. */
export function roundBinary(mantissa: bigint, exponent: number, format: BinaryFormat): BinaryFloat {
  if (mantissa === 0n) return { mantissa, exponent };
  let bits = bitLength(mantissa);
  const excess = Math.max(bits - format.precision, format.minExponent - exponent);
  if (excess > 0) {
    mantissa = shiftRightToEven(mantissa, excess);
    exponent += excess;
    bits -= excess;
    // Only a mantissa of ones is rounded up to one bit more, and then it is a power of two.
    if (bits === format.precision && mantissa >> BigInt(bits) !== 0n) bits++;
  }
  if (exponent + bits - format.precision > format.maxExponent) {
    return { mantissa: 0n, exponent: Number.POSITIVE_INFINITY };
  }
  return bits > format.precision ? { mantissa: mantissa >> 1n, exponent: exponent + 1 } : { mantissa, exponent };
}

/** value / 2^bits, rounded to nearest, ties to even; `bits` is not 0. */
export function shiftRightToEven(value: bigint, bits: number): bigint {
  const doubled = value >> BigInt(bits - 1); // the quotient and one bit behind it
  if ((doubled & 1n) === 0n) return doubled >> 1n;
  if ((doubled & 2n) === 0n && doubled << BigInt(bits - 1) === value) return doubled >> 1n;
  return (doubled + 1n) >> 1n;
}

/** The number of bits of a value that is not negative; 0 has none. */
function bitLength(value: bigint): number {
  let number = Number(value);
  let bits = 0;
  while (number >= 0x1_0000_0000 && number < Number.POSITIVE_INFINITY) {
    number /= 0x1_0000_0000;
    bits += 32;
  }
  const top = Math.trunc(number);
  // A conversion that rounded may have rounded up to a power of two.
  if (bits > 0 && top === number && (top & (top - 1)) === 0) return slowBitLength(value);
  if (number === Number.POSITIVE_INFINITY) return slowBitLength(value);
  return bits + 32 - Math.clz32(top);
}

function slowBitLength(value: bigint): number {
  const hex = value.toString(16);
  return hex.length * 4 - Math.clz32(Number.parseInt(hex[0]!, 16)) + 28;
}
