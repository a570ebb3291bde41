/** Doubles with a fixed number of digits after the point, as C's printf writes them. */

/** From here on `toFixed` prints an exponent. */
const TO_FIXED_LIMIT = 1e21;

/** A double as C's `%.<places>f` prints it, `inf` and `nan` as Redis spells them: exact, ties to the even digit. */
export function formatFixed(value: number, places: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Math.abs(value) >= TO_FIXED_LIMIT) return `${BigInt(value)}.${"0".repeat(places)}`;
  // JavaScript forgets the sign of a zero, and of a tie takes the larger digit. A tie has exactly one binary digit more than places.
  const text = Object.is(value, -0) ? `-${(0).toFixed(places)}` : value.toFixed(places);
  if (Math.abs(value * 2 ** (places + 1)) % 2 !== 1) return text;
  const cut = value.toFixed(places + 1).slice(0, -1);
  return Number(cut.at(-1)) % 2 === 0 ? cut : text;
}

/**
 * A double as Redis prints it for people (its long double without exponent): 17 digits after the point, then without trailing zeros,
 * and without the sign of a zero.
 */
export function formatHuman(value: number): string {
  const text = formatFixed(value, 17);
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x30) end--;
  if (text.charCodeAt(end - 1) === 0x2e) end--;
  const trimmed = text.slice(0, end);
  return trimmed === "-0" ? "0" : trimmed;
}
