/**
 * Reading numbers as the C functions behind Redis' settings read them: string2ll, strtoll, and memory sizes with units.
 * Each returns null for what it does not accept. Results above 2^53 are bigint, so that limits compare exactly.
 */

export const INT_MIN = -2147483648;
export const INT_MAX = 2147483647;
export const UINT_MAX = 4294967295;
/** The largest signed and unsigned number of 64 bits. */
export const INT64_MAX = 9223372036854775807n;
export const UINT64_MAX = 18446744073709551615n;

const INT64_MIN = -INT64_MAX - 1n;

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1000 ** 2,
  mb: 1024 ** 2,
  g: 1000 ** 3,
  gb: 1024 ** 3,
};

/** A decimal integer of 64 bits without sign "+", blanks or leading zeros. */
export function parseInteger(text: string): number | bigint | null {
  if (!/^(?:0|-?[1-9][0-9]{0,18})$/.test(text)) return null;
  if (text.length <= 15) return Number(text);
  const value = BigInt(text);
  return value < INT64_MIN || value > INT64_MAX ? null : narrow(value);
}

/** What strtoll takes to the end: leading blanks, a sign, leading zeros; nothing at all is 0. */
export function parseLoose(text: string): number | null {
  if (text === "") return 0;
  return /^[\t-\r ]*[+-]?[0-9]+$/.test(text) ? Number(text) : null;
}

/** A size in bytes: digits and a unit in any case ("64mb", "1g"); no digits are 0, and 64 bits wrap around, as in Redis. */
export function parseMemory(text: string): number | bigint | null {
  const match = /^([0-9]{0,127})([a-zA-Z]{0,2})$/.exec(text);
  const unit = match === null ? undefined : UNITS[match[2]!.toLowerCase()];
  if (unit === undefined) return null;
  const digits = match![1]!;
  if (digits.length <= 6) return Number(digits) * unit;
  const count = BigInt(digits);
  return narrow(BigInt.asUintN(64, (count > UINT64_MAX ? UINT64_MAX : count) * BigInt(unit)));
}

/** A size as CONFIG REWRITE writes it: in the largest unit of 1024 that divides it. */
export function formatMemory(bytes: number): string {
  if (bytes !== 0 && bytes % UNITS["gb"]! === 0) return `${integerText(bytes / UNITS["gb"]!)}gb`;
  if (bytes !== 0 && bytes % UNITS["mb"]! === 0) return `${integerText(bytes / UNITS["mb"]!)}mb`;
  if (bytes !== 0 && bytes % UNITS["kb"]! === 0) return `${integerText(bytes / UNITS["kb"]!)}kb`;
  return integerText(bytes);
}

/** The digits of an integer; `max` is what values rounded above it were. */
export function integerText(value: number, max: number | bigint = UINT64_MAX): string {
  if (Number.isSafeInteger(value)) return String(value);
  const exact = BigInt(value);
  return String(exact > max ? max : exact);
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
