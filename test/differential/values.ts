/**
 * What the generated commands are made of. Keys come from two small pools: those of the first hold short values, so that
 * costly commands (LCS) are cheap on them; only those of the second are grown by large offsets.
 */
import type { Random } from "./random.js";

const shortKeys = [
  "a",
  "b",
  "c",
  "d",
  "e",
  "key:1",
  "key:2",
  "k\x00\xff\r\n",
  "",
  "{tag}x",
  "[a-c]*",
  "n1",
  "n2",
  "f1",
];
export const longKeys = ["L1", "L2", "L3", "L4"];
export const allKeys = [...shortKeys, ...longKeys];

const integers = [
  ..."0 1 -1 2 3 7 8 9 10 42 63 64 65 100 127 128 255 256 1000 65535 65536".split(" "),
  ..."2147483647 2147483648 -2147483648 -2147483649 4294967295 4294967296 9007199254740991 9007199254740992".split(" "),
  ..."9007199254740993 -9007199254740993 9223372036854775806 9223372036854775807 9223372036854775808".split(" "),
  ..."-9223372036854775807 -9223372036854775808 -9223372036854775809 18446744073709551615 18446744073709551616".split(
    " ",
  ),
  ..."99999999999999999999999999999999 -0 +0 +1 +5 007 00 0x10 1e3 1e2 --1 - + 1_000".split(" "),
  ...[" 1", "1 ", "1\n", "1\x00", "", "abc", "1.0", "1.", ".5", "one"],
];

const floats = [
  ..."0 -0 0.0 1 -1 1.5 -1.5 3.14159265358979 0.1 0.2 0.3 1e10 1E5 1e-5 5e-324 1e308 1.7976931348623157e308 1e309".split(
    " ",
  ),
  ..."1e400 -1e400 1e4000 1e5000 inf -inf +inf Infinity INFINITY nan NaN -nan 0x1p3 0x10 1e 1e+ .5 5. 1.23456789012345678".split(
    " ",
  ),
  ..."9007199254740993 123456789.123456789 0.000000000000000001 3.0e3 200e0 -5.0e3 +1.5 00.5 1,5 1.5.2 1d 1f".split(
    " ",
  ),
  ..."100000000000000000000 99999999999999999 9223372036854775807 9223372036854775808 1e17 1e18 1e19 1e20 4.9e-1 10.50".split(
    " ",
  ),
  ...[" 1.5", "1.5 ", "", "abc", "1.5\x00"],
];

/** A key of the pool of short values. */
export const shortKey = (r: Random): string => r.pick(shortKeys);

/** A key of the pool that large offsets may grow. */
export const longKey = (r: Random): string => r.pick(longKeys);

/** Makes keys that all come from one pool, so that long values stay where they are. */
export function keysOfOnePool(r: Random): () => string {
  const pool = r.oneIn(5) ? longKeys : shortKeys;
  return () => r.pick(pool);
}

/** An integer as text: ordinary, absurd or none at all. */
export function integer(r: Random): string {
  return r.oneIn(3) ? r.pick(integers) : String(r.integer(-20, 200));
}

/** A floating-point number as text: ordinary, absurd or none at all. */
export function float(r: Random): string {
  if (r.oneIn(2)) return r.pick(floats);
  return ((r.fraction() - 0.5) * 10 ** r.integer(-3, 12)).toFixed(r.integer(0, 9));
}

/** An offset into a string of bytes: near its length, absurd, but none that a write would allocate much for. */
export function smallOffset(r: Random): string {
  if (r.oneIn(6))
    return r.pick([
      "-1",
      "-5",
      "-100",
      "600000000",
      "4294967296",
      "9223372036854775807",
      "-9223372036854775808",
      "x",
      "",
      "1.5",
      "+1",
      "-0",
    ]);
  return String(r.integer(0, 70));
}

/** As `smallOffset`, and up to some ten thousand. */
export function longOffset(r: Random): string {
  return r.oneIn(3)
    ? String(r.pick([1000, 4095, 4096, 8191, 20_000, 65_535, 65_536]) + r.integer(-2, 2))
    : smallOffset(r);
}

/** As `smallOffset`, in bits: what is too far for bytes is near for bits. */
export const smallBitOffset = (r: Random): string => smallOffset(r).replace(/^600000000$/, "6000000000");

/** As `longOffset`, in bits. */
export const longBitOffset = (r: Random): string => longOffset(r).replace(/^600000000$/, "6000000000");

/** A position to read at: any number. */
export function position(r: Random): string {
  return r.oneIn(4) ? integer(r) : String(r.integer(-80, 80));
}

/** A value of a string, from empty to longer than an embedded one, binary included. */
export function value(r: Random): string {
  return r.weighted([
    [6, () => integer(r)],
    [3, () => float(r)],
    [2, () => ""],
    [5, () => r.pick(["foo", "bar", "hello world", "ohmytext", "mynewtext", "\x00", "\xff\xf0\x00", "\r\n", "foobar"])],
    [3, () => bytes(r, r.integer(0, 12))],
    [2, () => "x".repeat(r.pick([31, 32, 43, 44, 45, 46, 63, 64, 65]))],
    [1, () => bytes(r, r.integer(40, 140))],
  ])();
}

function bytes(r: Random, length: number): string {
  let text = "";
  for (let i = 0; i < length; i++) text += String.fromCharCode(r.integer(0, 255));
  return text;
}

/** Seconds to live: gone at once, far away, absurd; never so near that the two servers could disagree. */
export function ttlSeconds(r: Random): string {
  return r.weighted([
    [6, () => String(r.integer(20_000, 900_000_000))],
    [
      2,
      () =>
        r.pick([
          "0",
          "-1",
          "-100",
          "-9223372036854775808",
          "9223372036854775807",
          "9223372036854775",
          "-9223372036854775",
        ]),
    ],
    [1, () => r.pick(["", "x", "1.5", "+100000", "9223372036854775808", " 100000", "1e5", "99999999999999999999"])],
  ])();
}

/** Milliseconds to live, as `ttlSeconds`. */
export function ttlMilliseconds(r: Random): string {
  return r.oneIn(3)
    ? ttlSeconds(r).replace(/^(\d{4,15})$/, "$1000")
    : `${r.integer(20_000, 900_000_000)}${r.integer(100, 999)}`;
}

/** A time in seconds since 1970: past, far in the future, absurd. */
export function unixSeconds(r: Random): string {
  return r.weighted([
    [6, () => String(r.integer(3_000_000_000, 9_000_000_000))],
    [
      2,
      () =>
        r.pick([
          "0",
          "-1",
          "1",
          "100",
          "1000000000",
          "9223372036854775807",
          "9223372036854775",
          "-9223372036854775808",
        ]),
    ],
    [1, () => r.pick(["", "x", "1.5", "+3000000000", "9223372036854775808", "9223372036854776"])],
  ])();
}

/** A time in milliseconds since 1970, as `unixSeconds`. */
export function unixMilliseconds(r: Random): string {
  return r.oneIn(3)
    ? unixSeconds(r).replace(/^([3-9]\d{9})$/, "$1000")
    : `${r.integer(3_000_000_000, 9_000_000_000)}${r.integer(100, 999)}`;
}

/** A glob pattern over the keys. */
export function pattern(r: Random): string {
  return r.pick([
    "*",
    "a",
    "?",
    "key:*",
    "[a-c]",
    "[^a]",
    "[a-",
    "\\[a-c\\]\\*",
    "L?",
    "*1",
    "",
    "**",
    "k*\xff*",
    "[!a]",
    "[c-a]",
    "\\",
    "n[12]",
    "*[",
    "{tag}?",
  ]);
}

/** A word as users type it: mostly in capitals, sometimes not. */
export function anyCase(r: Random, word: string): string {
  if (!r.oneIn(6)) return word;
  return r.oneIn(2) ? word.toLowerCase() : word.replace(/./g, (c) => (r.oneIn(2) ? c.toLowerCase() : c));
}
