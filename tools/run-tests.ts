/**
 * Runs the project's tests on what `tsc` built: `node dist/tools/run-tests.js [word ...]` runs the test files whose path
 * contains one of the words, or all of them. Unit tests run in parallel; the integration tests, which start servers,
 * follow with fewer at a time. Ends with the counts of both together.
 *
 * The list is made from the sources, so a test whose source was removed does not run from an old build.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { builtFile, projectDirectory, sourceFiles } from "./source-files.js";

const COUNTS = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo", "duration_ms"];
const TEST_TIMEOUT_MS = 300_000;

async function main(words: readonly string[]): Promise<number> {
  const wanted = (file: string) => words.length === 0 || words.some((word) => file.includes(word));
  const cores = availableParallelism();
  const unit = sourceFiles(projectDirectory, ["src", "tools", "bench"], ".test.ts").filter(wanted).map(builtFile);
  const integration = sourceFiles(projectDirectory, ["test"], ".test.ts").filter(wanted).map(builtFile);
  if (unit.length + integration.length === 0) {
    console.error(`No test file's path contains ${words.join(" or ")}`);
    return 1;
  }
  const totals = new Map<string, number>(COUNTS.map((name) => [name, 0]));
  const unitCode = await run(unit, Math.max(2, cores), totals);
  const integrationCode = await run(integration, Math.max(1, Math.floor(cores / 2)), totals);
  for (const [name, count] of totals) console.log(`# ${name} ${Math.round(count)}`);
  return unitCode || integrationCode;
}

/** Runs `files` in one test runner, adding its counts to `totals`. Resolves with its exit code. */
function run(files: readonly string[], concurrency: number, totals: Map<string, number>): Promise<number> {
  if (files.length === 0) return Promise.resolve(0);
  const child = spawn(
    process.execPath,
    [
      "--enable-source-maps",
      "--test",
      `--test-concurrency=${concurrency}`,
      `--test-timeout=${TEST_TIMEOUT_MS}`,
      "--test-reporter=./dist/tools/test-reporter.js",
      "--test-reporter-destination=stdout",
      ...files,
    ],
    { cwd: projectDirectory, stdio: ["ignore", "pipe", "inherit"] },
  );
  createInterface({ input: child.stdout }).on("line", (line) => {
    const count = /^# (\w+) ([\d.]+)$/.exec(line);
    const name = count?.[1];
    if (name !== undefined && totals.has(name)) totals.set(name, totals.get(name)! + Number(count![2]));
    else console.log(line);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main(process.argv.slice(2));
