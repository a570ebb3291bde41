/** The HELP of every container of subcommands, beside redis-server's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { commandGroups } from "../../src/commands/all.js";
import { RespConnection } from "../support/resp-connection.js";
import { serverFor, skipWithout } from "../support/servers.js";

const containers = commandGroups
  .flat()
  .filter(({ subcommands }) => subcommands?.some(({ name }) => name === "HELP"))
  .map(({ name }) => name);

/** Without what later versions of Redis word otherwise. */
function lines(reply: { bytes: Buffer }): string[] {
  return reply.bytes.toString().replace("Prints this help.", "Print this help.").trimEnd().split("\r\n").slice(1);
}

test("HELP has all lines of redis-server's, in their order", { skip: skipWithout("redis-server") }, async (t) => {
  const theirs = await RespConnection.connect((await serverFor(t, { program: "redis-server" })).port);
  const ours = await RespConnection.connect((await serverFor(t, { program: "redstart" })).port);
  t.after(() => Promise.all([theirs.close(), ours.close()]));
  assert.ok(containers.length >= 11, containers.join(" "));
  for (const container of containers) {
    const expected = lines(await theirs.send([container, "HELP"]));
    const found = lines(await ours.send([container, "HELP"]));
    // What redis-server is older than 7.2 has not is an addition.
    const common = found.filter((line) => expected.includes(line));
    assert.deepEqual(common, expected, container);
    if (container !== "CLIENT") assert.deepEqual(found, expected, container);
  }
});
