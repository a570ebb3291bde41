/** Hashes: fields and values of all kinds, small and big, whose order is each server's own. */
import { anyOrder, anyOrderOfPairs, type Comparison, elements, exact, sameType } from "../comparison.js";
import type { Random } from "../random.js";
import { fixed, type Group, step } from "../step.js";
import { allKeys, anyCase, float, integer, pattern, shortKey, value } from "../values.js";

const someFields = ["f", "g", "name", "1", "-7", "99999", "", "\x00\xff\r\n", "x".repeat(63), "x".repeat(65)];

/** A field: one of a few, one of many, or anything. */
function field(r: Random): string {
  return r.weighted([
    [6, () => r.pick(someFields)],
    [4, () => `field:${r.integer(0, 40)}`],
    [1, () => value(r)],
  ])();
}

const fieldsAndValues = (r: Random, most: number): string[] => r.list(1, most, () => [field(r), value(r)]).flat();

/** As many elements of the same kind: which ones is chance. */
const sameCount: Comparison = (a, b) => {
  const left = elements(a);
  const right = elements(b);
  if (left === null || right === null) return sameType(a, b);
  return a.bytes[0] === b.bytes[0] && left.length === right.length;
};

/** A cursor, which is each server's own unless the scan is over, and fields with their values in any order. */
const scannedPairs: Comparison = (a, b) => {
  const left = elements(a);
  const right = elements(b);
  if (left?.length !== 2 || right?.length !== 2) return exact(a, b);
  const isOver = [left[0]!, right[0]!].every((cursor) => cursor.bytes.toString("latin1") === "$1\r\n0\r\n");
  return isOver ? anyOrderOfPairs(left[1]!, right[1]!) : true;
};

/** Absurd, but never so large that a server would be busy with it. */
const count = (r: Random): string =>
  r.oneIn(6) ? r.pick(["x", "", "1.5", "9223372036854775808", "-9223372036854775808"]) : String(r.integer(-30, 60));

const withvalues = (r: Random): string[] => r.some(["WITHVALUES", "WITHVALUES", "junk"]).map((w) => anyCase(r, w));

export const hashGroup: Group = [
  [14, (r) => step([r.pick(["HSET", "HSET", "HMSET"]), shortKey(r), ...fieldsAndValues(r, 6)])],
  [1, (r) => step(["HSET", shortKey(r), ...r.list(30, 60, () => [`field:${r.integer(0, 200)}`, value(r)]).flat()])],
  [4, (r) => step(["HSETNX", shortKey(r), field(r), value(r)])],
  [8, (r) => step(["HGET", r.pick(allKeys), field(r)])],
  [4, (r) => step(["HMGET", r.pick(allKeys), ...r.list(1, 5, () => field(r))])],
  [5, (r) => step(["HGETALL", shortKey(r)], anyOrderOfPairs)],
  [4, (r) => step([r.pick(["HKEYS", "HVALS"]), shortKey(r)], anyOrder)],
  [6, (r) => step(["HDEL", shortKey(r), ...r.list(1, 6, () => field(r))])],
  [3, (r) => step(["HLEN", r.pick(allKeys)])],
  [5, (r) => step([r.pick(["HSTRLEN", "HEXISTS"]), shortKey(r), field(r)])],
  [7, (r) => step(["HINCRBY", shortKey(r), field(r), integer(r)])],
  [6, (r) => step(["HINCRBYFLOAT", shortKey(r), field(r), float(r)])],
  [3, (r) => step(["HRANDFIELD", shortKey(r), ...(r.oneIn(3) ? [] : [count(r), ...withvalues(r)])], sameCount)],
  [3, (r) => step(["HSCAN", shortKey(r), "0", "COUNT", "100000"], scannedPairs)],
  [1, (r) => step(["HSCAN", shortKey(r), integer(r), ...(r.oneIn(3) ? ["COUNT", integer(r)] : [])], sameType)],
  [
    2,
    (r) =>
      step(
        [
          "HSCAN",
          shortKey(r),
          "0",
          "COUNT",
          "100000",
          "MATCH",
          r.oneIn(2) ? "field*[1-3]" : pattern(r),
          ...r.some(["junk"]),
        ],
        scannedPairs,
      ),
  ],
  [3, (r) => step(["OBJECT", "ENCODING", shortKey(r)])],
  [1, (r) => fixed("CONFIG", "SET", "hash-max-listpack-entries", r.pick(["0", "8", "16", "512", "512"]))],
  [1, (r) => fixed("CONFIG", "SET", "hash-max-listpack-value", r.pick(["0", "5", "64", "64"]))],
  [2, (r) => step(["COPY", shortKey(r), shortKey(r), ...r.some(["REPLACE"])])],
  [1, (r) => step(["RENAME", shortKey(r), shortKey(r)])],
  [1, (r) => step(["DEL", shortKey(r)])],
  [1, (r) => step(["SET", shortKey(r), value(r)])],
  [1, (r) => step(["GET", shortKey(r)])],
  [2, (r) => [fixed("EXISTS", ...allKeys), fixed("DEBUG", "DIGEST-VALUE", ...r.list(1, 8, () => r.pick(allKeys)))]],
];
