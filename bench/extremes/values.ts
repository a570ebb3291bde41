/** Large values and large replies: from 64 to 512 MB, and collections of a million elements. */
import type { Call, Case, Scale } from "./case.js";

const MEGABYTE = 1 << 20;

/** A large argument, made once for each size. */
const made = new Map<number, Buffer>();
function bytes(size: number): Buffer {
  let value = made.get(size);
  if (value === undefined) made.set(size, (value = Buffer.alloc(size, "0123456789abcdef")));
  return value;
}

const set = (key: string, size: number): Call => ["SET", key, bytes(size)];
const none = (): Call[] => [];

type Row = readonly [name: string, prepare: (size: number) => Iterable<Call>, run: (size: number) => Call[]];

const strings: readonly Row[] = [
  ["SET", none, (n) => [set("key", n)]],
  ["SET of a value that is there", (n) => [set("key", n)], (n) => [set("key", n)]],
  ["GET", (n) => [set("key", n)], () => [["GET", "key"]]],
  ["GETSET of a small one", (n) => [set("key", n)], () => [["GETSET", "key", "v"]]],
  ["GETDEL", (n) => [set("key", n)], () => [["GETDEL", "key"]]],
  [
    "MGET of 8",
    (n) => Array.from({ length: 8 }, (_, i) => set(`key:${i}`, n / 8)),
    () => [["MGET", ...Array.from({ length: 8 }, (_, i) => `key:${i}`)]],
  ],
  ["MSET of 8", none, (n) => [["MSET", ...Array.from({ length: 8 }, (_, i) => [`key:${i}`, bytes(n / 8)]).flat()]]],
  ["APPEND of 3 bytes", (n) => [set("key", n - 3)], () => [["APPEND", "key", "abc"]]],
  ["APPEND of all to 3 bytes", () => [["SET", "key", "abc"]], (n) => [["APPEND", "key", bytes(n - 3)]]],
  [
    "1000 APPENDs of 3 bytes",
    (n) => [set("key", n - 3000)],
    () => Array.from({ length: 1000 }, (): Call => ["APPEND", "key", "abc"]),
  ],
  ["SETRANGE of a last byte", none, (n) => [["SETRANGE", "key", String(n - 1), "a"]]],
  ["SETRANGE in the middle", (n) => [set("key", n)], (n) => [["SETRANGE", "key", String(n / 2), "abc"]]],
  ["SETRANGE that doubles it", (n) => [set("key", n / 2)], (n) => [["SETRANGE", "key", String(n - 1), "a"]]],
  ["SETBIT of a last bit", none, (n) => [["SETBIT", "key", String(n * 8 - 1), "1"]]],
  [
    "SETBIT, GETBIT in the middle",
    (n) => [set("key", n)],
    (n) => [
      ["SETBIT", "key", String(n * 4), "1"],
      ["GETBIT", "key", String(n * 4)],
    ],
  ],
  ["GETRANGE of all but a byte", (n) => [set("key", n)], () => [["GETRANGE", "key", "1", "-1"]]],
  [
    "STRLEN, OBJECT, TYPE, MEMORY USAGE",
    (n) => [set("key", n)],
    () => [
      ["STRLEN", "key"],
      ["OBJECT", "ENCODING", "key"],
      ["TYPE", "key"],
      ["MEMORY", "USAGE", "key"],
    ],
  ],
  ["COPY", (n) => [set("key", n)], () => [["COPY", "key", "to"]]],
  ["RENAME", (n) => [set("key", n)], () => [["RENAME", "key", "to"]]],
  ["RENAME over as large a one", (n) => [set("key", n / 2), set("to", n / 2)], () => [["RENAME", "key", "to"]]],
  ["DEL", (n) => [set("key", n)], () => [["DEL", "key"]]],
  ["UNLINK", (n) => [set("key", n)], () => [["UNLINK", "key"]]],
  ["EXPIRE 0", (n) => [set("key", n)], () => [["EXPIRE", "key", "-1"]]],
  ["BITCOUNT", (n) => [set("key", n)], () => [["BITCOUNT", "key"]]],
  ["BITPOS of a 1 in zeros", (n) => [["SETRANGE", "key", String(n - 1), "a"]], () => [["BITPOS", "key", "1"]]],
  ["BITOP AND of 2", (n) => [set("a", n / 2), set("b", n / 2)], () => [["BITOP", "AND", "to", "a", "b"]]],
  ["BITOP NOT", (n) => [set("a", n / 2)], () => [["BITOP", "NOT", "to", "a"]]],
  [
    "BITFIELD GET, SET at its end",
    (n) => [set("key", n)],
    (n) => [["BITFIELD", "key", "GET", "u8", String(n * 8 - 8), "SET", "u8", String(n * 8 - 8), "1"]],
  ],
  ["INCR of what is no number", (n) => [set("key", n)], () => [["INCR", "key"]]],
  ["PFADD to what is no HyperLogLog", (n) => [set("key", n)], () => [["PFADD", "key", "a"]]],
  ["SETNX of a key that is there", () => [["SET", "key", "v"]], (n) => [["SETNX", "key", bytes(n)]]],
  ["SETEX", none, (n) => [["SETEX", "key", "100", bytes(n)]]],
  ["GET of a key of that length", none, (n) => [["GET", bytes(n)]]],
  [
    "SET of a key of half that length, KEYS",
    none,
    (n) => [
      ["SET", bytes(n / 2), "v"],
      ["KEYS", "*"],
    ],
  ],
  ["ECHO", none, (n) => [["ECHO", bytes(n)]]],
  ["PUBLISH to nobody", none, (n) => [["PUBLISH", "channel", bytes(n)]]],
  [
    "PUBLISH to oneself",
    () => [],
    (n) => [["HELLO", "3"], ["SUBSCRIBE", "channel"], ["PUBLISH", "channel", bytes(n / 2)], ["RESET"]],
  ],
  [
    "RPUSH, LINDEX, RPOP",
    none,
    (n) => [
      ["RPUSH", "key", bytes(n / 2)],
      ["LINDEX", "key", "0"],
      ["RPOP", "key"],
    ],
  ],
  [
    "HSET, HGET, HDEL",
    none,
    (n) => [
      ["HSET", "key", "field", bytes(n / 2)],
      ["HGET", "key", "field"],
      ["HDEL", "key", "field"],
    ],
  ],
  [
    "SADD, SISMEMBER, SREM",
    none,
    (n) => [
      ["SADD", "key", bytes(n / 4)],
      ["SISMEMBER", "key", bytes(n / 4)],
      ["SREM", "key", bytes(n / 4)],
    ],
  ],
  [
    "ZADD, ZSCORE, ZREM",
    none,
    (n) => [
      ["ZADD", "key", "1", bytes(n / 4)],
      ["ZSCORE", "key", bytes(n / 4)],
      ["ZREM", "key", bytes(n / 4)],
    ],
  ],
  [
    "XADD, XRANGE",
    none,
    (n) => [
      ["XADD", "key", "*", "field", bytes(n / 2)],
      ["XRANGE", "key", "-", "+"],
    ],
  ],
  ["PFADD of an element of that size", none, (n) => [["PFADD", "key", bytes(n)]]],
  ["SORT GET of a large one", (n) => [set("w_1", n / 2), ["RPUSH", "key", "1"]], () => [["SORT", "key", "GET", "w_*"]]],
  ["SET within MULTI", none, (n) => [["MULTI"], set("key", n), ["EXEC"]]],
  ["SET within MULTI, DISCARD", none, (n) => [["MULTI"], set("key", n), ["DISCARD"]]],
  ["An unknown command with that argument", none, (n) => [["NOSUCH", bytes(n)]]],
];

/** Elements of `size / 1000` bytes: 64 KB to 512 KB. */
function* thousand(size: number, make: (i: number, value: Buffer) => Call): Iterable<Call> {
  for (let i = 0; i < 1000; i++) yield make(i, bytes(Math.floor(size / 1000)));
}

/** Elements of 512 bytes: a hundred thousand to a million. */
function* manySmall(size: number, make: (i: number, value: string) => Call): Iterable<Call> {
  const tail = "x".repeat(500);
  for (let i = 0; i < size / 512; i++) yield make(i, `${String(i).padStart(12, "0")}${tail}`);
}

const replies: readonly Row[] = [
  [
    "LRANGE of 1 000 large elements",
    (n) => thousand(n, (_, v) => ["RPUSH", "key", v]),
    () => [["LRANGE", "key", "0", "-1"]],
  ],
  [
    "HGETALL of 1 000 large values",
    (n) => thousand(n, (i, v) => ["HSET", "key", `f${i}`, v]),
    () => [["HGETALL", "key"]],
  ],
  [
    "LRANGE of elements of 512 bytes",
    (n) => manySmall(n, (_, v) => ["RPUSH", "key", v]),
    () => [["LRANGE", "key", "0", "-1"]],
  ],
  [
    "HGETALL of values of 512 bytes",
    (n) => manySmall(n, (i, v) => ["HSET", "key", `f${i}`, v]),
    () => [["HGETALL", "key"]],
  ],
  [
    "HVALS of values of 512 bytes",
    (n) => manySmall(n, (i, v) => ["HSET", "key", `f${i}`, v]),
    () => [["HVALS", "key"]],
  ],
  ["SMEMBERS of members of 512 bytes", (n) => manySmall(n, (_, v) => ["SADD", "key", v]), () => [["SMEMBERS", "key"]]],
  [
    "ZRANGE of members of 512 bytes",
    (n) => manySmall(n, (i, v) => ["ZADD", "key", String(i), v]),
    () => [["ZRANGE", "key", "0", "-1", "WITHSCORES"]],
  ],
  [
    "XRANGE of fields of 512 bytes",
    (n) => manySmall(n, (i, v) => ["XADD", "key", `${i + 1}-0`, "f", v]),
    () => [["XRANGE", "key", "-", "+"]],
  ],
  [
    "MULTI, 8 GETs, EXEC",
    (n) => [set("key", n / 8)],
    () => [["MULTI"], ...Array.from({ length: 8 }, (): Call => ["GET", "key"]), ["EXEC"]],
  ],
  [
    "LRANGE, elements popped as they go",
    (n) => manySmall(n, (_, v) => ["RPUSH", "key", v]),
    () => [["LPOP", "key", "1000000000"]],
  ],
  ["SPOP of all", (n) => manySmall(n, (_, v) => ["SADD", "key", v]), () => [["SPOP", "key", "1000000000"]]],
  ["COPY of a list", (n) => manySmall(n / 2, (_, v) => ["RPUSH", "key", v]), () => [["COPY", "key", "to"]]],
  ["COPY of a hash", (n) => manySmall(n / 2, (i, v) => ["HSET", "key", `f${i}`, v]), () => [["COPY", "key", "to"]]],
];

function* many(count: number, command: readonly string[], make: (i: number) => readonly string[]): Iterable<Call> {
  for (let from = 0; from < count; from += 1000) {
    const call = [...command];
    for (let i = from; i < Math.min(count, from + 1000); i++) call.push(...make(i));
    yield call;
  }
}

function* concat(...all: Iterable<Call>[]): Iterable<Call> {
  for (const calls of all) yield* calls;
}

const list = (n: number): Iterable<Call> => many(n, ["RPUSH", "list"], (i) => [String((i * 7919) % n)]);
const bigSet = (key: string, n: number, step: number): Iterable<Call> =>
  many(n, ["SADD", key], (i) => [`member:${i * step}`]);
const bigZset = (key: string, n: number, step: number): Iterable<Call> =>
  many(n, ["ZADD", key], (i) => [String(i), `member:${i * step}`]);
const bigHash = (n: number): Iterable<Call> => many(n, ["HSET", "hash"], (i) => [`field:${i}`, `value:${i}`]);
const bigKeys = (n: number): Iterable<Call> => many(n, ["MSET"], (i) => [`key:${i}`, "value"]);
function* stream(n: number): Iterable<Call> {
  for (let i = 0; i < n; i++) yield ["XADD", "stream", `${i + 1}-0`, "field", `value:${i}`];
}

const collections: readonly Row[] = [
  ["SORT of a list", list, () => [["SORT", "list"]]],
  ["SORT of a list ALPHA DESC", list, () => [["SORT", "list", "ALPHA", "DESC"]]],
  ["SORT of a list LIMIT 0 10", list, () => [["SORT", "list", "LIMIT", "0", "10"]]],
  ["SORT of a list STORE", list, () => [["SORT", "list", "STORE", "to"]]],
  [
    "SORT of a list BY key:* GET key:*",
    (n) =>
      concat(
        many(n, ["RPUSH", "list"], (i) => [String(i)]),
        many(n, ["MSET"], (i) => [`key:${i}`, String((i * 7919) % n)]),
      ),
    () => [["SORT", "list", "BY", "key:*", "GET", "key:*"]],
  ],
  ["SORT of a set ALPHA", (n) => bigSet("set", n, 1), () => [["SORT", "set", "ALPHA"]]],
  ["SORT of a sorted set BY nosort", (n) => bigZset("zset", n, 1), () => [["SORT", "zset", "BY", "nosort"]]],
  ["SINTER of 2", (n) => concat(bigSet("a", n, 2), bigSet("b", n, 3)), () => [["SINTER", "a", "b"]]],
  ["SINTERCARD of 2", (n) => concat(bigSet("a", n, 2), bigSet("b", n, 3)), () => [["SINTERCARD", "2", "a", "b"]]],
  ["SUNION of 2", (n) => concat(bigSet("a", n, 2), bigSet("b", n, 3)), () => [["SUNION", "a", "b"]]],
  ["SDIFF of 2", (n) => concat(bigSet("a", n, 2), bigSet("b", n, 3)), () => [["SDIFF", "a", "b"]]],
  ["SUNIONSTORE of 2", (n) => concat(bigSet("a", n, 2), bigSet("b", n, 3)), () => [["SUNIONSTORE", "to", "a", "b"]]],
  [
    "ZUNION of 2",
    (n) => concat(bigZset("a", n, 2), bigZset("b", n, 3)),
    () => [["ZUNION", "2", "a", "b", "WITHSCORES"]],
  ],
  ["ZINTER of 2", (n) => concat(bigZset("a", n, 2), bigZset("b", n, 3)), () => [["ZINTER", "2", "a", "b"]]],
  ["ZDIFF of 2", (n) => concat(bigZset("a", n, 2), bigZset("b", n, 3)), () => [["ZDIFF", "2", "a", "b"]]],
  [
    "ZUNIONSTORE of 2",
    (n) => concat(bigZset("a", n, 2), bigZset("b", n, 3)),
    () => [["ZUNIONSTORE", "to", "2", "a", "b"]],
  ],
  ["ZRANGESTORE", (n) => bigZset("zset", n, 1), () => [["ZRANGESTORE", "to", "zset", "0", "-1"]]],
  ["ZREMRANGEBYRANK of all", (n) => bigZset("zset", n, 1), () => [["ZREMRANGEBYRANK", "zset", "0", "-1"]]],
  [
    "ZREMRANGEBYRANK of the middle half",
    (n) => bigZset("zset", n, 1),
    (n) => [["ZREMRANGEBYRANK", "zset", String(n / 4), String((3 * n) / 4)]],
  ],
  ["ZPOPMIN of all", (n) => bigZset("zset", n, 1), () => [["ZPOPMIN", "zset", "1000000000"]]],
  ["ZRANGE of all", (n) => bigZset("zset", n, 1), () => [["ZRANGE", "zset", "0", "-1"]]],
  [
    "ZCOUNT, ZLEXCOUNT",
    (n) => bigZset("zset", n, 1),
    () => [
      ["ZCOUNT", "zset", "-inf", "+inf"],
      ["ZLEXCOUNT", "zset", "-", "+"],
    ],
  ],
  [
    "ZRANGEBYSCORE LIMIT near the end",
    (n) => bigZset("zset", n, 1),
    (n) => [["ZRANGEBYSCORE", "zset", "-inf", "+inf", "LIMIT", String(n - 10), "10"]],
  ],
  ["SMEMBERS", (n) => bigSet("set", n, 1), () => [["SMEMBERS", "set"]]],
  ["SPOP of half", (n) => bigSet("set", n, 1), (n) => [["SPOP", "set", String(n / 2)]]],
  ["SRANDMEMBER of half", (n) => bigSet("set", n, 1), (n) => [["SRANDMEMBER", "set", String(n / 2)]]],
  ["SRANDMEMBER of as many, repeated", (n) => bigSet("set", n, 1), (n) => [["SRANDMEMBER", "set", String(-n)]]],
  ["HGETALL", bigHash, () => [["HGETALL", "hash"]]],
  ["HRANDFIELD of half", bigHash, (n) => [["HRANDFIELD", "hash", String(n / 2)]]],
  ["HSCAN COUNT of all", bigHash, (n) => [["HSCAN", "hash", "0", "COUNT", String(n * 10)]]],
  ["COPY of a hash", bigHash, () => [["COPY", "hash", "to"]]],
  ["COPY of a sorted set", (n) => bigZset("zset", n, 1), () => [["COPY", "zset", "to"]]],
  ["COPY of a stream", stream, () => [["COPY", "stream", "to"]]],
  ["DEL of a hash", bigHash, () => [["DEL", "hash"]]],
  ["LRANGE of all", list, () => [["LRANGE", "list", "0", "-1"]]],
  ["LREM of what is not there", list, () => [["LREM", "list", "0", "none"]]],
  [
    "LREM of every tenth",
    (n) => many(n, ["RPUSH", "list"], (i) => [String(i % 10)]),
    () => [["LREM", "list", "0", "3"]],
  ],
  ["LPOS of the last", list, (n) => [["LPOS", "list", String(((n - 1) * 7919) % n)]]],
  [
    "LPOS COUNT 0 of every tenth",
    (n) => many(n, ["RPUSH", "list"], (i) => [String(i % 10)]),
    () => [["LPOS", "list", "3", "COUNT", "0"]],
  ],
  ["LINSERT before the last", list, (n) => [["LINSERT", "list", "BEFORE", String(((n - 1) * 7919) % n), "new"]]],
  ["LTRIM to the middle", list, (n) => [["LTRIM", "list", String(n / 4), String((3 * n) / 4)]]],
  ["LPOP of half", list, (n) => [["LPOP", "list", String(n / 2)]]],
  ["KEYS *", bigKeys, () => [["KEYS", "*"]]],
  ["KEYS of none", bigKeys, () => [["KEYS", "none*"]]],
  ["SCAN COUNT of all", bigKeys, (n) => [["SCAN", "0", "COUNT", String(n * 10)]]],
  ["FLUSHALL", bigKeys, () => [["FLUSHALL"]]],
  ["SWAPDB, DBSIZE, RANDOMKEY", bigKeys, () => [["SWAPDB", "0", "1"], ["DBSIZE"], ["RANDOMKEY"]]],
  ["XRANGE of all", stream, () => [["XRANGE", "stream", "-", "+"]]],
  ["XREAD of all", stream, () => [["XREAD", "STREAMS", "stream", "0"]]],
  [
    "XREADGROUP of all",
    (n) => concat(stream(n), [["XGROUP", "CREATE", "stream", "g", "0"]]),
    () => [["XREADGROUP", "GROUP", "g", "c", "STREAMS", "stream", ">"]],
  ],
  ["XTRIM MAXLEN 0", stream, () => [["XTRIM", "stream", "MAXLEN", "0"]]],
  ["XTRIM MAXLEN half", stream, (n) => [["XTRIM", "stream", "MAXLEN", String(n / 2)]]],
  [
    "XINFO STREAM FULL COUNT 0",
    (n) =>
      concat(stream(n / 2), [
        ["XGROUP", "CREATE", "stream", "g", "0"],
        ["XREADGROUP", "GROUP", "g", "c", "COUNT", String(n / 2), "STREAMS", "stream", ">"],
      ]),
    () => [["XINFO", "STREAM", "stream", "FULL", "COUNT", "0"]],
  ],
  [
    "XPENDING, XAUTOCLAIM of all",
    (n) =>
      concat(stream(n / 2), [
        ["XGROUP", "CREATE", "stream", "g", "0"],
        ["XREADGROUP", "GROUP", "g", "c", "STREAMS", "stream", ">"],
      ]),
    (n) => [
      ["XPENDING", "stream", "g", "-", "+", String(n)],
      ["XAUTOCLAIM", "stream", "g", "d", "0", "-", "COUNT", String(n)],
    ],
  ],
  [
    "XGROUP DESTROY with all pending",
    (n) =>
      concat(stream(n / 2), [
        ["XGROUP", "CREATE", "stream", "g", "0"],
        ["XREADGROUP", "GROUP", "g", "c", "STREAMS", "stream", ">"],
      ]),
    () => [["XGROUP", "DESTROY", "stream", "g"]],
  ],
  [
    "XGROUP DELCONSUMER with all pending",
    (n) =>
      concat(stream(n / 2), [
        ["XGROUP", "CREATE", "stream", "g", "0"],
        ["XREADGROUP", "GROUP", "g", "c", "STREAMS", "stream", ">"],
      ]),
    () => [["XGROUP", "DELCONSUMER", "stream", "g", "c"]],
  ],
  [
    "GEOSEARCH of the whole earth",
    (n) =>
      many(n / 4, ["GEOADD", "geo"], (i) => [String((i % 3600) / 10 - 180), String((i % 1700) / 10 - 85), `m:${i}`]),
    () => [["GEOSEARCH", "geo", "FROMLONLAT", "0", "0", "BYRADIUS", "22000", "KM", "ASC"]],
  ],
  [
    "GEOSEARCHSTORE of the whole earth",
    (n) =>
      many(n / 4, ["GEOADD", "geo"], (i) => [String((i % 3600) / 10 - 180), String((i % 1700) / 10 - 85), `m:${i}`]),
    () => [["GEOSEARCHSTORE", "to", "geo", "FROMLONLAT", "0", "0", "BYRADIUS", "22000", "KM"]],
  ],
  [
    "GEOSEARCH COUNT 1 ANY",
    (n) =>
      many(n / 4, ["GEOADD", "geo"], (i) => [String((i % 3600) / 10 - 180), String((i % 1700) / 10 - 85), `m:${i}`]),
    () => [["GEOSEARCH", "geo", "FROMLONLAT", "0", "0", "BYRADIUS", "22000", "KM", "COUNT", "1", "ANY"]],
  ],
  [
    "LCS of texts of 1/100 as many bytes",
    (n) => [
      ["SET", "a", "abcdefghij".repeat(n / 1000)],
      ["SET", "b", "bcadfeghji".repeat(n / 1000)],
    ],
    () => [["LCS", "a", "b"]],
  ],
  [
    "LCS IDX of texts of 1/100 as many bytes",
    (n) => [
      ["SET", "a", "abcdefghij".repeat(n / 1000)],
      ["SET", "b", "bcadfeghji".repeat(n / 1000)],
    ],
    () => [["LCS", "a", "b", "IDX"]],
  ],
  [
    "LCS of a short text and a long one",
    (n) => [
      ["SET", "a", "abcdefghij"],
      ["SET", "b", "bcadfeghji".repeat(n)],
    ],
    () => [["LCS", "a", "b"]],
  ],
];

export function valueCases({ bytes: sizes, many: count }: Scale): Case[] {
  return [
    ...[...strings, ...replies].map(
      ([name, prepare, run]): Case => ({
        section: "values",
        name,
        variants: sizes.map((size) => ({
          label: `${size / MEGABYTE} MB`,
          prepare: () => prepare(size),
          run: () => run(size),
        })),
      }),
    ),
    ...collections.map(
      ([name, prepare, run]): Case => ({
        section: "values",
        name,
        variants: [
          {
            label: count === 1_000_000 ? "1 M" : `${count / 1000} K`,
            prepare: () => prepare(count),
            run: () => run(count),
          },
        ],
      }),
    ),
  ];
}
