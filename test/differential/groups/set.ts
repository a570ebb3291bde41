/**
 * Sets, small and big, whose order is each server's own. They have keys of their own, because redis-server 7.0 keeps in a hashtable
 * what is a listpack in 7.2 (known-differences.ts). What SPOP leaves is chance, so it gets sets of which nothing is left.
 */
import { anyOrder, type Comparison, elements, exact, sameType, scanned } from "../comparison.js";
import type { Random } from "../random.js";
import { fixed, type Group, type Step, step } from "../step.js";
import { allKeys, anyCase, integer, pattern, shortKey, value } from "../values.js";

const setKeys = ["s:1", "s:2", "s:3", "s:4", "s:5", "s:6"];
/** Emptied by those who fill it. */
const POPPED = "s:popped";

/** A key of a set, now and then one that may hold something else; that is only read. */
const key = (r: Random): string => (r.oneIn(12) ? r.pick(allKeys) : r.pick(setKeys));
const writtenKey = (r: Random): string => r.pick(setKeys);
const keys = (r: Random, most: number): string[] => r.list(1, most, () => key(r));

const someMembers = ["f", "g", "name", "1", "-7", "99999", "", "\x00\xff\r\n", "x".repeat(64), "x".repeat(65)];

/** A member: one of a few, one of many, a number of any width, or anything. */
function member(r: Random): string {
  return r.weighted([
    [3, () => r.pick(someMembers)],
    [4, () => `member:${r.integer(0, 60)}`],
    [4, () => String(r.integer(-20, 40))],
    [1, () => integer(r)],
    [1, () => value(r)],
  ])();
}

const members = (r: Random, most: number): string[] => r.list(1, most, () => member(r));

/** Numbers only, so that sets stay intsets; or many members at once, all different, so that sets become big. */
function sameMembers(r: Random): string[] {
  const from = r.integer(-50, 50);
  return r.weighted([
    [4, () => r.list(1, 6, () => String(r.integer(-20, 40)))],
    [1, () => r.list(1, 3, () => r.pick(["32767", "32768", "-2147483649", "9223372036854775807", "-32769"]))],
    [1, () => Array.from({ length: r.integer(30, 60) }, (_, i) => String(from + i))],
    [1, () => Array.from({ length: r.integer(60, 160) }, (_, i) => `member:${Math.abs(from) + i}`)],
  ])();
}

/** Absurd, but never so large that a server would be busy with it. */
const count = (r: Random): string =>
  r.oneIn(6) ? r.pick(["x", "", "1.5", "9223372036854775808", "-9223372036854775808"]) : String(r.integer(-30, 200));

const isDistinct = (parts: readonly { readonly bytes: Buffer }[]): boolean =>
  new Set(parts.map(({ bytes }) => bytes.toString("latin1"))).size === parts.length;

/** A cursor, which is each server's own unless the scan is over, and members in any order. */
const scannedMembers: Comparison = (a, b) => {
  const isOpen = (reply: typeof a): boolean => {
    const cursor = elements(reply)?.[0]?.bytes.toString("latin1");
    return cursor !== undefined && cursor !== "$1\r\n0\r\n";
  };
  return isOpen(a) || isOpen(b) ? sameType(a, b) : scanned(a, b);
};

/** As many members: which ones is chance, but none comes twice unless `repeats`. */
const someOf =
  (repeats: boolean): Comparison =>
  (a, b) => {
    const left = elements(a);
    const right = elements(b);
    if (left === null || right === null) return sameType(a, b);
    if (a.bytes[0] !== b.bytes[0] || left.length !== right.length) return false;
    return repeats || isDistinct(right);
  };

/** As many of these members. */
const someOfThese =
  (all: readonly string[], repeats: boolean): Comparison =>
  (a, b) => {
    if (a.isError || b.isError) return exact(a, b);
    const parts = elements(b) ?? [b];
    const isMember = (text: string): boolean => all.some((each) => text === `$${each.length}\r\n${each}\r\n`);
    return someOf(repeats)(a, b) && parts.every(({ bytes }) => isMember(bytes.toString("latin1")));
  };

/** Random members are members, and what SPOP takes is gone. */
function random(r: Random): readonly Step[] {
  const all = r.pick([
    () => Array.from({ length: r.integer(1, 30) }, (_, i) => String(i * 7)),
    () => Array.from({ length: r.integer(1, 30) }, (_, i) => `member:${i}`),
    () => Array.from({ length: r.integer(130, 300) }, (_, i) => `member:${i}`),
  ])();
  const wanted = r.oneIn(3) ? r.integer(0, all.length + 3) : r.integer(0, 12);
  const popped = Math.min(wanted, all.length);
  const repeats = -r.integer(1, 50);
  const of = (isRepeated: boolean) => someOfThese(all, isRepeated);
  const steps: Step[] = [
    fixed("DEL", POPPED),
    fixed("SADD", POPPED, ...all),
    { ...step(["SRANDMEMBER", POPPED], of(false)), fixed: true },
    { ...step(["SRANDMEMBER", POPPED, String(wanted)], of(false)), fixed: true },
    { ...step(["SRANDMEMBER", POPPED, String(repeats)], of(true)), fixed: true },
    { ...step(["SPOP", POPPED, String(wanted)], of(false)), fixed: true },
    fixed("SCARD", POPPED),
  ];
  if (popped < all.length) steps.push({ ...step(["SPOP", POPPED], of(false)), fixed: true });
  steps.push(fixed("SCARD", POPPED), fixed("DEL", POPPED));
  return steps;
}

export const setGroup: Group = [
  [10, (r) => step(["SADD", writtenKey(r), ...members(r, 6)])],
  [5, (r) => step(["SADD", writtenKey(r), ...sameMembers(r)])],
  [8, (r) => step(["SREM", key(r), ...members(r, 8)])],
  [3, (r) => step(["SREM", key(r), ...sameMembers(r)])],
  [5, (r) => step(["SISMEMBER", key(r), member(r)])],
  [4, (r) => step(["SMISMEMBER", key(r), ...members(r, 5)])],
  [3, (r) => step(["SCARD", key(r)])],
  [5, (r) => step(["SMEMBERS", key(r)], anyOrder)],
  [6, (r) => step(["SMOVE", writtenKey(r), writtenKey(r), member(r)])],
  [1, (r) => step(["SMOVE", key(r), "s:1", member(r)])],
  [5, (r) => step([r.pick(["SINTER", "SUNION", "SDIFF"]), ...keys(r, 4)], anyOrder)],
  [2, (r) => step([r.pick(["SINTER", "SUNION", "SDIFF"]), ...keys(r, 9)], anyOrder)],
  [6, (r) => step([r.pick(["SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"]), writtenKey(r), ...keys(r, 4)])],
  [3, (r) => step(["SINTERCARD", ...intercard(r)])],
  [3, (r) => ({ ...step(["SRANDMEMBER", key(r)], sameType), fixed: true })],
  [3, (r) => randomMembers(r)],
  [1, (r) => fixed("SPOP", key(r), r.pick(["-1", "x", "", "0", "9223372036854775808"]))],
  [1, (r) => ({ ...step(["SPOP", key(r), r.pick(["300000", "9223372036854775807"])], anyOrder), fixed: true })],
  [2, random],
  [3, (r) => step(["SSCAN", key(r), "0", "COUNT", "100000"], scannedMembers)],
  [
    2,
    (r) =>
      step(["SSCAN", key(r), "0", "COUNT", "100000", "MATCH", scanPattern(r), ...r.some(["junk"])], scannedMembers),
  ],
  [1, (r) => step(["SSCAN", key(r), integer(r), ...(r.oneIn(3) ? ["COUNT", integer(r)] : [])], sameType)],
  [1, (r) => step(["SCAN", "0", "COUNT", "100000", "TYPE", r.pick(["set", "SET"])], scanned)],
  [4, (r) => step(["OBJECT", "ENCODING", writtenKey(r)])],
  [0.5, (r) => fixed("CONFIG", "SET", "set-max-intset-entries", r.pick(["8", "20", "512", "512"]))],
  [2, (r) => step(["COPY", writtenKey(r), writtenKey(r), ...r.some(["REPLACE"])])],
  [1, (r) => step(["RENAME", writtenKey(r), writtenKey(r)])],
  [1, (r) => step(["PEXPIREAT", writtenKey(r), `${r.integer(3_000_000_000, 9_000_000_000)}000`])],
  [1, (r) => step(["PEXPIRETIME", writtenKey(r)])],
  [2, (r) => step(["DEL", writtenKey(r)])],
  [0.5, (r) => step(["SET", writtenKey(r), value(r)])],
  [1, (r) => step([r.pick(["GET", "STRLEN", "APPEND"]), writtenKey(r), ...(r.oneIn(3) ? [value(r)] : [])])],
  [0.5, (r) => step(["SET", shortKey(r), value(r)])],
  [2, (r) => [fixed("EXISTS", ...setKeys), fixed("DEBUG", "DIGEST-VALUE", ...r.list(1, 6, () => writtenKey(r)))]],
];

function randomMembers(r: Random): Step {
  const wanted = count(r);
  return { ...step(["SRANDMEMBER", key(r), wanted], someOf(wanted.startsWith("-"))), fixed: true };
}

function intercard(r: Random): string[] {
  const named = keys(r, 4);
  const numkeys = r.oneIn(6) ? integer(r) : String(named.length);
  const limit = r.oneIn(2) ? [] : [anyCase(r, "LIMIT"), r.oneIn(4) ? integer(r) : String(r.integer(0, 12))];
  return [numkeys, ...named, ...limit, ...(r.oneIn(20) ? ["junk"] : [])];
}

const scanPattern = (r: Random): string => (r.oneIn(2) ? "member*[1-3]" : pattern(r));
