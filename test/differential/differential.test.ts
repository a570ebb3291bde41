import assert from "node:assert/strict";
import { test } from "node:test";
import { serverFor, skipWithout, testedProgram } from "../support/servers.js";
import { compareServers } from "./compare-servers.js";

test("random commands get the same replies as from redis-server", { skip: skipWithout("redis-server") }, async (t) => {
  const args = ["--enable-debug-command", "yes"];
  const expected = await serverFor(t, { program: "redis-server", args });
  const actual = await serverFor(t, { program: testedProgram, args });
  const reports: string[] = [];
  const seed = Number(process.env["REDSTART_TEST_SEED"] ?? 20_231);
  const outcome = await compareServers({
    expected: expected.port,
    actual: actual.port,
    commands: 6_000,
    seed,
    maxDifferences: 5,
    report: (text) => reports.push(text),
  });
  assert.equal(outcome.differences, 0, `\n${reports.join("\n")}`);
  assert.ok(outcome.commands >= 6_000);
});
