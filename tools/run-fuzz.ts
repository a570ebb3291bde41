/**
 * Runs the fuzzers on what `tsc` built: `node dist/tools/run-fuzz.js [--seconds N] [--seed N] [word ...]`.
 *
 * A fuzzer is a program `x.fuzz.ts` beside the module it attacks. It takes `--seconds` and `--seed`, prints its seed,
 * and exits with a code other than 0 when it found something. One that outlives its time by a minute is killed and
 * counts as a failure: a hang is a finding.
 */
import { spawn } from "node:child_process";
import { builtFile, projectDirectory, sourceFiles } from "./source-files.js";

const GRACE_MS = 60_000;

async function main(args: string[]): Promise<number> {
  let seconds = 60;
  let seed = Date.now() % 1_000_000_000;
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--seconds") seconds = Number(args[++i]);
    else if (args[i] === "--seed") seed = Number(args[++i]);
    else words.push(args[i]!);
  }
  const files = sourceFiles(projectDirectory, ["src", "test", "fuzz"], ".fuzz.ts").filter(
    (file) => words.length === 0 || words.some((word) => file.includes(word)),
  );
  let failures = 0;
  for (const file of files) {
    console.log(`fuzz ${file} --seconds ${seconds} --seed ${seed}`);
    const code = await runOne(builtFile(file), seconds, seed);
    if (code === 0) continue;
    failures++;
    console.log(
      `FAIL ${file}: exit code ${code}; again with: npm run fuzz -- --seconds ${seconds} --seed ${seed} ${file}`,
    );
  }
  console.log(`# fuzzers ${files.length}\n# failed ${failures}`);
  return failures === 0 ? 0 : 1;
}

function runOne(file: string, seconds: number, seed: number): Promise<number | string> {
  const child = spawn(process.execPath, [file, "--seconds", String(seconds), "--seed", String(seed)], {
    cwd: projectDirectory,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), seconds * 1000 + GRACE_MS);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      resolve(code ?? signal ?? 1);
    });
  });
}

process.exitCode = await main(process.argv.slice(2));
