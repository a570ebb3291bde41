/** Lists whose parts are not free to choose, or that are made of several commands: rules, whole commands as arguments, transactions. */
import type { Call, Case, Scale } from "./case.js";

type Make = (count: number) => Call[];

const nothing: Make = () => [];
const times = (count: number, make: (i: number) => readonly string[]): string[] =>
  Array.from({ length: count }, (_, i) => make(i)).flat();
const each = (count: number, make: (i: number) => Call): Call[] => Array.from({ length: count }, (_, i) => make(i));

/** Settings that every server has, with a value each. */
const settings: readonly (readonly [string, string])[] = [
  ["hz", "10"],
  ["timeout", "0"],
  ["slowlog-max-len", "128"],
  ["slowlog-log-slower-than", "10000"],
  ["latency-monitor-threshold", "0"],
  ["hash-max-listpack-entries", "128"],
  ["zset-max-listpack-entries", "128"],
  ["set-max-intset-entries", "512"],
  ["list-compress-depth", "0"],
  ["maxmemory-samples", "5"],
];

const lists: readonly (readonly [name: string, prepare: Make, run: Make])[] = [
  ["ACL SETUSER ~key …", nothing, (n) => [["ACL", "SETUSER", "u", "reset", ...times(n, (i) => [`~key:${i}`])]]],
  [
    "ACL SETUSER ~key …, always the same",
    nothing,
    (n) => [["ACL", "SETUSER", "u", "reset", ...times(n, () => ["~key"])]],
  ],
  [
    "ACL SETUSER &channel …",
    nothing,
    (n) => [["ACL", "SETUSER", "u", "reset", "resetchannels", ...times(n, (i) => [`&channel:${i}`])]],
  ],
  [
    "ACL SETUSER >password …",
    nothing,
    (n) => [["ACL", "SETUSER", "u", "reset", ...times(n, (i) => [`>password:${i}`])]],
  ],
  [
    "ACL SETUSER +command -command …",
    nothing,
    (n) => [["ACL", "SETUSER", "u", "reset", ...times(n / 2, () => ["+get", "-get"])]],
  ],
  [
    "ACL SETUSER +@all -@all …",
    nothing,
    (n) => [["ACL", "SETUSER", "u", "reset", ...times(n / 2, () => ["+@all", "-@all"])]],
  ],
  ["ACL SETUSER +select|n …", nothing, (n) => [["ACL", "SETUSER", "u", "reset", ...times(n, (i) => [`+select|${i}`])]]],
  [
    "ACL SETUSER (selector) …",
    nothing,
    (n) => [["ACL", "SETUSER", "u", "reset", ...times(n, (i) => [`(+get ~key:${i})`])]],
  ],
  [
    "ACL GETUSER, ACL LIST with ~key …",
    (n) => [["ACL", "SETUSER", "u", "reset", ...times(n, (i) => [`~key:${i}`])]],
    () => [
      ["ACL", "GETUSER", "u"],
      ["ACL", "LIST"],
    ],
  ],
  [
    "ACL DELUSER of … that are there",
    (n) => each(n, (i) => ["ACL", "SETUSER", `u${i}`]),
    (n) => [["ACL", "DELUSER", ...times(n, (i) => [`u${i}`])]],
  ],
  [
    "ACL DRYRUN u MGET key …",
    () => [["ACL", "SETUSER", "u", "+@all", "~*"]],
    (n) => [["ACL", "DRYRUN", "u", "MGET", ...times(n, (i) => [`key:${i}`])]],
  ],
  [
    "CONFIG SET setting value … again",
    nothing,
    (n) => [["CONFIG", "SET", ...times(n, (i) => settings[i % settings.length]!)]],
  ],
  ["CONFIG SET unknown value …", nothing, (n) => [["CONFIG", "SET", ...times(n, (i) => [`unknown-${i}`, "1"])]]],
  ["CONFIG GET * …", nothing, (n) => [["CONFIG", "GET", ...times(n / 100, () => ["*"])]]],
  [
    "COMMAND GETKEYS MSET key value …",
    nothing,
    (n) => [["COMMAND", "GETKEYS", "MSET", ...times(n, (i) => [`key:${i}`, "v"])]],
  ],
  [
    "COMMAND GETKEYSANDFLAGS ZUNIONSTORE n key …",
    nothing,
    (n) => [["COMMAND", "GETKEYSANDFLAGS", "ZUNIONSTORE", "to", String(n), ...times(n, (i) => [`key:${i}`])]],
  ],
  [
    "COMMAND GETKEYS XREAD STREAMS key … id …",
    nothing,
    (n) => [["COMMAND", "GETKEYS", "XREAD", "STREAMS", ...times(n, (i) => [`key:${i}`]), ...times(n, () => ["0"])]],
  ],
  [
    "COMMAND GETKEYS SORT key GET pattern …",
    nothing,
    (n) => [["COMMAND", "GETKEYS", "SORT", "key", ...times(n, (i) => ["GET", `p:${i}`])]],
  ],
  [
    "COMMAND GETKEYS GEORADIUS … STORE key …",
    nothing,
    (n) => [["COMMAND", "GETKEYS", "GEORADIUS", "key", "0", "0", "1", "m", ...times(n, (i) => ["STORE", `to:${i}`])]],
  ],
  ["An unknown command with … arguments", nothing, (n) => [["NOSUCH", ...times(n, (i) => [`a:${i}`])]]],
  ["GET with … arguments", nothing, (n) => [["GET", ...times(n, (i) => [`a:${i}`])]]],
  ["MULTI, SET …, EXEC", nothing, (n) => [["MULTI"], ...each(n, (i) => ["SET", `key:${i}`, "value"]), ["EXEC"]]],
  ["MULTI, SET …, DISCARD", nothing, (n) => [["MULTI"], ...each(n, (i) => ["SET", `key:${i}`, "value"]), ["DISCARD"]]],
  [
    "MULTI, MSET key value …, EXEC",
    nothing,
    (n) => [["MULTI"], ["MSET", ...times(n, (i) => [`key:${i}`, "value"])], ["EXEC"]],
  ],
  ["WATCH key in … commands, EXEC", nothing, (n) => [...each(n, (i) => ["WATCH", `key:${i}`]), ["MULTI"], ["EXEC"]]],
  [
    "WATCH key …, FLUSHALL",
    (n) => each(n, (i) => ["SET", `key:${i}`, "value"]),
    (n) => [["WATCH", ...times(n, (i) => [`key:${i}`])], ["FLUSHALL"]],
  ],
  [
    "WATCH key …, MSET key value …, EXEC",
    nothing,
    (n) => [
      ["WATCH", ...times(n, (i) => [`key:${i}`])],
      ["MSET", ...times(n, (i) => [`key:${i}`, "value"])],
      ["MULTI"],
      ["EXEC"],
    ],
  ],
  ["SUBSCRIBE channel in … commands", nothing, (n) => each(n, (i) => ["SUBSCRIBE", `channel:${i}`])],
  [
    "SUBSCRIBE channel … and as many again, UNSUBSCRIBE",
    nothing,
    (n) => [["SUBSCRIBE", ...times(2 * n, (i) => [`channel:${i}`])], ["UNSUBSCRIBE"]],
  ],
  [
    "PSUBSCRIBE pattern …, PUNSUBSCRIBE",
    nothing,
    (n) => [["PSUBSCRIBE", ...times(n, (i) => [`channel:${i}*`])], ["PUNSUBSCRIBE"]],
  ],
  [
    "PSUBSCRIBE pattern …, PUBLISH",
    nothing,
    (n) => [
      ["HELLO", "3"],
      ["PSUBSCRIBE", ...times(n, (i) => [`channel:${i}*`])],
      ["PUBLISH", "channel:77", "m"],
      ["RESET"],
    ],
  ],
  [
    "SUBSCRIBE channel …, PUBSUB CHANNELS, NUMSUB",
    nothing,
    (n) => [
      ["HELLO", "3"],
      ["SUBSCRIBE", ...times(n, (i) => [`channel:${i}`])],
      ["PUBSUB", "CHANNELS"],
      ["PUBSUB", "NUMSUB", ...times(n, (i) => [`channel:${i}`])],
      ["RESET"],
    ],
  ],
  [
    "CLIENT TRACKING BCAST PREFIX …, distinct",
    nothing,
    (n) => [
      ["HELLO", "3"],
      ["CLIENT", "TRACKING", "ON", "BCAST", ...times(n, (i) => ["PREFIX", `${String(i).padStart(6, "0")}:`])],
      ["CLIENT", "TRACKING", "OFF"],
    ],
  ],
  [
    "CLIENT TRACKING, MGET key …, MSET key value …",
    nothing,
    (n) => [
      ["HELLO", "3"],
      ["CLIENT", "TRACKING", "ON"],
      ["MGET", ...times(n, (i) => [`key:${i}`])],
      ["MSET", ...times(n, (i) => [`key:${i}`, "v"])],
      ["RESET"],
    ],
  ],
  [
    "BITFIELD OVERFLOW, INCRBY …",
    nothing,
    (n) => [["BITFIELD", "key", ...times(n, (i) => ["OVERFLOW", "SAT", "INCRBY", "u8", `#${i}`, "300"])]],
  ],
  [
    "BITFIELD SET … from the end",
    nothing,
    (n) => [["BITFIELD", "key", ...times(n, (i) => ["SET", "u8", `#${n - i}`, "1"])]],
  ],
  [
    "SUNION of … sets of 100, always the same",
    () => [["SADD", "key", ...times(100, (i) => [`element:${i}`])]],
    (n) => [["SUNION", ...times(n / 10, () => ["key"])]],
  ],
  [
    "ZUNION of … sets of 100, always the same",
    () => [["ZADD", "key", ...times(100, (i) => ["1", `element:${i}`])]],
    (n) => [["ZUNION", String(n / 10), ...times(n / 10, () => ["key"])]],
  ],
  [
    "ZINTER of … sets of 100, always the same",
    () => [["ZADD", "key", ...times(100, (i) => ["1", `element:${i}`])]],
    (n) => [["ZINTER", String(n / 10), ...times(n / 10, () => ["key"])]],
  ],
  [
    "ZDIFF of … sets of 100, all but the first empty",
    () => [["ZADD", "key", ...times(100, (i) => ["1", `element:${i}`])]],
    (n) => [["ZDIFF", String(n / 10), "key", ...times(n / 10 - 1, () => ["none"])]],
  ],
  [
    "SDIFF of … sets of 100, all but the first empty",
    () => [["SADD", "key", ...times(100, (i) => [`element:${i}`])]],
    (n) => [["SDIFF", "key", ...times(n / 10 - 1, () => ["none"])]],
  ],
  [
    "SINTER of … sets of 100, always the same",
    () => [["SADD", "key", ...times(100, (i) => [`element:${i}`])]],
    (n) => [["SINTER", ...times(n / 10, () => ["key"])]],
  ],
  [
    "ZADD INCR-like: score member …, the order reversed",
    nothing,
    (n) => [["ZADD", "key", ...times(n, (i) => [String(n - i), `element:${i}`])]],
  ],
  [
    "HSET field value … of a packed hash",
    () => [["CONFIG", "SET", "hash-max-listpack-entries", "512"]],
    (n) => [
      ["HSET", "key", ...times(n, (i) => [`f${i % 512}`, "v"])],
      ["CONFIG", "SET", "hash-max-listpack-entries", "128"],
    ],
  ],
  ["SADD member … of integers, descending", nothing, (n) => [["SADD", "key", ...times(n, (i) => [String(n - i)])]]],
  [
    "PFADD element … to a sparse one, always the same",
    nothing,
    (n) => [["PFADD", "key", ...times(n, () => ["element"])]],
  ],
  [
    "PFMERGE of … of 1 000 elements",
    () => [["PFADD", "key", ...times(1000, (i) => [`element:${i}`])]],
    (n) => [["PFMERGE", "to", ...times(n / 100, () => ["key"])]],
  ],
  ["XADD … commands with MAXLEN 1", nothing, (n) => each(n, () => ["XADD", "key", "MAXLEN", "1", "*", "f", "v"])],
  [
    "XDEL id … from the end",
    (n) => each(n, (i) => ["XADD", "key", `${i + 1}-0`, "f", "v"]),
    (n) => [["XDEL", "key", ...times(n, (i) => [`${n - i}-0`])]],
  ],
  ["INFO section …, all kinds", nothing, (n) => [["INFO", ...times(n, (i) => [i % 2 === 0 ? "all" : "everything"])]]],
  [
    "LATENCY RESET, HISTOGRAM of all commands …",
    nothing,
    (n) => [["LATENCY", "HISTOGRAM", ...times(n, () => ["config"])]],
  ],
  ["LOLWUT VERSION 5 … 1", nothing, (n) => [["LOLWUT", "VERSION", "5", String(n), "1", "1"]]],
];

/** Patterns that a matcher which tries again for each star needs very long for; the text has as many letters as the count says. */
const STARS = `${"a*".repeat(24)}b`;
const patterns: readonly (readonly [name: string, prepare: Make, run: Make])[] = [
  ["KEYS a*a*a* …b of a key of … letters", (n) => [["SET", "a".repeat(n), "v"]], () => [["KEYS", STARS]]],
  [
    "KEYS *a*a* … as long as the key",
    (n) => [["SET", "a".repeat(n / 10), "v"]],
    (n) => [["KEYS", `${"*a".repeat(n / 20)}b`]],
  ],
  ["KEYS *** …", () => [["SET", "key", "v"]], (n) => [["KEYS", `${"*".repeat(n)}b`]]],
  ["KEYS [a[a …", (n) => [["SET", "a".repeat(n / 10), "v"]], (n) => [["KEYS", "*[a".repeat(n / 30)]]],
  [
    "SCAN MATCH a*a*a* …b",
    (n) => [["SET", "a".repeat(n), "v"]],
    () => [["SCAN", "0", "MATCH", STARS, "COUNT", "1000"]],
  ],
  [
    "HSCAN MATCH a*a*a* …b",
    (n) => [["HSET", "key", "a".repeat(n), "v"]],
    () => [["HSCAN", "key", "0", "MATCH", STARS]],
  ],
  [
    "PSUBSCRIBE a*a*a* …b, PUBLISH",
    nothing,
    (n) => [["HELLO", "3"], ["PSUBSCRIBE", STARS], ["PUBLISH", "a".repeat(n), "m"], ["RESET"]],
  ],
  ["CONFIG GET *e*e*e* …", nothing, (n) => [["CONFIG", "GET", "*e".repeat(n / 10)]]],
  [
    "COMMAND LIST FILTERBY PATTERN *e*e* …",
    nothing,
    (n) => [["COMMAND", "LIST", "FILTERBY", "PATTERN", "*e".repeat(n / 10)]],
  ],
  [
    "PUBSUB CHANNELS a*a*a* …b",
    nothing,
    (n) => [["HELLO", "3"], ["SUBSCRIBE", "a".repeat(n)], ["PUBSUB", "CHANNELS", STARS], ["RESET"]],
  ],
  [
    "ACL DRYRUN with ~a*a*a* …b",
    () => [["ACL", "SETUSER", "u", "+@all", `~${STARS}`]],
    (n) => [["ACL", "DRYRUN", "u", "GET", "a".repeat(n)]],
  ],
  [
    "ACL SETUSER ~a*a*a* … of that many stars",
    nothing,
    (n) => [
      ["ACL", "SETUSER", "u", `~${"a*".repeat(n)}`],
      ["ACL", "SETUSER", "u", `~${"a*".repeat(n)}b`],
    ],
  ],
];

export function ownLists({ counts }: Scale): Case[] {
  return [...lists, ...patterns].map(([name, prepare, run]) => ({
    section: "lists",
    name,
    variants: counts.map((count) => ({
      label: count.toLocaleString("en").replaceAll(",", " "),
      prepare: () => prepare(count),
      run: () => run(count),
    })),
  }));
}
