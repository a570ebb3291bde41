/** CONFIG SET of every directive both servers know, with values in and out of what it allows: what is refused, with which words, and kept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { findDirective } from "../../src/server/config/directive-table.js";
import { RespConnection } from "../support/resp-connection.js";
import { serverFor, skipWithout, testedProgram } from "../support/servers.js";

/** They would move or end the test's own connections. */
const NOT_TRIED = [
  "port",
  "bind",
  "unixsocket",
  "tls-port",
  "logfile",
  "dir",
  "bind-source-addr",
  "requirepass",
  "maxmemory-clients",
];

/** Where the redis-server at hand is another, or a difference is on purpose: directive and value. */
const KNOWN_DIFFERENCES = [
  // Redis 7.2 has a level more, "nothing".
  /^loglevel /,
  // There is nothing to compile for it.
  /^activedefrag "yes"$/,
  // 2^63 - 1 is 2^63 as a double.
  /^(?:maxmemory|cluster-link-sendbuf-limit) "9223372036854775807"$/,
];

const VALUES = [
  ...[
    "",
    "garbage",
    "yes",
    "no",
    "-1",
    "0",
    "1",
    "2",
    "100",
    "101",
    "65535",
    "65536",
    "1000000",
    "2147483647",
    "2147483648",
  ],
  ...["4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615"],
  ...["1mb", "1.5", "50%", "-50%"],
];
/** For those with which a server would evict everything, or need that many files. */
const FEW_VALUES = ["", "garbage", "yes", "-1", "0", "9223372036854775807", "9223372036854775808", "1.5", "50%"];
const FEW_FOR = ["maxmemory", "maxclients"];

/** Octal, or with few values above. */
const NO_EDGES = [...FEW_FOR, "unixsocketperm"];

/** For those that are lists, each of their words wrong. */
const MORE_VALUES: Readonly<Record<string, readonly string[]>> = {
  "client-output-buffer-limit": (
    "normal x 0 0|normal 0 x 0|normal 0 0 x|normal 0 0 -1|normal -1 0 0|normal 1 2|junk 1 1 1|normal 1mb 2mb 3|slave 1 1 1 pubsub 2 2 2|" +
    "replica 1 1 1 pubsub 2 2|normal 0 0 0 normal 1 1 1| normal 0 0 0|master 0 0 0"
  ).split("|"),
  save: ["1", "1 2", "1 2 3", "1 2 3 4", "x 2", "1 x", "-1 2", "1 -2", "0 1", "1 0", " 1 2"],
  "notify-keyspace-events": ["KEA", "AKE", "g", "Kg", "$lshzxe", "m", "n", "KEAmn", "q", "K E"],
  "oom-score-adj-values": ["1 2 3", "1 2", "1 2 3 4", "x 2 3", "3 2 1", "-2000 0 0", "2001 0 0"],
  "latency-tracking-info-percentiles": ["50", "50 99", "101", "-1", "50 x", "0 100", "99.9 50"],
};

/** The ends of what a number may be, and the numbers beyond them, as far as these are exact. */
function edges(name: string): string[] {
  const { min, max } = findDirective(name)!.directive.kind as { min?: number | bigint; max?: number | bigint };
  if (min === undefined || max === undefined || NO_EDGES.includes(name)) return [];
  const numbers = [BigInt(min), BigInt(max)].flatMap((edge) => [edge - 1n, edge, edge + 1n]);
  return numbers.filter((number) => number > -(2n ** 53n) && number < 2n ** 53n).map(String);
}

async function settings(connection: RespConnection): Promise<Map<string, string>> {
  const list = (await connection.call("CONFIG", "GET", "*")) as string[];
  return new Map(Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i]!, list[2 * i + 1]!]));
}

/** What a server answers to CONFIG SET, and what the directive is then. */
async function setTo(connection: RespConnection, name: string, value: string): Promise<string> {
  const set = await connection.send(["CONFIG", "SET", name, value]);
  return `${set} ${await connection.send(["CONFIG", "GET", name])}`;
}

test("directives have redis-server's defaults, limits and errors, and those it does not change stay", {
  skip: skipWithout("redis-server"),
  timeout: 120_000,
}, async (t) => {
  const expected = await RespConnection.connect((await serverFor(t, { program: "redis-server" })).port);
  const actual = await RespConnection.connect((await serverFor(t, { program: testedProgram })).port);
  t.after(() => Promise.all([expected.close(), actual.close()]));
  const [defaults, ours] = [await settings(expected), await settings(actual)];
  const names = [...defaults.keys()].filter((name) => ours.has(name) && !NOT_TRIED.includes(name));
  assert.ok(names.length > 150);
  const differences: string[] = [];
  for (const name of names) {
    const usual = defaults.get(name)!;
    if (ours.get(name) !== usual) differences.push(`${name} is ${ours.get(name)}, not ${usual}`);
    for (const value of [
      usual,
      ...(FEW_FOR.includes(name) ? FEW_VALUES : VALUES),
      ...(MORE_VALUES[name] ?? []),
      ...edges(name),
      usual,
    ]) {
      const [right, mine] = await Promise.all([setTo(expected, name, value), setTo(actual, name, value)]);
      const what = `${name} ${JSON.stringify(value)}`;
      if (right !== mine && !KNOWN_DIFFERENCES.some((known) => known.test(what)))
        differences.push(`${what}\n  expected ${right}\n  actual   ${mine}`);
    }
  }
  assert.deepEqual(differences, []);
});
