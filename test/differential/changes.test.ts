/** How many changes each command counts, beside redis-server: what a save, an AOF and replicas go by. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RespConnection } from "../support/resp-connection.js";
import { serverFor, skipWithout, testedProgram } from "../support/servers.js";
import { nextSteps } from "./generate.js";
import { Random } from "./random.js";

const GROUPS = ["string", "bitmap", "generic", "hyperloglog", "list", "hash", "set", "stream", "sorted-set", "geo"];
const COMMANDS = 3000;
/** They wait, or are of one connection. */
const LEFT_OUT = /^(?:B[LRZ]|XREAD)/i;
/** Now and then, so that both begin anew. */
const RESETS = [
  ["FLUSHDB"],
  ["FLUSHDB", "ASYNC"],
  ["FLUSHALL"],
  ["SWAPDB", "0", "1"],
  ["SWAPDB", "0", "0"],
  ["MSET", "a", "1", "b", "2"],
];

/** Changes that a command counts, and its reply. */
async function changesOf(connection: RespConnection, args: readonly string[], before: number) {
  const reply = await connection.send(args);
  const info = String(await connection.call("INFO", "persistence"));
  const total = Number(/rdb_changes_since_last_save:(\d+)/.exec(info)![1]);
  return { reply: `${reply}`, total, changes: total - before };
}

test("each command counts as many changes as in redis-server", {
  skip: skipWithout("redis-server"),
  timeout: 180_000,
}, async (t) => {
  const connections: RespConnection[] = [];
  for (const program of ["redis-server", testedProgram] as const)
    connections.push(await RespConnection.connect((await serverFor(t, { program })).port));
  t.after(() => Promise.all(connections.map((each) => each.close())));
  const [expected, actual] = connections as [RespConnection, RespConnection];
  const random = new Random(Number(process.env["REDSTART_TEST_SEED"] ?? 11));
  let [right, mine] = [
    { total: 0, changes: 0, reply: "" },
    { total: 0, changes: 0, reply: "" },
  ];
  for (let count = 0; count < COMMANDS; ) {
    const steps = random.oneIn(150) ? [{ args: random.pick(RESETS) }] : nextSteps(random, GROUPS);
    for (const { args } of steps) {
      if (LEFT_OUT.test(args[0]!)) continue;
      count++;
      [right, mine] = await Promise.all([changesOf(expected, args, right.total), changesOf(actual, args, mine.total)]);
      // A flush is a change even when nothing was there.
      const more = /^FLUSH/i.test(args[0]!) && right.reply.includes("OK") ? 1 : 0;
      assert.equal(
        mine.changes,
        right.changes + more,
        `${count}: ${JSON.stringify(args)}: ${mine.reply}, ${right.reply}`,
      );
    }
  }
});
