/**
 * Positions: anywhere, close together, equal, symmetrical, at the edges of the map and beyond; searches of every form and their
 * contradictions. The keys begin with "z:", as those of all sorted sets here. Stored distances show all digits of what redis-server's C
 * library computes, and that of two points on one meridian in another way than 7.2: they get keys of their own, are compared with a
 * tolerance and removed.
 */
import type { Reply } from "../../support/reply-parser.js";
import { type Comparison, elements, exact } from "../comparison.js";
import type { Random } from "../random.js";
import { fixed, type Group, type Step, step } from "../step.js";
import { anyCase, float, integer, shortKey } from "../values.js";
import { scored } from "./sorted-set.js";

const geoKeys = ["z:geo1", "z:geo2", "z:geo3", "z:geo4"];
const DISTANCES = "z:distances";

const key = (r: Random): string => (r.oneIn(30) ? r.pick([shortKey(r), "z:1", "z:none"]) : r.pick(geoKeys));

const member = (r: Random): string =>
  r.weighted([
    [8, () => `m${r.integer(0, 40)}`],
    [2, () => r.pick(["", "1", "-7", "99999", "\x00\xff\r\n", "x".repeat(64), "x".repeat(65)])],
  ])();

const edges = {
  longitude: "180 -180 179.9999999 -179.9999999 180.0000001 -180.1 0 -0 1e-9 90 -90 5e-324 0.0078125 -0x10".split(" "),
  latitude:
    "85.05112878 -85.05112878 85.05112877 85.05112879 -85.0511288 86 -90 0 -0 66 66.00001 80.1 -66.5 1e-9 -1e-300".split(
      " ",
    ),
};

/** Longitude and latitude: mostly on the map. */
function position(r: Random): [string, string] {
  return r.weighted<() => [string, string]>([
    [6, () => [near(r, 0, 180), near(r, 0, 85)]],
    [6, () => [near(r, 13.5, 2), near(r, 38, 1)]],
    [3, () => [near(r, 2.35, 0.001), near(r, 48.85, 0.001)]],
    // A grid has equal distances, and positions that several members share.
    [4, () => [String(r.integer(-4, 4) * 10), String(r.integer(-4, 4) * 10)]],
    [2, () => [r.pick(edges.longitude), near(r, 0, 85)]],
    [2, () => [near(r, 0, 180), r.pick(edges.latitude)]],
    [2, () => [r.pick(edges.longitude), r.pick(edges.latitude)]],
    [2, () => [near(r, r.pick([180, -180]), 0.01), near(r, 0, 85)]],
    [1, () => [float(r), near(r, 0, 85)]],
    [1, () => [near(r, 0, 180), float(r)]],
  ])();
}

const near = (r: Random, middle: number, spread: number): string =>
  (middle + (r.fraction() * 2 - 1) * spread).toFixed(r.integer(0, 12));

const unit = (r: Random): string =>
  r.oneIn(25) ? r.pick(["", "x", "mm", "kM"]) : r.pick(["m", "km", "ft", "mi", "KM", "M"]);

const length = (r: Random): string =>
  r.weighted([
    [6, () => (r.fraction() * 10 ** r.integer(-1, 4)).toFixed(r.integer(0, 4))],
    [2, () => r.pick("0 1 100 1000 5000 10000 20000 20015 20037 50000 1e7 1e300 inf -1 0.0001 1e-300".split(" "))],
    [1, () => float(r)],
  ])();

const circle = (r: Random): string[] => [length(r), unit(r)];

/** Scores that no position has, and bounds. */
const scores =
  "0 1 -1 1.5 -0.5 4503599627370495 4503599627370496 4503599627370497 9007199254740992 9007199254740994 1.8e19 1e300 inf -inf 3479099956230698.5".split(
    " ",
  );

const countOption = (r: Random): string[] => [
  anyCase(r, "COUNT"),
  r.oneIn(8) ? integer(r) : String(r.integer(1, 12)),
  ...(r.oneIn(3) ? [anyCase(r, "ANY")] : []),
];

function shuffled(r: Random, parts: readonly string[][]): string[] {
  const left = [...parts];
  const result: string[] = [];
  while (left.length > 0) result.push(...left.splice(r.integer(0, left.length - 1), 1)[0]!);
  return result;
}

/** Options that all searches have, and some that only others have. */
function options(r: Random): string[][] {
  const parts: string[][] = [];
  if (r.oneIn(3)) parts.push([anyCase(r, "WITHDIST")]);
  if (r.oneIn(4)) parts.push([anyCase(r, "WITHCOORD")]);
  if (r.oneIn(4)) parts.push([anyCase(r, "WITHHASH")]);
  if (r.oneIn(2)) parts.push([anyCase(r, r.pick(["ASC", "DESC"]))]);
  if (r.oneIn(2)) parts.push(countOption(r));
  if (r.oneIn(40)) parts.push([r.pick(["junk", "ANY", "COUNT", "STORE", "STOREDIST", "FROMMEMBER", "BYBOX", "ASC"])]);
  return parts;
}

const from = (r: Random): string[] =>
  r.oneIn(2) ? [anyCase(r, "FROMMEMBER"), member(r)] : [anyCase(r, "FROMLONLAT"), ...position(r)];

const by = (r: Random): string[] =>
  r.oneIn(2) ? [anyCase(r, "BYRADIUS"), ...circle(r)] : [anyCase(r, "BYBOX"), length(r), length(r), unit(r)];

function area(r: Random): string[][] {
  const parts = [from(r), by(r)];
  if (r.oneIn(40)) parts.push(r.oneIn(2) ? from(r) : by(r));
  if (r.oneIn(40)) parts.pop();
  return parts;
}

/** Distances may differ by one in the last place: 7.0 rounds them exactly, 7.2 what is left of them multiplied by ten thousand. */
const measured: Comparison = (a, b) => {
  if (exact(a, b)) return true;
  const left = elements(a);
  const right = elements(b);
  if (left === null || right === null)
    return isDistance(a) && isDistance(b) && Math.abs(numberIn(a) - numberIn(b)) < 0.000_11;
  return (
    a.bytes[0] === b.bytes[0] && left.length === right.length && left.every((part, i) => measured(part, right[i]!))
  );
};

const isDistance = ({ bytes }: Reply): boolean => /^\$\d+\r\n\d+\.\d{4}\r\n$/.test(bytes.toString("latin1"));

/** Members with distances that are nearly the same; those of one distance may change places. */
const nearlyScored: Comparison = (a, b) => {
  const [left, right] = [distances(a), distances(b)];
  if (left === null || right === null || left.size !== right.size) return exact(a, b);
  return [...left].every(([name, value]) => Math.abs((right.get(name) ?? Number.NaN) - value) <= 1e-9 + value * 1e-12);
};

/** The distance of each member, in pairs or flat. */
function distances(reply: Reply): Map<string, number> | null {
  const parts = elements(reply)?.flatMap((part) => elements(part) ?? part) ?? null;
  if (parts === null) return null;
  const found = new Map<string, number>();
  for (let i = 0; i + 1 < parts.length; i += 2) found.set(parts[i]!.bytes.toString("latin1"), numberIn(parts[i + 1]!));
  return found;
}

/** The number in a bulk string or double. */
function numberIn({ bytes }: Reply): number {
  const text = bytes.toString("latin1");
  return Number(text.startsWith("$") ? text.split("\r\n")[1] : text.slice(1, -2));
}

/** Stores distances, looks at them and removes them. */
function storedDistances(r: Random, store: readonly string[]): Step[] {
  return [
    { ...step(store), fixed: true },
    fixed("OBJECT", "ENCODING", DISTANCES),
    { ...step(["ZRANGE", DISTANCES, "0", "-1", "WITHSCORES"], nearlyScored), fixed: true },
    fixed("DEL", DISTANCES),
    ...(r.oneIn(2) ? [] : [fixed("DEL", r.pick(geoKeys))]),
  ];
}

export const geoGroup: Group = [
  [
    14,
    (r) =>
      step([
        "GEOADD",
        key(r),
        ...r.some(["NX", "XX", "CH", "nx", "junk"]),
        ...r.list(1, 4, () => [...position(r), member(r)]).flat(),
      ]),
  ],
  // Many at once, so that the set becomes big.
  [
    1,
    (r) => step(["GEOADD", r.pick(geoKeys), ...r.list(20, 150, () => [...onMap(r), `n${r.integer(0, 999)}`]).flat()]),
  ],
  [2, (r) => step(["ZADD", r.pick(geoKeys), r.pick(scores), member(r)])],
  [4, (r) => step(["GEOPOS", key(r), ...r.list(0, 5, () => member(r))])],
  [4, (r) => step(["GEOHASH", key(r), ...r.list(0, 5, () => member(r))])],
  [6, (r) => step(["GEODIST", key(r), member(r), member(r), ...(r.oneIn(2) ? [unit(r)] : [])], measured)],
  [12, (r) => step(["GEOSEARCH", key(r), ...shuffled(r, [...area(r), ...options(r)])], measured)],
  [
    5,
    (r) =>
      step(
        [r.pick(["GEORADIUS", "GEORADIUS_RO"]), key(r), ...position(r), ...circle(r), ...shuffled(r, options(r))],
        measured,
      ),
  ],
  [
    5,
    (r) =>
      step(
        [
          r.pick(["GEORADIUSBYMEMBER", "GEORADIUSBYMEMBER_RO"]),
          key(r),
          member(r),
          ...circle(r),
          ...shuffled(r, options(r)),
        ],
        measured,
      ),
  ],
  [3, (r) => step(["GEOSEARCHSTORE", key(r), key(r), ...shuffled(r, [...area(r), ...options(r).filter(isForStore)])])],
  [
    2,
    (r) =>
      step(
        [
          r.pick(["GEORADIUS", "GEORADIUS_RO"]),
          key(r),
          ...position(r),
          ...circle(r),
          ...shuffled(r, [["STORE", key(r)], ...options(r).filter(isForStore)]),
        ],
        measured,
      ),
  ],
  [
    1,
    (r) =>
      step(
        ["GEORADIUSBYMEMBER", key(r), member(r), ...circle(r), ...shuffled(r, [["STORE", key(r)], ...options(r)])],
        measured,
      ),
  ],
  [
    2,
    (r) =>
      storedDistances(r, [
        "GEOSEARCHSTORE",
        DISTANCES,
        key(r),
        ...shuffled(r, [...area(r), ["STOREDIST"], ...options(r).filter(isForStore)]),
      ]),
  ],
  [
    1,
    (r) =>
      storedDistances(r, [
        "GEORADIUS",
        key(r),
        ...position(r),
        ...circle(r),
        ...shuffled(r, [["STOREDIST", DISTANCES], ...options(r).filter(isForStore)]),
      ]),
  ],
  [2, (r) => step(["ZRANGE", r.pick(geoKeys), "0", "-1", "WITHSCORES"], scored)],
  [1, (r) => step(["ZREM", r.pick(geoKeys), member(r), member(r)])],
  [1, (r) => step(["OBJECT", "ENCODING", r.pick(geoKeys)])],
  [1, (r) => step(["DEL", r.pick(geoKeys)])],
  [0.3, (r) => step(["SET", shortKey(r), "x"])],
];

/** A position that is surely on the map. */
const onMap = (r: Random): string[] =>
  r.oneIn(3) ? [String(r.integer(-4, 4) * 10), String(r.integer(-4, 4) * 10)] : [near(r, 0, 179), near(r, 0, 84)];

/** Mostly without what a stored result does not allow. */
const isForStore = (part: readonly string[]): boolean =>
  !part[0]!.toUpperCase().startsWith("WITH") && part[0] !== "STOREDIST";
