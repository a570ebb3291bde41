/**
 * Where the oracle, redis-server 7.0, and Redis 7.2, whose behaviour Redstart has, are meant to differ. Everything else
 * that differs is a mistake.
 */
import type { Reply } from "../support/reply-parser.js";

interface KnownDifference {
  readonly reason: string;
  matches(words: readonly string[], expected: Reply, actual: Reply): boolean;
}

const knownDifferences: readonly KnownDifference[] = [
  {
    reason: "7.2 has new subcommands (CLIENT NO-TOUCH, CLIENT SETINFO), which its help lists",
    matches: (words, expected, actual) => words[1] === "HELP" && !expected.isError && !actual.isError,
  },
  {
    reason: "7.2 declares more about its commands (tips, flags, subcommands)",
    matches: (words, expected, actual) =>
      words[0] === "COMMAND" && words[1] === "INFO" && !expected.isError && !actual.isError,
  },
  {
    reason: "7.2 checks the arguments of BITCOUNT and BITPOS before it looks at the key",
    matches: (words, expected, actual) =>
      /^BIT(COUNT|POS)$/.test(words[0] ?? "") &&
      /^(:0|:-1|-WRONGTYPE.*)\r\n$/.test(expected.bytes.toString("latin1")) &&
      actual.bytes.toString("latin1").startsWith("-ERR"),
  },
];

/** Why these replies may differ, or null when they may not. */
export function knownDifference(args: readonly string[], expected: Reply, actual: Reply): string | null {
  const words = args.slice(0, 2).map((word) => word.toUpperCase());
  return knownDifferences.find((known) => known.matches(words, expected, actual))?.reason ?? null;
}
