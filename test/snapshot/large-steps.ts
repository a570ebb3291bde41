/** Random commands on values that are large enough to be written in pieces, and on all of them at once. */
import type { Random } from "../differential/random.js";

const SETS = ["big:set", "big:set2"];
const HASHES = ["big:hash", "big:hash2"];
const SORTED = ["big:zset", "big:zset2"];
const LISTS = ["big:list", "big:list2"];
const STREAMS = ["big:stream", "big:stream2"];
const STRINGS = ["big:string", "big:string2"];
const ALL = [SETS, HASHES, SORTED, LISTS, STREAMS, STRINGS];

const member = (r: Random): string => `member:${r.integer(0, 3000)}`;
const count = (r: Random, most: number): string => String(r.integer(1, most));
const many = (n: number, of: (i: number) => string[]): string[] => Array.from({ length: n }, (_, i) => of(i)).flat();
const long = (r: Random, most = 300): string => "x".repeat(r.oneIn(40) ? 5000 : r.integer(1, most));

/** Makes each large value that is missing; a few hundred commands make them large. */
export function filling(r: Random): string[][] {
  const steps: string[][] = [];
  for (const key of SETS) steps.push(["SADD", key, ...many(900, () => [member(r)])]);
  for (const key of HASHES) steps.push(["HSET", key, ...many(900, () => [member(r), long(r, 40)])]);
  for (const key of SORTED) steps.push(["ZADD", key, ...many(900, () => [count(r, 1000), member(r)])]);
  for (const key of LISTS) steps.push(["RPUSH", key, ...many(600, () => [long(r)])]);
  for (const key of STREAMS) {
    for (let i = 0; i < 700; i++) steps.push(["XADD", key, "*", "field", member(r), "other", long(r, 20)]);
    steps.push(["XGROUP", "CREATE", key, "group", "0"], ["XGROUP", "CREATE", key, "group2", "$"]);
    for (let i = 0; i < 3; i++) {
      steps.push(["XREADGROUP", "GROUP", "group", `consumer${i}`, "COUNT", "250", "STREAMS", key, ">"]);
    }
  }
  for (const key of STRINGS) steps.push(["SETRANGE", key, String(r.integer(60_000, 300_000)), "end"]);
  return steps;
}

/** A string that has a segment to itself. */
export function hugeString(r: Random): string[] {
  return ["SETRANGE", "big:huge", String(34_000_000 + r.integer(0, 1000)), "end"];
}

type Maker = (r: Random) => string[];

const onSets: Maker[] = [
  (r) => ["SADD", r.pick(SETS), ...many(r.integer(1, 9), () => [member(r)])],
  (r) => ["SREM", r.pick(SETS), ...many(r.integer(1, 9), () => [member(r)])],
  (r) => ["SPOP", r.pick(SETS), ...(r.oneIn(2) ? [] : [count(r, 90)])],
  (r) => ["SMOVE", r.pick(SETS), r.pick(SETS), member(r)],
  (r) => ["SINTERSTORE", r.pick(SETS), ...SETS],
];
/** Take so much away that pages merge. */
const thinning: Maker[] = [
  (r) => ["SPOP", r.pick(SETS), count(r, 2000)],
  (r) => ["HDEL", r.pick(HASHES), ...many(1500, () => [member(r)])],
  (r) => ["ZREMRANGEBYRANK", r.pick(SORTED), count(r, 100), count(r, 2000)],
];
const onHashes: Maker[] = [
  (r) => ["HSET", r.pick(HASHES), member(r), long(r, 40)],
  (r) => ["HSET", r.pick(HASHES), member(r), "7"],
  (r) => ["HINCRBY", r.pick(HASHES), member(r), "3"],
  (r) => ["HDEL", r.pick(HASHES), ...many(r.integer(1, 9), () => [member(r)])],
  (r) => ["HPEXPIRE", r.pick(HASHES), count(r, 90), "FIELDS", "2", member(r), member(r)],
  (r) => ["HPEXPIRE", r.pick(HASHES), count(r, 9000), "FIELDS", "500", ...many(500, () => [member(r)])],
  (r) => ["HPERSIST", r.pick(HASHES), "FIELDS", "1", member(r)],
  (r) => ["HGETALL", r.pick(HASHES)],
];
const onSorted: Maker[] = [
  (r) => ["ZADD", r.pick(SORTED), count(r, 1000), member(r)],
  (r) => ["ZINCRBY", r.pick(SORTED), count(r, 10), member(r)],
  (r) => ["ZREM", r.pick(SORTED), ...many(r.integer(1, 9), () => [member(r)])],
  (r) => [r.pick(["ZPOPMIN", "ZPOPMAX"]), r.pick(SORTED), count(r, 30)],
  (r) => ["ZREMRANGEBYRANK", r.pick(SORTED), count(r, 400), count(r, 400)],
  (r) => ["ZUNIONSTORE", r.pick(SORTED), "2", ...SORTED],
];
const onLists: Maker[] = [
  (r) => [r.pick(["LPUSH", "RPUSH"]), r.pick(LISTS), ...many(r.integer(1, 30), () => [long(r)])],
  (r) => [r.pick(["LPOP", "RPOP"]), r.pick(LISTS), count(r, 60)],
  (r) => ["LSET", r.pick(LISTS), count(r, 500), long(r)],
  (r) => ["LINSERT", r.pick(LISTS), r.pick(["BEFORE", "AFTER"]), "x".repeat(r.integer(1, 300)), long(r)],
  (r) => ["LREM", r.pick(LISTS), String(r.integer(-3, 3)), "x".repeat(r.integer(1, 300))],
  (r) => ["LTRIM", r.pick(LISTS), count(r, 20), String(-r.integer(1, 20))],
  (r) => ["LMOVE", r.pick(LISTS), r.pick(LISTS), r.pick(["LEFT", "RIGHT"]), r.pick(["LEFT", "RIGHT"])],
];
const onStreams: Maker[] = [
  (r) => ["XADD", r.pick(STREAMS), "*", "field", member(r), "other", long(r, 20)],
  (r) => ["XADD", r.pick(STREAMS), "*", "unusual", long(r)],
  (r) => ["XTRIM", r.pick(STREAMS), "MAXLEN", r.pick(["=", "~"]), String(r.integer(300, 900))],
  (r) => [
    "XREADGROUP",
    "GROUP",
    r.pick(["group", "group2"]),
    `consumer${r.integer(0, 4)}`,
    "COUNT",
    count(r, 30),
    "STREAMS",
    r.pick(STREAMS),
    r.pick([">", ">", "0"]),
  ],
  (r) => ["XAUTOCLAIM", r.pick(STREAMS), "group", `consumer${r.integer(0, 4)}`, "0", "0", "COUNT", count(r, 20)],
  (r) => ["XGROUP", "DELCONSUMER", r.pick(STREAMS), "group", `consumer${r.integer(0, 4)}`],
  (r) => ["XGROUP", "SETID", r.pick(STREAMS), "group2", r.pick(["0", "$"])],
  (r) => ["XGROUP", "DESTROY", r.pick(STREAMS), "group2"],
  (r) => ["XSETID", r.pick(STREAMS), "99999999999999-1"],
];
const onStrings: Maker[] = [
  (r) => ["SETRANGE", r.pick(STRINGS), count(r, 300_000), "inside"],
  (r) => ["APPEND", r.pick(STRINGS), long(r)],
  (r) => ["SETBIT", r.pick(STRINGS), count(r, 500_000), "1"],
  (r) => ["GETSET", r.pick(STRINGS), long(r)],
  (r) => ["SETRANGE", "big:huge", count(r, 34_000_000), "inside"],
  (r) => ["SETBIT", "big:huge", count(r, 200_000_000), "1"],
  (r) => ["PFADD", "big:loglog", member(r), member(r)],
  () => ["PFCOUNT", "big:loglog"],
];
const onKeys: Maker[] = [
  (r) => [r.pick(["DEL", "UNLINK"]), r.pick(r.pick(ALL))],
  (r) => {
    const keys = r.pick(ALL);
    return [r.pick(["RENAME", "RENAMENX"]), r.pick(keys), r.pick(keys)];
  },
  (r) => {
    const keys = r.pick(ALL);
    return ["COPY", r.pick(keys), r.pick(keys), "REPLACE"];
  },
  (r) => ["PEXPIRE", r.pick(r.pick(ALL)), count(r, 100)],
  (r) => ["PERSIST", r.pick(r.pick(ALL))],
  (r) => ["MOVE", r.pick(r.pick(ALL)), "1"],
  () => ["DEL", "big:huge"],
];
const rare: Maker[] = [
  () => ["FLUSHDB"],
  () => ["FLUSHALL", "ASYNC"],
  () => ["SWAPDB", "0", "1"],
  () => ["SWAPDB", "0", "2"],
];

export function largeStep(r: Random): string[] {
  if (r.oneIn(60)) return r.pick(rare)(r);
  if (r.oneIn(12)) return r.pick(onKeys)(r);
  if (r.oneIn(40)) return r.pick(thinning)(r);
  return r.pick(r.pick([onSets, onHashes, onSorted, onLists, onStreams, onStrings]))(r);
}
