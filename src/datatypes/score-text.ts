/**
 * Comparing a score given as text, as small sorted sets keep fractions, with a number. The text is that of a double, of up to 17 digits
 * with an exponent or none; reading it exactly costs about a microsecond (Node 20.20), which a run of them would cost at each
 * insertion. So its first 15 digits decide, unless the two are so close that they cannot.
 */
import { parseDouble } from "../bytes/double.js";
import type { Region } from "../bytes/region.js";

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const SMALL_E = 0x65;

/** Digits that are looked at. */
const DIGITS = 15;

/** More than what the digits left out and two roundings come to. */
const ERROR = 1e-13;

/** Orders the score in a slice against another: negative, 0 or positive. */
export function compareScoreText(region: Region, offset: number, length: number, score: number): number {
  const near = approximate(region, offset, offset + length);
  const distance = near - score;
  if (Math.abs(distance) > ERROR * Math.abs(near)) return distance;
  const exact = parseDouble(region, offset, length);
  // Infinities have no difference.
  return exact === score ? 0 : exact < score ? -1 : 1;
}

/** The number in a slice with a relative error below ERROR, or NaN when it is none of ordinary size. */
function approximate(region: Region, at: number, end: number): number {
  const { u8 } = region;
  const isNegative = u8[at] === MINUS;
  if (isNegative) at++;
  let mantissa = 0;
  let digits = 0;
  /** Power of ten of the mantissa's last digit. */
  let power = 0;
  let isFraction = false;
  for (; at < end; at++) {
    const digit = u8[at]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (digits < DIGITS) {
        mantissa = mantissa * 10 + digit;
        if (mantissa > 0) digits++;
        if (isFraction) power--;
      } else if (!isFraction) power++;
    } else if (u8[at] === POINT && !isFraction) isFraction = true;
    else break;
  }
  if (at < end) {
    if (u8[at] !== SMALL_E || digits === 0) return Number.NaN;
    power += parseDouble(region, at + 1, end - at - 1);
  }
  // Powers of ten this small are exact to a rounding, and so is what becomes of the mantissa.
  if (!(power > -300 && power < 280)) return Number.NaN;
  const value = power < 0 ? mantissa / 10 ** -power : mantissa * 10 ** power;
  return isNegative ? -value : value;
}
