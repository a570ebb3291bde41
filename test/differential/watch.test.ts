/** WATCH of a key that is there, is not, has expired or expires later, before everything that replaces or empties its database. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { RespConnection } from "../support/resp-connection.js";
import { serverFor, skipWithout, testedProgram } from "../support/servers.js";

const STATES = ["absent", "live", "expired", "expiring"] as const;
/** What another client does between WATCH and EXEC, in database 0. */
const CHANGES = [
  ["SWAPDB", "0", "1"],
  ["SWAPDB", "1", "0"],
  ["SWAPDB", "2", "0"],
  ["SWAPDB", "0", "0"],
  ["FLUSHDB"],
  ["FLUSHALL", "ASYNC"],
  ["DEL", "k"],
  ["EXISTS", "k"],
  ["SET", "k", "v"],
  ["MOVE", "k", "1"],
  ["COPY", "k", "other"],
  ["RENAME", "k", "other"],
  ["PERSIST", "k"],
  ["SCAN", "0", "COUNT", "1000"],
  ["PING"],
];
/** Longer than the keys that expire live. */
const LIFE_MS = 20;

interface Case {
  readonly here: (typeof STATES)[number];
  readonly there: (typeof STATES)[number];
  readonly change: readonly string[];
}

/** What EXEC answers in each case, and what the databases have then. */
async function outcome(watcher: RespConnection, other: RespConnection, { here, there, change }: Case): Promise<string> {
  await other.send(["FLUSHALL"]);
  const put = async (db: string, state: string) => {
    await other.send(["SELECT", db]);
    if (state !== "absent") await other.send(["SET", "k", `in ${db}`]);
    if (state === "expired") await other.send(["PEXPIRE", "k", "1"]);
    if (state === "expiring") await other.send(["PEXPIRE", "k", String(LIFE_MS)]);
  };
  await put("1", there);
  await put("0", here);
  if (here === "expired" || there === "expired") await sleep(3);
  await watcher.send(["WATCH", "k"]);
  if (here === "expiring" || there === "expiring") await sleep(LIFE_MS + 2);
  await other.send(change);
  await watcher.send(["MULTI"]);
  await watcher.send(["ECHO", "ran"]);
  const exec = await watcher.send(["EXEC"]);
  return `${exec} ${await other.send(["EXISTS", "k"])}`;
}

test("EXEC after a watched key's database changed does what redis-server does", {
  skip: skipWithout("redis-server"),
  timeout: 120_000,
}, async (t) => {
  const clients = async (program: "redis-server" | "redstart") => {
    const { port } = await serverFor(t, { program, args: ["--enable-debug-command", "yes"] });
    const pair = [await RespConnection.connect(port), await RespConnection.connect(port)] as const;
    t.after(() => Promise.all(pair.map((each) => each.close())));
    await pair[1].send(["DEBUG", "SET-ACTIVE-EXPIRE", "0"]);
    return pair;
  };
  const expected = await clients("redis-server");
  const actual = await clients(testedProgram);
  const differences: string[] = [];
  for (const here of STATES) {
    for (const there of STATES) {
      for (const change of CHANGES) {
        // The other database matters only to those that bring it in.
        if (there !== "absent" && !["SWAPDB", "MOVE"].includes(change[0]!)) continue;
        const each = { here, there, change };
        const ask = () => Promise.all([outcome(...expected, each), outcome(...actual, each)]);
        let [right, mine] = await ask();
        // On a busy machine a key may expire before it is watched.
        for (let tries = 0; right !== mine && tries < 3; tries++) [right, mine] = await ask();
        if (right !== mine) differences.push(`${here} and ${there}, ${change.join(" ")}: ${mine}, not ${right}`);
      }
    }
  }
  assert.deepEqual(differences, []);
});
