/**
 * Grisu2: decimal digits that read back as the same double, nearly always the fewest. Redis 7.2 prints doubles with
 * it, so about one double in a thousand is printed with more digits than needed, and a client sees exactly those.
 * JavaScript's own conversion is always the shortest and cannot stand in.
 *
 * Source: Florian Loitsch, "Printing Floating-Point Numbers Quickly and Accurately with Integers" (2010), with the
 * parameters and the layout of numbers of the fpconv library. About 2 µs a number; `formatDouble` avoids most calls.
 */

const FRACTION_MASK = (1n << 52n) - 1n;
const HIDDEN_BIT = 1n << 52n;
const EXPONENT_BIAS = 1075;

/** The product's exponent lies in this range, so that its integer part fits into 32 bits. */
const MIN_EXPONENT = -60;
const MAX_EXPONENT = -32;

const FIRST_POWER = -348;
const POWER_STEP = 8;
const POWER_COUNT = 87;

/** 10^decimal as `fraction` x 2^exponent, the fraction rounded to 64 bits with the highest one set. */
interface CachedPower {
  readonly decimal: number;
  readonly fraction: bigint;
  readonly exponent: number;
}

const CACHED_POWERS: readonly CachedPower[] = Array.from({ length: POWER_COUNT }, (_, i) =>
  cachedPower(FIRST_POWER + i * POWER_STEP),
);

/** The text of a finite double that is not zero: plain up to seven places around its digits, otherwise scientific. */
export function formatShortest(value: number): string {
  const bits = new BigUint64Array(Float64Array.of(Math.abs(value)).buffer)[0]!;
  const biased = Number(bits >> 52n);
  const fraction = biased === 0 ? bits & FRACTION_MASK : (bits & FRACTION_MASK) | HIDDEN_BIT;
  const exponent = (biased === 0 ? 1 : biased) - EXPONENT_BIAS;

  // The boundaries, half way to the neighbours, with the exponent of the upper one; all fractions fill 64 bits.
  const upperShift = BigInt(64 - bitLength(fraction * 2n + 1n));
  const upperExponent = exponent - 1 - Number(upperShift);
  const lowerShift = fraction === HIDDEN_BIT ? 2 : 1;
  const lower = ((fraction << BigInt(lowerShift)) - 1n) << BigInt(exponent - lowerShift - upperExponent);
  const middle = fraction << BigInt(exponent - upperExponent);

  const power = findPower(upperExponent);
  const scaledUpper = multiply((fraction * 2n + 1n) << upperShift, power.fraction) - 1n;
  const scaledLower = multiply(lower, power.fraction) + 1n;
  const scaled = multiply(middle, power.fraction);
  const shift = BigInt(-(upperExponent + power.exponent + 64));
  const text = layOut(generateDigits(scaled, scaledUpper, scaledLower, shift), -power.decimal);
  return value < 0 ? `-${text}` : text;
}

interface Digits {
  readonly text: string;
  /** How many powers of ten the last digit stands above the units of the scaled number. */
  readonly scale: number;
}

/** The shortest digits between the scaled boundaries, whose lowest `shift` bits are behind the point. */
function generateDigits(scaled: bigint, upper: bigint, lower: bigint, shift: bigint): Digits {
  const one = 1n << shift;
  let distance = upper - scaled;
  let delta = upper - lower;
  let integer = Number(upper >> shift);
  let fraction = upper & (one - 1n);
  let text = "";
  for (let scale = 9, divisor = 1_000_000_000; scale >= 0; scale--, divisor /= 10) {
    const digit = Math.floor(integer / divisor);
    integer -= digit * divisor;
    if (digit !== 0 || text !== "") text += digit;
    const rest = (BigInt(integer) << shift) + fraction;
    if (rest <= delta) return { text: roundLast(text, delta, rest, BigInt(divisor) << shift, distance), scale };
  }
  for (let scale = -1; ; scale--) {
    fraction *= 10n;
    delta *= 10n;
    distance *= 10n;
    const digit = Number(fraction >> shift);
    if (digit !== 0 || text !== "") text += digit;
    fraction &= one - 1n;
    if (fraction < delta) return { text: roundLast(text, delta, fraction, one, distance), scale };
  }
}

/** Lowers the last digit, whose unit is `step`, as long as that comes closer to the number and stays inside. */
function roundLast(text: string, delta: bigint, rest: bigint, step: bigint, distance: bigint): string {
  let last = Number(text.slice(-1));
  while (
    rest < distance &&
    delta - rest >= step &&
    (rest + step < distance || distance - rest > rest + step - distance)
  ) {
    last--;
    rest += step;
  }
  return text.slice(0, -1) + last;
}

/** Places the point or the exponent: the digits stand for text x 10^(scale + decimal). */
function layOut(digits: Digits, decimal: number): string {
  const { text } = digits;
  const exponent = digits.scale + decimal;
  const magnitude = exponent + text.length - 1;
  const distance = Math.abs(magnitude);
  if (exponent >= 0 && distance < text.length + 7) return text + "0".repeat(exponent);
  if (exponent < 0 && (exponent > -7 || distance < 4)) {
    const point = text.length + exponent;
    if (point <= 0) return `0.${"0".repeat(-point)}${text}`;
    return `${text.slice(0, point)}.${text.slice(point)}`;
  }
  const fraction = text.length > 1 ? `.${text.slice(1)}` : "";
  return `${text[0]}${fraction}e${magnitude < 0 ? "-" : "+"}${distance}`;
}

/** The upper 64 bits of the product of two 64-bit fractions, rounded. */
function multiply(a: bigint, b: bigint): bigint {
  return (a * b + (1n << 63n)) >> 64n;
}

/** The cached power that brings a fraction with this exponent into range. Where two do, the search's start decides. */
function findPower(exponent: number): CachedPower {
  const estimate = Math.trunc(-(exponent + POWER_COUNT) * 0.30102999566398114);
  let i = Math.trunc((estimate - FIRST_POWER) / POWER_STEP);
  for (;;) {
    const power = CACHED_POWERS[i]!;
    const scaled = exponent + power.exponent + 64;
    if (scaled < MIN_EXPONENT) i++;
    else if (scaled > MAX_EXPONENT) i--;
    else return power;
  }
}

function cachedPower(decimal: number): CachedPower {
  const power = 10n ** BigInt(Math.abs(decimal));
  const bits = bitLength(power);
  if (decimal < 0) {
    const exponent = -63 - bits;
    return { decimal, fraction: ((1n << BigInt(1 - exponent)) / power + 1n) >> 1n, exponent };
  }
  const exponent = bits - 64;
  if (exponent <= 0) return { decimal, fraction: power << BigInt(-exponent), exponent };
  return { decimal, fraction: ((power >> BigInt(exponent - 1)) + 1n) >> 1n, exponent };
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}
