/**
 * The long differential run: `node dist/test/differential/run.js [--commands N] [--seed N] [--groups string,bitmap]
 * [--max-differences N] [--against redis-server]`. Starts a redis-server and a redstart, sends both the same random
 * commands, prints where they differ and exits with 1 if they do. The same seed gives the same commands.
 */
import { parseArgs } from "node:util";
import { type Program, startServer } from "../support/servers.js";
import { compareServers } from "./compare-servers.js";
import { groupNames } from "./generate.js";

const { values } = parseArgs({
  options: {
    commands: { type: "string", default: "200000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    groups: { type: "string", default: groupNames.join(",") },
    "max-differences": { type: "string", default: "10" },
    against: { type: "string", default: "redstart" },
  },
});

const args = ["--enable-debug-command", "yes"];
const expected = await startServer({ program: "redis-server", args });
const actual = await startServer({ program: values.against as Program, args });
const started = performance.now();
console.log(`Seed ${values.seed}`);
try {
  const outcome = await compareServers({
    expected: expected.port,
    actual: actual.port,
    commands: Number(values.commands),
    seed: Number(values.seed),
    groups: values.groups.split(","),
    maxDifferences: Number(values["max-differences"]),
    report: (text) => console.log(text),
    progress: (commands) => console.log(`${commands} commands`),
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${outcome.commands} commands, ${outcome.differences} differences, ${outcome.keysCompared} keys compared, ${seconds} s`,
  );
  if (outcome.differences > 0) process.exitCode = 1;
} finally {
  await Promise.all([expected.stop(), actual.stop()]);
}
