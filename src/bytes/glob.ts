/**
 * Glob patterns as KEYS, SCAN, PSUBSCRIBE, CONFIG GET and ACL rules use them:
 *
 *     *        any bytes, also none       [abc] [a-z]  one byte of the class
 *     ?        one byte                   [^a]         one byte not of the class
 *     \x       the byte x itself
 *
 * A class that is not closed ends with the pattern, so "[a" is "[a]" and "[" matches nothing. Every element but `*`
 * takes exactly one byte, so it is enough to go back to the last `*`: if what follows it matches nowhere, giving more
 * bytes to an earlier `*` cannot help. The cost is therefore at most pattern length x text length, never exponential.
 */
import { Region } from "./region.js";

/** Patterns with more runs of `*` than this match nothing, as in Redis, where they would exhaust the stack. */
const MAX_STARS = 1000;

const STAR = 0x2a;
const QUESTION = 0x3f;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const CARET = 0x5e;
const DASH = 0x2d;

/** True when the whole text matches the whole pattern. `ignoreCase` folds ASCII letters. Allocates nothing. */
export function matchGlob(
  pattern: Region,
  pOffset: number,
  pLength: number,
  text: Region,
  tOffset: number,
  tLength: number,
  ignoreCase: boolean,
): boolean {
  const pBytes = pattern.u8;
  const tBytes = text.u8;
  const pEnd = pOffset + pLength;
  const tEnd = tOffset + tLength;
  let p = pOffset;
  let t = tOffset;
  let afterStar = -1; // what follows the last star
  let starText = -1; // where in the text that was tried last
  let stars = 0;
  while (p < pEnd && t < tEnd) {
    if (pBytes[p] === STAR) {
      while (p < pEnd && pBytes[p] === STAR) p++;
      if (p === pEnd) return true;
      if (++stars > MAX_STARS) return false;
      afterStar = p;
      starText = t;
      continue;
    }
    p = matchOne(pBytes, p, pEnd, tBytes[t]!, ignoreCase);
    if (p > 0) {
      t++;
      if (p < pEnd || t === tEnd) continue;
    }
    // A mismatch, or the pattern ended before the text did.
    if (afterStar < 0) return false;
    p = afterStar;
    t = ++starText;
  }
  if (t < tEnd || tLength === 0) return pLength === tLength;
  // The text ended inside the pattern: only stars may be left. (After a star that was retried up to the end of the
  // text `p` stands on an element that needs a byte, and this fails as it must.)
  while (p < pEnd && pBytes[p] === STAR) p++;
  return p === pEnd;
}

/** `matchGlob` with one pattern for strings of one character per byte (latin1); for names, not for data. */
export function globMatcher(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  const p = new Region(Buffer.from(pattern, "latin1"));
  return (text) => {
    const t = new Region(Buffer.from(text, "latin1"));
    return matchGlob(p, 0, pattern.length, t, 0, text.length, ignoreCase);
  };
}

/** Matches one element that is no star against one byte: the offset after the element, or -1. */
function matchOne(pBytes: Uint8Array, p: number, pEnd: number, byte: number, ignoreCase: boolean): number {
  let expected = pBytes[p]!;
  if (expected === QUESTION) return p + 1;
  if (expected === OPEN) return matchClass(pBytes, p + 1, pEnd, byte, ignoreCase);
  if (expected === BACKSLASH && p + 1 < pEnd) expected = pBytes[++p]!;
  if (expected === byte || (ignoreCase && lower(expected) === lower(byte))) return p + 1;
  return -1;
}

/**
 * Matches the class whose first byte after `[` is at p: the offset after the class, or -1. The order of the cases is
 * Redis': an escaped byte never starts a range and is compared with its case, `]` ends the class wherever a member
 * could start, and a range takes the byte after `-` whatever it is. Bytes are ordered as signed, as C does on x86.
 */
function matchClass(pBytes: Uint8Array, p: number, pEnd: number, byte: number, ignoreCase: boolean): number {
  const negated = p < pEnd && pBytes[p] === CARET;
  if (negated) p++;
  const folded = ignoreCase ? lower(byte) : byte;
  let matched = false;
  for (; p < pEnd; p++) {
    const member = pBytes[p]!;
    if (member === BACKSLASH && p + 1 < pEnd) {
      if (pBytes[++p] === byte) matched = true;
    } else if (member === CLOSE) {
      p++;
      break;
    } else if (p + 2 < pEnd && pBytes[p + 1] === DASH) {
      if (inRange(member, pBytes[p + 2]!, byte, ignoreCase)) matched = true;
      p += 2;
    } else if (member === byte || (ignoreCase && lower(member) === folded)) {
      matched = true;
    }
  }
  return matched !== negated ? p : -1;
}

/** True when `byte` lies between the two ends, given in either order; the ends are ordered before their case is folded. */
function inRange(from: number, to: number, byte: number, ignoreCase: boolean): boolean {
  let low = signed(from);
  let high = signed(to);
  if (low > high) {
    const swap = low;
    low = high;
    high = swap;
  }
  byte = signed(byte);
  if (!ignoreCase) return byte >= low && byte <= high;
  const folded = lowerSigned(byte);
  return folded >= lowerSigned(low) && folded <= lowerSigned(high);
}

/** glibc's `tolower`: a negative byte becomes the unsigned one, but for -1, which stands for the end of a file. */
function lowerSigned(byte: number): number {
  return byte < -1 ? byte & 0xff : lower(byte);
}

function signed(byte: number): number {
  return (byte << 24) >> 24;
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}
