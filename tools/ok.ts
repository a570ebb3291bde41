/**
 * `npm test`, `npm run ok`: what a change must pass. Runs every step even after one failed, so that one run tells all, and
 * ends with a line for each. The types were checked by the build before it. With words, only the tests whose path has one.
 * The fuzzers repeat one seed here, so that a failure is of the change; `npm run fuzz` takes a new one each time.
 */
import { spawnSync } from "node:child_process";
import { projectDirectory } from "./source-files.js";

const biome = ["node_modules/@biomejs/biome/bin/biome"];
const colors = process.stdout.isTTY ? [] : ["--colors=off"];

const steps: readonly (readonly [name: string, args: readonly string[]])[] = [
  ["format", [...biome, "check", "--linter-enabled=false", ...colors, "."]],
  ["lint", [...biome, "lint", ...colors, "."]],
  ["layers", ["dist/tools/check-layers.js"]],
  ["tidy", ["dist/tools/tidy.js"]],
  ["fuzz", ["dist/tools/run-fuzz.js", "--seconds", "3", "--seed", "1"]],
  ["tests", ["dist/tools/run-tests.js"]],
];

const words = process.argv.slice(2);
const chosen: typeof steps = words.length > 0 ? [["tests", ["dist/tools/run-tests.js", ...words]]] : steps;

const results = chosen.map(([name, args]) => {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const { status } = spawnSync(process.execPath, args, {
    cwd: projectDirectory,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) process.exitCode = 1;
  return `${status === 0 ? "ok  " : "FAIL"} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`;
});
console.log(`\n${results.join("\n")}`);
