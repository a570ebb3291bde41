/**
 * Where the oracle, redis-server 7.0, and Redis 7.2, whose behaviour Redstart has, are meant to differ. Everything else
 * that differs is a mistake.
 */
import type { Reply } from "../support/reply-parser.js";

interface KnownDifference {
  readonly reason: string;
  /** `words` are the command's name and second word in capitals, `args` all as sent. */
  matches(words: readonly string[], expected: Reply, actual: Reply, args: readonly string[]): boolean;
}

const knownDifferences: readonly KnownDifference[] = [
  {
    reason: "SORT of a small sorted set makes it a skiplist in Redis, here it stays what it is",
    matches: (words, expected, actual, args) =>
      words[0] === "OBJECT" &&
      !/^z:(?!sort|t\d)/.test(args[2] ?? "") &&
      expected.bytes.toString("latin1") === "$8\r\nskiplist\r\n" &&
      actual.bytes.toString("latin1") === "$8\r\nlistpack\r\n",
  },
  {
    reason: "XREAD knows the ID + of 7.4, and XREADGROUP says that it does not",
    matches: (words, expected, actual) =>
      words[0] === "XREADGROUP" &&
      expected.isError &&
      actual.bytes.toString("latin1").includes("The + ID is meaningless"),
  },
  {
    reason: "7.2 compares the ID of XSETID with the largest one deleted too, and first",
    matches: (words, expected, actual) =>
      words[0] === "XSETID" &&
      expected.isError &&
      actual.bytes.toString("latin1").includes("smaller than current max_deleted_entry_id"),
  },
  {
    reason: "7.2 names the command, and the ID that fits it, when XREAD or XREADGROUP has a stream without an ID",
    matches: (_words, expected, actual) =>
      expected.bytes.toString("latin1").startsWith("-ERR Unbalanced XREAD list of streams") &&
      actual.bytes.toString("latin1").startsWith("-ERR Unbalanced 'xread"),
  },
  {
    reason: "7.2 refuses the smallest integer as count of LREM and rank of LPOS, since it has no opposite",
    matches: (words, _expected, actual) =>
      (words[0] === "LREM" || words[0] === "LPOS") &&
      actual.bytes.toString("latin1").includes("value must between -9223372036854775807"),
  },
  {
    reason: "Redis allocates for XAUTOCLAIM what COUNT asks for, here it takes what there is",
    matches: (words, expected) =>
      words[0] === "XAUTOCLAIM" && expected.bytes.toString("latin1").includes("failed allocating transient memory"),
  },
  {
    reason: "7.2 makes a hash big when more fields come at once than a small one may have, though some are the same",
    matches: (words, expected, actual) =>
      words[0] === "OBJECT" &&
      words[1] === "ENCODING" &&
      expected.bytes.toString("latin1") === "$8\r\nlistpack\r\n" &&
      actual.bytes.toString("latin1") === "$9\r\nhashtable\r\n",
  },
  {
    reason: "7.2 keeps short lists as listpacks",
    matches: (words, expected, actual) =>
      words[0] === "OBJECT" &&
      words[1] === "ENCODING" &&
      expected.bytes.toString("latin1") === "$9\r\nquicklist\r\n" &&
      actual.bytes.toString("latin1") === "$8\r\nlistpack\r\n",
  },
  {
    reason: "7.2 has new subcommands (CLIENT NO-TOUCH, CLIENT SETINFO), which its help lists",
    matches: (words, expected, actual) => words[1] === "HELP" && !expected.isError && !actual.isError,
  },
  {
    reason: "7.2 has more commands, and declares more about each (tips, flags, subcommands)",
    matches: (words, expected, actual) =>
      words[0] === "COMMAND" && (words[1] === "INFO" || words[1] === "LIST") && !expected.isError && !actual.isError,
  },
  {
    reason:
      "Redis shares the integers below 10000 between keys, and with them their access time; here each key has its own",
    matches: (words, expected, actual) =>
      words[0] === "OBJECT" &&
      words[1] === "IDLETIME" &&
      /^:\d+\r\n$/.test(expected.bytes.toString("latin1")) &&
      /^:\d+\r\n$/.test(actual.bytes.toString("latin1")),
  },
  {
    reason:
      "Whether an integer is one of the shared is decided in Redis when it is set, here (for maxmemory-policy may change) when OBJECT REFCOUNT asks",
    matches: (words, expected, actual) =>
      words[0] === "OBJECT" &&
      words[1] === "REFCOUNT" &&
      /^:\d+\r\n$/.test(expected.bytes.toString("latin1")) &&
      /^:(1|2147483647)\r\n$/.test(actual.bytes.toString("latin1")),
  },
  {
    reason: "7.0 lists keys that have just expired under the type none; 7.2 compares types before it expires",
    matches: (words, expected, actual, args) =>
      words[0] === "SCAN" &&
      args.some((arg) => arg.toLowerCase() === "none") &&
      !expected.isError &&
      actual.bytes.toString("latin1").endsWith("*0\r\n"),
  },
  {
    reason: "7.2 has listpacks of sets, which are hashtables in 7.0; COPY and RENAME bring them to any key",
    matches: (words, expected, actual) =>
      words[0] === "OBJECT" &&
      words[1] === "ENCODING" &&
      expected.bytes.toString("latin1") === "$9\r\nhashtable\r\n" &&
      actual.bytes.toString("latin1") === "$8\r\nlistpack\r\n",
  },
  {
    reason: "7.2 looks at all arguments of ZADD before it decides that a sorted set is a skiplist",
    matches: (words, expected, actual, args) =>
      words[0] === "OBJECT" &&
      args[2]?.startsWith("z:") === true &&
      expected.bytes.toString("latin1") === "$8\r\nlistpack\r\n" &&
      actual.bytes.toString("latin1") === "$8\r\nskiplist\r\n",
  },
  {
    reason: "7.2 has ZRANK WITHSCORE",
    matches: (words, expected) => /^ZREV?RANK$/.test(words[0] ?? "") && expected.isError,
  },
];

/** Why these replies may differ, or null when they may not. */
export function knownDifference(args: readonly string[], expected: Reply, actual: Reply): string | null {
  const words = args.slice(0, 2).map((word) => word.toUpperCase());
  return knownDifferences.find((known) => known.matches(words, expected, actual, args))?.reason ?? null;
}
