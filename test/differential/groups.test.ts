/** As differential.test.ts, group by group: whatever is rare among all commands has its turn here. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type RunningServer, skipWithout, startServer, testedProgram } from "../support/servers.js";
import { compareServers } from "./compare-servers.js";
import { groupNames } from "./generate.js";

const COMMANDS = 2500;

describe("random commands of one group get the same replies as from redis-server", {
  skip: skipWithout("redis-server"),
}, () => {
  let expected: RunningServer;
  let actual: RunningServer;
  before(async () => {
    const args = ["--enable-debug-command", "yes"];
    expected = await startServer({ program: "redis-server", args });
    actual = await startServer({ program: testedProgram, args });
  });
  after(async () => {
    await expected?.stop();
    await actual?.stop();
  });

  for (const [i, group] of groupNames.entries()) {
    test(group, { timeout: 120_000 }, async () => {
      const reports: string[] = [];
      const outcome = await compareServers({
        expected: expected.port,
        actual: actual.port,
        commands: COMMANDS,
        seed: Number(process.env["REDSTART_TEST_SEED"] ?? 20_231) + i,
        groups: [group],
        maxDifferences: 3,
        report: (text) => reports.push(text),
      });
      assert.equal(outcome.differences, 0, `\n${reports.join("\n")}`);
    });
  }
});
