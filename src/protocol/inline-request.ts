/**
 * Inline commands: a line of words as typed into telnet, with the quoting of redis-cli.
 *
 * Source: the RESP specification, "Inline commands".
 */
import type { Argv } from "../bytes/argv.js";
import { Region } from "../bytes/region.js";

const QUOTE = 34;
const APOSTROPHE = 39;
const BACKSLASH = 92;

/** Splits the line in `u8[start, end)`, which has no NUL, into `argv` with bytes of its own; false for unbalanced quotes. */
export function splitInline(u8: Uint8Array, start: number, end: number, argv: Argv): boolean {
  const target = new Uint8Array(end - start);
  argv.source = new Region(target);
  argv.count = 0;
  let at = start;
  let length = 0;
  for (;;) {
    while (at < end && isBlank(u8[at]!)) at++;
    if (at >= end) return true;
    const wordStart = length;
    while (at < end && !endsWord(u8[at]!)) {
      const byte = u8[at]!;
      if (byte !== QUOTE && byte !== APOSTROPHE) {
        target[length++] = byte;
        at++;
        continue;
      }
      const close = closingQuote(u8, at, end);
      if (close < 0 || (close + 1 < end && !isBlank(u8[close + 1]!))) return false;
      length =
        byte === QUOTE
          ? unescape(u8, at + 1, close, target, length)
          : unescapeSingle(u8, at + 1, close, target, length);
      at = close + 1;
      break;
    }
    argv.reserve(argv.count + 1);
    argv.offset[argv.count] = wordStart;
    argv.length[argv.count++] = length - wordStart;
  }
}

/** What separates words, and what must follow a closing quote. */
function isBlank(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

/** Vertical tab and form feed are part of a word that has begun. */
function endsWord(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 10 || byte === 13;
}

function closingQuote(u8: Uint8Array, open: number, end: number): number {
  const mark = u8[open];
  for (let i = open + 1; i < end; i++) {
    if (u8[i] === mark) return i;
    if (u8[i] === BACKSLASH && (mark === QUOTE || u8[i + 1] === APOSTROPHE)) i++;
  }
  return -1;
}

function unescapeSingle(u8: Uint8Array, from: number, to: number, target: Uint8Array, length: number): number {
  for (let i = from; i < to; i++) {
    if (u8[i] === BACKSLASH && u8[i + 1] === APOSTROPHE) i++;
    target[length++] = u8[i]!;
  }
  return length;
}

function unescape(u8: Uint8Array, from: number, to: number, target: Uint8Array, length: number): number {
  for (let i = from; i < to; i++) {
    if (u8[i] !== BACKSLASH || i + 1 >= to) {
      target[length++] = u8[i]!;
      continue;
    }
    i++;
    const high = hexDigit(u8[i + 1]);
    const low = hexDigit(u8[i + 2]);
    if (u8[i] === 120 && i + 2 < to && high >= 0 && low >= 0) {
      target[length++] = high * 16 + low;
      i += 2;
    } else {
      target[length++] = ESCAPES.get(u8[i]!) ?? u8[i]!;
    }
  }
  return length;
}

/** n r t b a */
const ESCAPES: ReadonlyMap<number, number> = new Map([
  [110, 10],
  [114, 13],
  [116, 9],
  [98, 8],
  [97, 7],
]);

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
