/**
 * Sorted sets, with pools of keys of their own: with any scores; with one score, for what goes by member; small ones of different
 * scores, where Redis still goes by member; and sets, which ZUNION and its like take too. Scores differ in their text: Redis 7.0 prints
 * 17 digits, 7.2 the shortest text that reads back.
 */
import { formatDouble } from "../../../src/bytes/double.js";
import type { Reply } from "../../support/reply-parser.js";
import { type Comparison, elements, exact, sameType } from "../comparison.js";
import type { Random } from "../random.js";
import { fixed, type Group, type Step, step } from "../step.js";
import { anyCase, float, integer, pattern, shortKey, value } from "../values.js";

/** Those of sorted sets begin with "z:". */
const scoredKeys = ["z:1", "z:2", "z:3", "z:4", "z:5", "z:6"];
const equalKeys = ["z:lex1", "z:lex2", "z:lex3"];
const mixedKeys = ["z:mix1", "z:mix2"];
const plainKeys = ["s:z1", "s:z2"];

const scores = [
  ..."0 -0 1 -1 2 3 1.5 -1.5 0.1 0.3 1e5 1e10 1e17 1e21 1e-7 3.0 5e-324 1.7976931348623157e308 inf -inf +inf".split(
    " ",
  ),
  ..."9007199254740993 4611686018427387904 4611686018427387905 -4611686018427387904 9223372036854775807".split(" "),
  ..."-9223372036854775808 123456789.125 0.000001 1e-5 0x10 infinity".split(" "),
];

/** A score: whole, a fraction, at a boundary, seldom none at all. */
const score = (r: Random): string =>
  r.weighted([
    [8, () => String(r.integer(-5, 20))],
    [3, () => String(r.integer(-200, 200) / 8)],
    [2, () => (r.fraction() * 10 ** r.integer(-3, 12)).toString()],
    [4, () => r.pick(scores)],
    [1, () => float(r)],
  ])();

const someMembers = ["a", "b", "c", "1", "-7", "99999", "", "\x00\xff\r\n", "x".repeat(63), "x".repeat(65)];

/** A member: one of a few, one of many, or anything. */
const member = (r: Random): string =>
  r.weighted([
    [6, () => r.pick(someMembers)],
    [6, () => `m:${r.integer(0, 60)}`],
    [1, () => value(r)],
  ])();

/** A key, now and then of something else. */
const key = (r: Random): string => (r.oneIn(40) ? shortKey(r) : r.pick(scoredKeys));
const anyKey = (r: Random): string => (r.oneIn(3) ? r.pick([...equalKeys, ...mixedKeys, ...plainKeys]) : key(r));
const equalKey = (r: Random): string => (r.oneIn(30) ? shortKey(r) : r.pick(equalKeys));
/** Where to go by member: sets of one score, or small ones. */
const lexKey = (r: Random): string => (r.oneIn(4) ? r.pick(mixedKeys) : equalKey(r));

/** Texts of scores that are the same number, the second as Redis 7.2 prints it. */
function sameScore(a: Reply, b: Reply): boolean {
  const left = text(a);
  const right = text(b);
  if (left === null || right === null || a.bytes[0] !== b.bytes[0]) return false;
  const number = numberOf(right);
  return isSame(numberOf(left), number) && formatDouble(number) === right;
}

/** Small sets know no -0, and 7.2 makes some big before it adds to them, where 7.0 does so in the middle. */
const isSame = (a: number | undefined, b: number): boolean => a === b;

function numberOf(text: string): number {
  if (text === "inf" || text === "-inf") return text === "inf" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return text.trim() === text && text !== "" ? Number(text) : Number.NaN;
}

/** The text of a bulk string or a double. */
function text({ bytes }: Reply): string | null {
  const type = bytes[0];
  const end = bytes.indexOf("\r\n");
  if (type === 0x2c) return bytes.toString("latin1", 1, end);
  return type === 0x24 ? bytes.toString("latin1", end + 2, bytes.length - 2) : null;
}

/** Equal but for the texts of scores, in whatever arrays they are. */
export const scored: Comparison = (a, b) => {
  if (exact(a, b) || sameScore(a, b)) return true;
  const left = elements(a);
  const right = elements(b);
  if (left === null || right === null || left.length !== right.length || a.bytes[0] !== b.bytes[0]) return false;
  return left.every((part, i) => scored(part, right[i]!));
};

/** A cursor, which is each server's own unless the scan is over, and members with their scores in any order. */
const scannedScores: Comparison = (a, b) => {
  const left = elements(a);
  const right = elements(b);
  if (left?.length !== 2 || right?.length !== 2) return exact(a, b);
  const isOver = [left[0]!, right[0]!].every((cursor) => cursor.bytes.toString("latin1") === "$1\r\n0\r\n");
  if (!isOver) return true;
  const [ours, others] = [scoresOf(left[1]!), scoresOf(right[1]!)];
  return ours.size === others.size && [...ours].every(([name, number]) => isSame(others.get(name), number));
};

function scoresOf(reply: Reply): Map<string, number> {
  const parts = elements(reply) ?? [];
  const found = new Map<string, number>();
  for (let i = 0; i + 1 < parts.length; i += 2) found.set(text(parts[i]!)!, numberOf(text(parts[i + 1]!)!));
  return found;
}

/** As many elements of the same kind: which ones is chance. */
const sameCount: Comparison = (a, b) => {
  const left = elements(a);
  const right = elements(b);
  if (left === null || right === null) return sameType(a, b);
  return a.bytes[0] === b.bytes[0] && left.length === right.length;
};

const pairs = (r: Random, most: number, scoreOf: (r: Random) => string = score): string[] =>
  r.list(1, most, () => [scoreOf(r), member(r)]).flat();

const addOptions = (r: Random): string[] =>
  r.oneIn(2) ? [] : r.some(["NX", "XX", "GT", "LT", "CH", "INCR", "junk"]).map((word) => anyCase(r, word));

const rank = (r: Random): string => (r.oneIn(8) ? integer(r) : String(r.integer(-40, 40)));

/** A bound by score; C's strtod reads all of the last ones. */
const scoreBound = (r: Random): string => {
  const bound = r.oneIn(12)
    ? r.pick(["", " 1", "1 ", "nan", "1e400", "-1e400", "1e-400", "x", "5\x00x", "(("])
    : score(r);
  return r.oneIn(3) ? `(${bound}` : bound;
};

const memberBound = (r: Random): string =>
  r.oneIn(5) ? r.pick(["-", "+", "-", "+", "", "x", "-x", "+\x00x"]) : `${r.pick(["[", "("])}${member(r)}`;

const limit = (r: Random): string[] =>
  r.oneIn(3) ? ["LIMIT", ...r.list(1, 2, () => (r.oneIn(8) ? integer(r) : String(r.integer(-2, 9))))] : [];

const withScores = (r: Random): string[] => (r.oneIn(2) ? [anyCase(r, "WITHSCORES")] : []);

/** ZRANGE and ZRANGESTORE with the options of 6.2. */
function rangeWords(r: Random, from: (by: string) => string): string[] {
  const by = r.pick(["", "", "BYSCORE", "BYLEX"]);
  const bound = by === "" ? rank : by === "BYSCORE" ? scoreBound : memberBound;
  const words = [by, ...r.some(["REV"]), ...(r.oneIn(20) ? ["junk"] : [])].filter((word) => word !== "");
  return [from(by), bound(r), bound(r), ...words.map((word) => anyCase(r, word)), ...limit(r)];
}

const rangeKey = (r: Random) => (by: string) => (by === "BYLEX" ? lexKey(r) : key(r));

function operands(r: Random): string[] {
  const keys = r.list(1, 4, () => anyKey(r));
  const numkeys = r.oneIn(15) ? r.pick(["0", "-1", "x", "5", "9223372036854775807", ""]) : String(keys.length);
  return [numkeys, ...keys];
}

/** WEIGHTS and AGGREGATE for as many keys as `words` has. */
function joinOptions(r: Random, words: readonly string[]): string[] {
  const weights = () => ["WEIGHTS", ...words.slice(1).map(() => (r.oneIn(3) ? score(r) : String(r.integer(-2, 4))))];
  const options = r.some([weights, () => ["AGGREGATE", r.pick(["SUM", "MIN", "MAX", "min", "junk"])]]);
  return [...options.flatMap((option) => option()), ...(r.oneIn(25) ? ["junk"] : [])];
}

function operation(r: Random): Step {
  const words = operands(r);
  const name = r.pick(["ZUNION", "ZINTER", "ZDIFF"]);
  const options = name === "ZDIFF" && !r.oneIn(10) ? [] : joinOptions(r, words);
  return step([name, ...words, ...options, ...withScores(r)], scored);
}

function storedOperation(r: Random): Step {
  const words = operands(r);
  const name = r.pick(["ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE"]);
  const options = name === "ZDIFFSTORE" && !r.oneIn(10) ? [] : joinOptions(r, words);
  return step([name, r.pick(scoredKeys), ...words, ...options]);
}

function popWords(r: Random): string[] {
  const words = operands(r);
  const where = r.oneIn(15) ? "junk" : r.pick(["MIN", "MAX", "min"]);
  const count = r.oneIn(2) ? [] : r.oneIn(10) ? r.some(["COUNT", "1", "junk"]) : ["COUNT", String(r.integer(-1, 6))];
  return [...words, where, ...count];
}

const shortWait = (r: Random): string => (r.oneIn(5) ? r.pick(["-1", "x", "", "nan"]) : "0.001");

/** Sent as it is: an argument more could make it wait for ever. */
const unchanged = (made: Step): Step => ({ ...made, fixed: true });

const blocking = (r: Random): Step =>
  r.oneIn(2)
    ? unchanged(step([r.pick(["BZPOPMIN", "BZPOPMAX"]), ...r.list(1, 3, () => anyKey(r)), shortWait(r)], scored))
    : unchanged(step(["BZMPOP", shortWait(r), ...popWords(r)], scored));

export const sortedSetGroup: Group = [
  [18, (r) => step(["ZADD", r.pick(scoredKeys), ...addOptions(r), ...pairs(r, 6)], scored)],
  // A score that is compared with one that is often the same.
  [
    2,
    (r) =>
      step(
        ["ZADD", r.pick(scoredKeys), r.pick(["GT", "LT"]), "INCR", r.pick(["0", "-0", "1", "-1"]), member(r)],
        scored,
      ),
  ],
  [2, (r) => step(["ZADD", equalKey(r), r.pick(["GT", "LT"]), "CH", "0", member(r)], scored)],
  // The digests of fractions differ, and those of keys that others use too are compared.
  [1, (r) => step(["ZADD", shortKey(r), ...pairs(r, 6, () => String(r.integer(-5, 20)))])],
  [2, (r) => step(["ZADD", r.pick(scoredKeys), ...r.list(20, 60, () => [score(r), `m:${r.integer(0, 200)}`]).flat()])],
  [8, (r) => step(["ZADD", equalKey(r), ...pairs(r, 8, () => "0")])],
  [
    3,
    (r) =>
      step([
        "ZADD",
        r.pick(mixedKeys),
        ...r.list(1, 3, () => [String(r.integer(1, 3)), r.pick("abcde".split(""))]).flat(),
      ]),
  ],
  [3, (r) => step(["SADD", r.pick(plainKeys), ...r.list(1, 5, () => member(r))])],
  [1, (r) => step(["SREM", r.pick(plainKeys), ...r.list(1, 5, () => member(r))])],
  [7, (r) => step(["ZINCRBY", r.pick(scoredKeys), score(r), member(r)], scored)],
  [6, (r) => step(["ZREM", anyKey(r), ...r.list(1, 6, () => member(r))])],
  [3, (r) => step(["ZCARD", anyKey(r)])],
  [6, (r) => step(["ZSCORE", anyKey(r), member(r)], scored)],
  [3, (r) => step(["ZMSCORE", anyKey(r), ...r.list(1, 5, () => member(r))], scored)],
  [6, (r) => fixed(r.pick(["ZRANK", "ZREVRANK"]), anyKey(r), member(r))],
  [5, (r) => step(["ZCOUNT", anyKey(r), scoreBound(r), scoreBound(r)])],
  [5, (r) => step(["ZLEXCOUNT", lexKey(r), memberBound(r), memberBound(r)])],
  [12, (r) => step(["ZRANGE", ...rangeWords(r, rangeKey(r)), ...withScores(r)], scored)],
  [4, (r) => step(["ZRANGESTORE", r.pick(scoredKeys), ...rangeWords(r, rangeKey(r))])],
  [3, (r) => step(["ZREVRANGE", anyKey(r), rank(r), rank(r), ...withScores(r)], scored)],
  [
    6,
    (r) =>
      step(
        [
          r.pick(["ZRANGEBYSCORE", "ZREVRANGEBYSCORE"]),
          key(r),
          scoreBound(r),
          scoreBound(r),
          ...withScores(r),
          ...limit(r),
        ],
        scored,
      ),
  ],
  [5, (r) => step([r.pick(["ZRANGEBYLEX", "ZREVRANGEBYLEX"]), lexKey(r), memberBound(r), memberBound(r), ...limit(r)])],
  [2, (r) => step(["ZREMRANGEBYRANK", key(r), rank(r), rank(r)])],
  [2, (r) => step(["ZREMRANGEBYSCORE", key(r), scoreBound(r), scoreBound(r)])],
  [2, (r) => step(["ZREMRANGEBYLEX", lexKey(r), memberBound(r), memberBound(r)])],
  [5, (r) => step([r.pick(["ZPOPMIN", "ZPOPMAX"]), anyKey(r), ...(r.oneIn(2) ? [rank(r)] : [])], scored)],
  [3, (r) => step(["ZMPOP", ...popWords(r)], scored)],
  [2, blocking],
  [7, operation],
  [7, storedOperation],
  [
    2,
    (r) =>
      step([
        "ZINTERCARD",
        ...operands(r),
        ...(r.oneIn(2) ? ["LIMIT", r.oneIn(5) ? integer(r) : String(r.integer(0, 4))] : []),
      ]),
  ],
  [
    3,
    (r) =>
      step(
        [
          "ZRANDMEMBER",
          anyKey(r),
          ...(r.oneIn(3) ? [] : [r.oneIn(8) ? r.pick(["x", ""]) : String(r.integer(-30, 90)), ...withScores(r)]),
        ],
        sameCount,
      ),
  ],
  [3, (r) => step(["ZSCAN", anyKey(r), "0", "COUNT", "100000"], scannedScores)],
  [
    1,
    (r) =>
      step(["ZSCAN", anyKey(r), "0", "COUNT", "100000", "MATCH", r.oneIn(2) ? "m*[1-3]" : pattern(r)], scannedScores),
  ],
  [1, (r) => step(["ZSCAN", anyKey(r), integer(r), ...(r.oneIn(3) ? ["COUNT", integer(r)] : [])], sameType)],
  [4, (r) => step(["OBJECT", "ENCODING", anyKey(r)])],
  [1, (r) => fixed("CONFIG", "SET", "zset-max-listpack-entries", r.pick(["8", "20", "128", "128"]))],
  [1, (r) => fixed("CONFIG", "SET", "zset-max-listpack-value", r.pick(["5", "64", "64", "70"]))],
  [2, (r) => step(["COPY", r.pick(scoredKeys), r.pick(scoredKeys), ...r.some(["REPLACE"])])],
  [1, (r) => step(["RENAME", r.pick(scoredKeys), r.pick(scoredKeys)])],
  [1, (r) => step(["DEL", anyKey(r)])],
  [1, (r) => step(["SET", shortKey(r), value(r)])],
];

/** Compares the value of a sorted set, and removes it: its digest is not the same in Redis 7.0. */
export const lastLook = (name: string): readonly Step[] => [
  step(["OBJECT", "ENCODING", name]),
  step(["ZRANGE", name, "0", "-1", "WITHSCORES"], scored),
  step(["ZSCAN", name, "0", "COUNT", "100000"], scannedScores),
  step(["DEL", name]),
];
