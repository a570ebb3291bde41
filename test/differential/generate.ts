/**
 * Generates the random commands of the differential test, group by group. One piece because it is a table: for each form of a command how often
 * it comes and what makes it. Groups that need more than that are in groups/.
 */
import { anyOrder, anyOrderOfPairs, greeting, sameType, scanned, within } from "./comparison.js";
import { aclGroup } from "./groups/acl.js";
import { geoGroup } from "./groups/geo.js";
import { hashGroup } from "./groups/hash.js";
import { listGroup } from "./groups/list.js";
import { callWithKeys, loneGroup } from "./groups/lone.js";
import { setGroup } from "./groups/set.js";
import { sortGroup } from "./groups/sort.js";
import { sortedSetGroup } from "./groups/sorted-set.js";
import { streamGroup } from "./groups/stream.js";
import { typedKeys, typesGroup } from "./groups/types.js";
import { hyperloglogGroup } from "./hyperloglog.js";
import type { Random } from "./random.js";
import { fixed, type Maker, type Step, step } from "./step.js";
import {
  allKeys,
  anyCase,
  float,
  integer,
  keysOfOnePool,
  longBitOffset,
  longKey,
  longOffset,
  pattern,
  position,
  shortKey,
  smallBitOffset,
  smallOffset,
  ttlMilliseconds,
  ttlSeconds,
  unixMilliseconds,
  unixSeconds,
  value,
} from "./values.js";

const seconds = within(2);
const milliseconds = within(2000);

/** Options with a value: the word, then what belongs after it, which is left out now and then. */
function expiryOptions(r: Random): string[] {
  const option = (word: string, time: string) => (r.oneIn(15) ? [anyCase(r, word)] : [anyCase(r, word), time]);
  return r.pick([
    () => option("EX", ttlSeconds(r)),
    () => option("PX", ttlMilliseconds(r)),
    () => option("EXAT", unixSeconds(r)),
    () => option("PXAT", unixMilliseconds(r)),
  ])();
}

function setOptions(r: Random): string[] {
  const words = r.some(["NX", "XX", "GET", "KEEPTTL", "NX", "PERSIST", "junk"]).map((word) => [anyCase(r, word)]);
  if (r.oneIn(3)) words.splice(r.integer(0, words.length), 0, expiryOptions(r));
  if (r.oneIn(20)) words.push(expiryOptions(r));
  return words.flat();
}

const stringGroup: readonly (readonly [number, Maker])[] = [
  [14, (r) => step(["SET", shortKey(r), value(r), ...setOptions(r)])],
  [3, (r) => step(["SET", longKey(r), value(r)])],
  [10, (r) => step(["GET", r.pick(allKeys)])],
  [3, (r) => step(["GETSET", shortKey(r), value(r)])],
  [3, (r) => step(["GETDEL", shortKey(r)])],
  [6, (r) => step(["GETEX", shortKey(r), ...(r.oneIn(2) ? expiryOptions(r) : []), ...r.some(["PERSIST", "NX"])])],
  [3, (r) => step(["SETNX", shortKey(r), value(r)])],
  [3, (r) => step(["SETEX", shortKey(r), ttlSeconds(r), value(r)])],
  [3, (r) => step(["PSETEX", shortKey(r), ttlMilliseconds(r), value(r)])],
  [5, (r) => step(["APPEND", shortKey(r), value(r)])],
  [4, (r) => step(["STRLEN", r.pick(allKeys)])],
  [6, (r) => step(["SETRANGE", shortKey(r), smallOffset(r), value(r)])],
  [3, (r) => step(["SETRANGE", longKey(r), longOffset(r), value(r)])],
  [7, (r) => step([r.pick(["GETRANGE", "GETRANGE", "SUBSTR"]), r.pick(allKeys), position(r), position(r)])],
  [6, (r) => step([r.pick(["INCR", "DECR"]), shortKey(r)])],
  [8, (r) => step([r.pick(["INCRBY", "DECRBY"]), shortKey(r), integer(r)])],
  [7, (r) => step(["INCRBYFLOAT", shortKey(r), float(r)])],
  [4, (r) => step(["MGET", ...r.list(1, 5, () => r.pick(allKeys))])],
  [4, (r) => step([r.pick(["MSET", "MSETNX"]), ...r.list(1, 4, () => [shortKey(r), value(r)]).flat()])],
  [6, (r) => step(["LCS", shortKey(r), shortKey(r), ...lcsOptions(r)])],
];

function lcsOptions(r: Random): string[] {
  const options = r.some([["LEN"], ["IDX"], ["WITHMATCHLEN"], ["MINMATCHLEN", integer(r)], ["MINMATCHLEN"], ["junk"]]);
  return options.flat().map((word) => anyCase(r, word));
}

const bitmapGroup: readonly (readonly [number, Maker])[] = [
  [8, (r) => step(["SETBIT", shortKey(r), smallBitOffset(r), r.oneIn(8) ? integer(r) : r.pick(["0", "1"])])],
  [3, (r) => step(["SETBIT", longKey(r), longBitOffset(r), r.pick(["0", "1"])])],
  [6, (r) => step(["GETBIT", r.pick(allKeys), r.oneIn(2) ? integer(r) : smallBitOffset(r)])],
  [8, (r) => step(["BITCOUNT", r.pick(allKeys), ...rangeOptions(r)])],
  [8, (r) => step(["BITPOS", r.pick(allKeys), r.oneIn(8) ? integer(r) : r.pick(["0", "1"]), ...rangeOptions(r)])],
  [
    7,
    (r) => {
      const key = keysOfOnePool(r);
      return step(["BITOP", anyCase(r, r.pick(["AND", "OR", "XOR", "NOT", "NAND"])), key(), ...r.list(1, 4, key)]);
    },
  ],
  [10, (r) => step(["BITFIELD", shortKey(r), ...r.list(0, 4, () => bitfieldOperation(r, smallBitOffset)).flat()])],
  [3, (r) => step(["BITFIELD", longKey(r), ...r.list(1, 3, () => bitfieldOperation(r, longBitOffset)).flat()])],
  [
    5,
    (r) =>
      step(["BITFIELD_RO", r.pick(allKeys), ...r.list(0, 3, () => bitfieldOperation(r, smallBitOffset, true)).flat()]),
  ],
];

function rangeOptions(r: Random): string[] {
  const positions = r.list(0, 2, () => position(r));
  return r.oneIn(2) ? positions : [...positions, anyCase(r, r.pick(["BIT", "BYTE", "BIT", "BYTE", "junk"]))];
}

function bitfieldOperation(r: Random, offset: (r: Random) => string, mostlyReads = false): string[] {
  const type = r.oneIn(10)
    ? r.pick(["u64", "i65", "u0", "i0", "x8", "", "u", "8", "u08", "u+8", "i-1", "u999999999999999999999"])
    : r.pick([
        "u1",
        "u2",
        "u3",
        "u7",
        "u8",
        "u16",
        "u31",
        "u32",
        "u63",
        "i1",
        "i2",
        "i5",
        "i8",
        "i16",
        "i31",
        "i32",
        "i63",
        "i64",
        "I8",
        "U8",
      ]);
  // Redis multiplies #N by the width without looking whether that overflows: #-2^63 is 0 there, here an error.
  const at = r.oneIn(5) ? `#${r.oneIn(6) ? smallBitOffset(r).replace(/^-\d{19}$/, "-1") : r.integer(0, 9)}` : offset(r);
  const operation =
    mostlyReads && !r.oneIn(10) ? "GET" : r.pick(["GET", "SET", "INCRBY", "OVERFLOW", "SET", "INCRBY", "junk"]);
  if (operation === "OVERFLOW") return [anyCase(r, operation), anyCase(r, r.pick(["WRAP", "SAT", "FAIL", "junk"]))];
  if (operation === "GET") return [anyCase(r, operation), type, at];
  return [anyCase(r, operation), type, at, integer(r)];
}

const expireOptions = (r: Random): string[] => r.some(["NX", "XX", "GT", "LT", "junk"]).map((word) => anyCase(r, word));

const genericGroup: readonly (readonly [number, Maker])[] = [
  [4, (r) => step([r.pick(["DEL", "UNLINK"]), ...r.list(1, 3, () => r.pick(allKeys))])],
  [3, (r) => step([r.pick(["EXISTS", "TOUCH"]), ...r.list(1, 4, () => r.pick(allKeys))])],
  [2, (r) => step(["TYPE", r.pick(allKeys)])],
  [2, (r) => step(["KEYS", pattern(r)], anyOrder)],
  [3, (r) => step(["SCAN", "0", "COUNT", "100000", ...scanOptions(r)], scanned)],
  [1, (r) => step(["SCAN", r.pick(["x", "-1", "", "1.5", "18446744073709551616"]), ...scanOptions(r)], sameType)],
  [1, (r) => step(["SCAN", "0", "COUNT", r.oneIn(2) ? "100000" : r.pick(["0", "-1", "x", ""])], scanned)],
  [
    5,
    (r) => {
      const key = keysOfOnePool(r);
      return step([r.pick(["RENAME", "RENAMENX"]), key(), key()]);
    },
  ],
  [
    5,
    (r) => {
      const key = keysOfOnePool(r);
      return step(["COPY", key(), key(), ...r.some([["DB", database(r)], ["REPLACE"], ["DB"], ["junk"]]).flat()]);
    },
  ],
  [3, (r) => step(["MOVE", r.pick(allKeys), database(r)])],
  [6, (r) => step(["EXPIRE", r.pick(allKeys), ttlSeconds(r), ...expireOptions(r)])],
  [5, (r) => step(["PEXPIRE", r.pick(allKeys), ttlMilliseconds(r), ...expireOptions(r)])],
  [6, (r) => step(["EXPIREAT", r.pick(allKeys), unixSeconds(r), ...expireOptions(r)])],
  [5, (r) => step(["PEXPIREAT", r.pick(allKeys), unixMilliseconds(r), ...expireOptions(r)])],
  [4, (r) => step([r.pick(["TTL", "EXPIRETIME"]), r.pick(allKeys)], seconds)],
  [4, (r) => step([r.pick(["PTTL", "PEXPIRETIME"]), r.pick(allKeys)], milliseconds)],
  [4, (r) => step(["PERSIST", r.pick(allKeys)])],
  [6, (r) => step(["OBJECT", anyCase(r, "ENCODING"), r.pick(allKeys)])],
  [2, (r) => step(["OBJECT", "IDLETIME", r.pick(allKeys)], seconds)],
  [1, (r) => step(["OBJECT", "FREQ", r.pick(allKeys)], sameType)],
  [2, (r) => step(["OBJECT", ...r.pick([["HELP"], ["junk"], ["REFCOUNT", r.pick(allKeys)], ["ENCODING"], []])])],
  [1, () => step(["RANDOMKEY"], sameType)],
];

function scanOptions(r: Random): string[] {
  const options = [
    ["MATCH", pattern(r)],
    ["TYPE", r.pick(["string", "list", "STRING", "none"])],
    ["COUNT", "100000"],
  ];
  return r.oneIn(12) ? [r.pick(["junk", "MATCH", "COUNT", "TYPE"])] : r.some(options).flat();
}

function database(r: Random): string {
  return r.oneIn(4)
    ? r.pick(["15", "16", "-1", "x", "", "1.5", "9223372036854775807", "4294967296", "-9223372036854775808"])
    : r.pick(["0", "1", "2"]);
}

const connectionGroup: readonly (readonly [number, Maker])[] = [
  [2, (r) => step(["PING", ...r.list(0, 1, () => value(r))])],
  [2, (r) => step(["ECHO", value(r)])],
  [4, (r) => step(["SELECT", database(r)])],
  [4, () => step(["SELECT", "0"])],
  [1, (r) => step(["AUTH", ...r.list(1, 2, () => r.pick(["default", "", "secret", "nobody"]))])],
  [2, (r) => step(["HELLO", r.pick(["2", "3", "3", "1", "4", "x", "", "-1", "3.0", "9223372036854775808"])], greeting)],
  [1, (r) => ({ ...step(["HELLO", "3", ...r.pick(helloOptions)], greeting), fixed: true })],
  [2, (r) => step(["CLIENT", "SETNAME", r.pick(["", "me", "with space", "line\n", "\x7f", "ünicode", "a!~"])])],
  [2, () => step(["CLIENT", "GETNAME"])],
  [1, () => step(["CLIENT", "ID"], sameType)],
  [1, (r) => step(["CLIENT", "NO-EVICT", r.pick(["on", "OFF", "junk"])])],
  [
    1,
    (r) => step(["CLIENT", "UNBLOCK", r.pick(["0", "999999999", "x", "-1"]), ...r.some(["TIMEOUT", "ERROR", "junk"])]),
  ],
  [1, (r) => ({ ...step(["CLIENT", "KILL", ...r.pick(clientKill)]), fixed: true })],
  [
    1,
    (r) => ({
      ...step(["CLIENT", "PAUSE", ...r.pick([["x"], ["-1"], ["0"], ["0", "WRITE"], ["0", "junk"], []])]),
      fixed: true,
    }),
  ],
  [1, () => step(["CLIENT", "UNPAUSE"])],
  [1, (r) => fixed("CLIENT", "REPLY", ...r.pick([["junk"], [], ["ON", "x"], ["ON"]]))],
  [
    1,
    (r) =>
      step(
        [
          "CLIENT",
          "LIST",
          ...r.pick([[], ["TYPE", "normal"], ["TYPE", "junk"], ["ID", "x"], ["ID", "0"], ["ID"], ["junk"], ["TYPE"]]),
        ],
        sameType,
      ),
  ],
  [1, () => step(["CLIENT", "INFO"], sameType)],
  [1, (r) => step(["CLIENT", r.pick(["GETREDIR", "TRACKINGINFO", "HELP", "NO-EVICT", "REPLY"])])],
  [1, (r) => withPassword(r)],
  [1, (r) => step(["CLIENT", r.pick(["junk", "", "GETNAMES"]), ...r.list(0, 2, () => value(r))])],
  [1, () => step(["RESET"])],
];

/** A password, and attempts to give it; taken away again, for the other connections. */
function withPassword(r: Random): Step[] {
  const attempt = () => r.pick(["secret", "wrong", "", "secret "]);
  return [
    fixed("CONFIG", "SET", "requirepass", "secret"),
    fixed("AUTH", attempt()),
    fixed("AUTH", r.pick(["default", "nobody", ""]), attempt()),
    { ...step(["HELLO", "3", "AUTH", r.pick(["default", "nobody"]), attempt()], greeting), fixed: true },
    fixed("CONFIG", "SET", "requirepass", ""),
  ];
}

/** 7.0 obeys each option as it comes, 7.2 none before it has read all: so none may fail behind one with an effect. */
const helloOptions: readonly string[][] = [
  ["AUTH", "default", "x"],
  ["SETNAME", "h"],
  ["SETNAME", "h", "SETNAME", "g"],
  ["AUTH", "default", "x", "SETNAME", "z"],
  ["SETNAME", ""],
  ["SETNAME", "a b"],
  ["AUTH", "nobody", "x"],
  ["AUTH"],
  ["AUTH", "default"],
  ["SETNAME"],
  ["junk"],
  ["junk", "SETNAME", "h"],
];

const clientKill: readonly string[][] = [
  ["ID", "0"],
  ["ID", "x"],
  ["ID", "-1"],
  ["1.2.3.4:5"],
  ["ADDR", "1.2.3.4:5"],
  ["LADDR", "1.2.3.4:5"],
  ["TYPE", "pubsub"],
  ["TYPE", "junk"],
  ["USER", "nobody"],
  ["ID", "0", "SKIPME", "no"],
  ["ID", "0", "SKIPME", "junk"],
  ["ID"],
  ["ID", "0", "junk"],
  ["junk", "x"],
];

const transactionGroup: readonly (readonly [number, Maker])[] = [
  [3, () => step(["MULTI"])],
  [4, () => step(["EXEC"])],
  [1, () => step(["DISCARD"])],
  [4, (r) => step(["WATCH", ...r.list(1, 3, () => r.pick(allKeys))])],
  [1, () => step(["UNWATCH"])],
];

const settings = [
  ["maxmemory-samples", "5", "0", "x", "-1", ""],
  ["timeout", "0", "0", "x", "-1"],
  ["slowlog-max-len", "128", "64", "x", "-5"],
  ["lfu-log-factor", "10", "x", "-1", "99999999999"],
  ["lfu-decay-time", "1", "x"],
  ["hash-max-listpack-entries", "128", "512", "x"],
  ["list-max-listpack-size", "-2", "128", "x"],
  ["active-expire-effort", "1", "0", "11", "x"],
  ["lazyfree-lazy-user-del", "no", "yes", "maybe", "1"],
  ["notify-keyspace-events", "", "KEA", "Kg$", "q", "g"],
  ["maxmemory-policy", "noeviction", "noeviction", "allkeys-lfu", "volatile-lru", "ALLKEYS-RANDOM", "junk"],
  ["maxmemory", "0", "0", "x", "-1", "1gb"],
  ["lazyfree-lazy-user-flush", "no", "yes"],
  ["loglevel", "notice"],
  ["save", "", "x"],
  ["client-output-buffer-limit", "normal 0 0 0", "junk 0 0 0", "normal x 0 0", "pubsub 32mb 8mb 60", "normal 0"],
  ["latency-tracking", "yes", "no", "x"],
  ["maxclients", "10000", "x"],
  ["proto-max-bulk-len", "512mb", "536870912", "x", "-1"],
  ["no-such-directive", "1"],
  ["databases", "16"],
] as const;

const serverGroup: readonly (readonly [number, Maker])[] = [
  // The keys of the other groups do not expire.
  [3, () => [fixed("EXISTS", ...allKeys, ...typedKeys), step(["DBSIZE"])]],
  [1, (r) => step(["SWAPDB", database(r), database(r)])],
  [
    0.5,
    (r) =>
      step([
        r.pick(["FLUSHDB", "FLUSHALL"]),
        ...r.pick([[], ["ASYNC"], ["SYNC"], ["async"], ["junk"], ["SYNC", "ASYNC"]]),
      ]),
  ],
  [0.5, () => step(["TIME"], sameType)],
  [0.5, () => step(["LASTSAVE"], sameType)],
  [
    0.3,
    (r) =>
      step([
        "MODULE",
        ...r.pick([["LIST"], ["HELP"], ["LOAD"], ["LOAD", "x.so"], ["UNLOAD", "x"], ["LOADEX", "x.so", "ARGS"], ["X"]]),
      ]),
  ],
  [
    0.5,
    (r) => step(["INFO", ...r.pick([[], ["server"], ["keyspace"], ["all"], ["nothing"], ["cpu", "memory"]])], sameType),
  ],
  [
    2,
    (r) => {
      const [name, ...values] = r.pick(settings);
      return step(["CONFIG", "SET", r.oneIn(6) ? name.toUpperCase() : name, r.pick(values)]);
    },
  ],
  [
    1,
    (r) => step(["CONFIG", "SET", ...r.list(1, 2, () => [r.pick(settings.slice(2, 8))[0], r.pick(["5", "x"])]).flat()]),
  ],
  [2, (r) => step(["CONFIG", "GET", ...r.list(1, 3, () => r.pick(settings)[0])], anyOrderOfPairs)],
  [
    1,
    (r) =>
      step(
        ["CONFIG", "GET", r.pick(["lfu-*", "hash-max-*", "l?st-max-listpack-size", "no*such", "", "MAXMEMORY-POLICY"])],
        anyOrderOfPairs,
      ),
  ],
  [0.5, () => step(["CONFIG", "RESETSTAT"])],
  [0.3, () => step(["CONFIG", "REWRITE"])],
  [0.5, (r) => step(["CONFIG", r.pick(["junk", "HELP", ""])])],
  [3, (r) => step(["COMMAND", "GETKEYS", ...plainStep(r, [...stringGroup, ...bitmapGroup, ...genericGroup]).args])],
  [0.5, (r) => step(["COMMAND", "GETKEYSANDFLAGS", ...plainStep(r, [...stringGroup, ...bitmapGroup]).args])],
  [1, (r) => step(["COMMAND", "INFO", ...r.list(1, 3, () => r.pick(infoCommands))])],
  [
    0.5,
    (r) =>
      step(
        [
          "COMMAND",
          "LIST",
          "FILTERBY",
          ...r.pick([["PATTERN", "get*"], ["PATTERN", "*bit*"], ["MODULE", "x"], ["junk", "x"], ["PATTERN"]]),
        ],
        anyOrder,
      ),
  ],
  [0.5, () => step(["COMMAND", "COUNT"], sameType)],
  [0.5, (r) => step(["COMMAND", r.pick(["junk", "HELP", "", "GETKEYS"])])],
  [
    0.5,
    (r) =>
      step(
        [
          "MEMORY",
          ...r.pick([
            ["USAGE", "none"],
            ["USAGE", shortKey(r), "SAMPLES", integer(r)],
            ["PURGE"],
            ["HELP"],
            ["junk"],
            ["USAGE"],
          ]),
        ],
        sameType,
      ),
  ],
  [
    0.5,
    (r) =>
      step(["COMMAND", "DOCS", ...r.list(1, 2, () => r.pick(infoCommands.slice(0, 10))), ...r.some(["foo"])], sameType),
  ],
  [0.5, (r) => step(["MEMORY", r.pick(["STATS", "DOCTOR", "PURGE"])], sameType)],
  // Digests count what has expired but not gone: EXISTS makes it go.
  [2, () => [fixed("EXISTS", ...allKeys), fixed("DEBUG", "DIGEST-VALUE", ...allKeys)]],
  [
    1,
    (r) => {
      const key = r.oneIn(5) ? "none" : shortKey(r);
      return [fixed("EXISTS", key), { ...step(["DEBUG", "OBJECT", key], sameType), fixed: true }];
    },
  ],
  [0.5, (r) => step(["DEBUG", "PROTOCOL", r.pick(debugProtocols)])],
  [
    0.5,
    (r) =>
      fixed(
        "DEBUG",
        ...r.pick([["SLEEP", "0"], ["SET-ACTIVE-EXPIRE", "1"], ["junk"], ["CHANGE-REPL-ID"], ["LOG", "x"]]),
      ),
  ],
  [0.3, (r) => step(["LOLWUT", ...r.pick([["VERSION", "x"], []])], sameType)],
  [0.2, (r) => fixed("SHUTDOWN", ...r.pick([["ABORT"], ["junk"], ["SAVE", "NOSAVE"], ["ABORT", "NOW"]]))],
  [1, (r) => step([r.pick(["FOO", "get\r\n", "", "SETT", "x".repeat(200), "\xff"]), ...r.list(0, 3, () => value(r))])],
];

// Not "push": inside EXEC that is one part more than there are commands.
const debugProtocols = "string integer double null array set map attrib verbatim true false bignum junk".split(" ");

const infoCommands = [
  "get",
  "SET",
  "incr",
  "bitop",
  "mget",
  "expire",
  "keys",
  "ping",
  "multi",
  "exec",
  "setrange",
  "foo",
  "",
  "dbsize",
  "config|get",
];

const channel = (r: Random): string => r.pick(["c1", "", "c\x00", "*"]);

/** Nobody subscribes: what a subscriber gets is tested elsewhere. */
const pubsubGroup: readonly (readonly [number, Maker])[] = [
  [2, (r) => step([r.pick(["PUBLISH", "SPUBLISH"]), channel(r), value(r)])],
  [
    2,
    (r) =>
      step([
        "PUBSUB",
        r.pick(["CHANNELS", "NUMSUB", "SHARDCHANNELS", "SHARDNUMSUB"]),
        ...r.list(0, 2, () => channel(r)),
      ]),
  ],
  [1, (r) => step(["PUBSUB", r.pick(["NUMPAT", "HELP", "junk"])])],
];

const mixedGroup = typesGroup([
  ...[stringGroup, bitmapGroup, genericGroup, hyperloglogGroup, listGroup, hashGroup, setGroup, streamGroup],
  ...[sortedSetGroup, geoGroup, sortGroup],
]);

const ofKeys = [
  stringGroup,
  bitmapGroup,
  genericGroup,
  listGroup,
  hashGroup,
  setGroup,
  streamGroup,
  sortedSetGroup,
  geoGroup,
  sortGroup,
];
const anyCall = (r: Random): readonly string[] =>
  r.oneIn(8) ? callWithKeys(r) : plainStep(r, r.pick([...ofKeys, connectionGroup, serverGroup, pubsubGroup])).args;

const groups: readonly (readonly [number, readonly (readonly [number, Maker])[]])[] = [
  [40, stringGroup],
  [20, bitmapGroup],
  [24, genericGroup],
  [4, connectionGroup],
  [6, transactionGroup],
  [6, serverGroup],
  [1, pubsubGroup],
  [8, hyperloglogGroup],
  [12, listGroup],
  [30, hashGroup],
  [10, setGroup],
  [12, streamGroup],
  [30, sortedSetGroup],
  [10, geoGroup],
  [12, sortGroup],
  [40, mixedGroup],
  [6, aclGroup(anyCall)],
  [6, loneGroup],
];

/** The names of the groups, for choosing some of them. */
export const groupNames = [
  "string",
  "bitmap",
  "generic",
  "connection",
  "transactions",
  "server",
  "pubsub",
  "hyperloglog",
  "list",
  "hash",
  "set",
  "stream",
  "sorted-set",
  "geo",
  "sort",
  "types",
  "acl",
  "lone",
] as const;

/** One or more commands to be sent one after the other. */
export function nextSteps(r: Random, only: readonly string[] = groupNames, inTransaction = false): readonly Step[] {
  if (inTransaction && r.oneIn(9)) return [step([r.oneIn(6) ? "DISCARD" : "EXEC"])];
  const chosen = groups.filter((_, i) => only.includes(groupNames[i]!));
  const made = r.weighted(r.weighted(chosen))(r);
  const steps = "args" in made ? [made] : made;
  return steps.map((each) => disturb(r, each));
}

function plainStep(r: Random, makers: readonly (readonly [number, Maker])[]): Step {
  const made = r.weighted(makers)(r);
  return "args" in made ? made : made[0]!;
}

/** Mistypes now and then: other case, one argument too few or too many, another one, or two in each other's place. */
function disturb(r: Random, original: Step): Step {
  if (original.fixed) return original;
  let args = [anyCase(r, original.args[0]!), ...original.args.slice(1)];
  const slip = r.integer(1, 40);
  if (slip === 1) args = args.slice(0, Math.max(1, args.length - r.integer(1, 2)));
  else if (slip === 2) args = [...args, r.oneIn(2) ? value(r) : shortKey(r)];
  else if (slip === 3 && args.length > 1 && !isWalk(args)) args = mistaken(r, args);
  // 7.2 accepts COMMAND GETKEYS with one argument, 7.0 does not, and inside MULTI that would part the two for good.
  if (args.length === 3 && /^GETKEYS/.test(args[1]!)) args.push("x");
  return { ...original, args, compare: listsOwnThings(args) ? sameType : original.compare };
}

/** One argument replaced, left out, said twice, or changed for the next. */
function mistaken(r: Random, args: readonly string[]): string[] {
  const at = r.integer(1, args.length - 1);
  const [before, after] = [args.slice(0, at), args.slice(at + 1)];
  return r.pick([
    () => [...before, r.pick(["", "junk", "0", "-1", "1", "2", r.pick(args)]), ...after],
    () => [...before, ...after],
    () => [...before, args[at]!, args[at]!, ...after],
    () => [...before, ...after.slice(0, 1), args[at]!, ...after.slice(1)],
  ])();
}

/** True for commands whose cursor is each server's own. */
function isWalk(args: readonly string[]): boolean {
  return /^[HSZ]?SCAN$/i.test(args[0]!);
}

/** True for what an argument less turns into a list of the server's own: all commands, or part of the keys. */
function listsOwnThings(args: readonly string[]): boolean {
  const name = args[0]!.toUpperCase();
  const second = args[1]?.toUpperCase();
  if (name === "COMMAND") return args.length === 1 || (args.length === 2 && (second === "LIST" || second === "DOCS"));
  if (name === "CONFIG" && second === "GET") return args.slice(2).some((arg) => /^\[/.test(arg));
  // The last COUNT counts, and with a small one each server begins where its own table does.
  return name === "SCAN" && (args.length === 2 || args.lastIndexOf("COUNT") > 2);
}

/** A key that lives for a millisecond: sent alone, and followed by a pause, so that it is gone for both servers. */
export function shortLived(r: Random): Step {
  const key = r.pick(r.oneIn(3) ? typedKeys : allKeys);
  return r.pick([
    () => step(["PEXPIRE", key, "1"]),
    () => step(["SET", key, value(r), "PX", "1"]),
    () => step(["GETEX", key, "PX", "1"]),
    () => step(["PSETEX", key, "1", value(r)]),
  ])();
}
