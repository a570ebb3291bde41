/**
 * `npm run bench`: races a redis-server found on PATH against bin/redstart with redis-benchmark, in alternating rounds, and
 * writes the medians as a table to bench/results.md and into the README.
 *
 * `node dist/bench/race.js [--rounds 3] [--seconds 3] [--keys 1000000] [--bytes 32] [--workloads set:16,get:1]
 * [--candidate redstart] [--no-write]`. On Linux with taskset the server has core 0 and the load core 1 to itself, and
 * the server's CPU time for each operation is read from /proc.
 */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Program, programPath, type RunningServer, skipWithout, startServer } from "../test/support/servers.js";
import { projectDirectory } from "../tools/source-files.js";
import { type Contender, formatReport, type Sample, withBlock } from "./report.js";

const workloads =
  "ping:1,set:1,get:1,incr:1,mset:1,ping:16,set:16,get:16,incr:16,mset:16,ping:64,set:64,get:64,incr:64,mset:64";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "3" },
    keys: { type: "string", default: "1000000" },
    bytes: { type: "string", default: "32" },
    workloads: { type: "string", default: workloads },
    candidate: { type: "string", default: "redstart" },
    "no-write": { type: "boolean", default: false },
  },
});

/** About what redis-server does in a second, so that each measurement takes about as long as asked. */
function requestsPerSecond(name: string, pipeline: number): number {
  if (pipeline === 1) return name === "mset" ? 50_000 : 70_000;
  return name === "mset" ? 100_000 : 700_000;
}

const TICKS_PER_SECOND = 100;
const pinned = process.platform === "linux" && programPath("taskset") !== null && availableParallelism() > 1;
const onCore = (core: number): string[] => (pinned ? [programPath("taskset")!, "-c", String(core)] : []);

/** The user and system time a process has used, in µs; null where there is no /proc. */
function cpuMicroseconds(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}

function residentMegabytes(pid: number): number | null {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))![1]) / 1024;
  } catch {
    return null;
  }
}

/** Runs redis-benchmark once; resolves with the requests per second it reports. */
function benchmark(server: RunningServer, name: string, pipeline: number, requests: number): Promise<number> {
  const command = [
    ...[...onCore(1), programPath("redis-benchmark")!, "-h", "127.0.0.1", "-p", String(server.port), "-c", "50"],
    ...["-P", String(pipeline), "-n", String(requests), "-r", options.keys, "-d", options.bytes, "-q"],
    ...["-t", name === "ping" ? "ping_mbulk" : name],
  ];
  const child = spawn(command[0]!, command.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString("latin1");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => {
      const rate = [...output.matchAll(/([\d.]+) requests per second/g)].at(-1)?.[1];
      if (rate === undefined) reject(new Error(`redis-benchmark ${name}: ${output}`));
      else resolve(Number(rate));
    });
  });
}

async function round(contender: Contender): Promise<void> {
  const server = await startServer({
    program: contender.program as Program,
    args: ["--appendonly", "no"],
    wrapper: onCore(0),
  });
  try {
    contender.startMs.push(server.startMs);
    await benchmark(server, "set", 64, Number(options.keys) * 2);
    const resident = residentMegabytes(server.pid);
    if (resident !== null) contender.residentMb.push(resident);
    for (const workload of options.workloads.split(",")) {
      const [name, pipeline] = workload.split(":") as [string, string];
      const requests = Math.round(requestsPerSecond(name, Number(pipeline)) * Number(options.seconds));
      const before = cpuMicroseconds(server.pid);
      const rate = await benchmark(server, name, Number(pipeline), requests);
      const after = cpuMicroseconds(server.pid);
      const sample: Sample = { rate, cpuUs: before === null || after === null ? null : (after - before) / requests };
      contender.samples.set(workload, [...(contender.samples.get(workload) ?? []), sample]);
      console.log(`${contender.program} ${workload}: ${Math.round(rate)}/s, ${sample.cpuUs?.toFixed(2) ?? "?"} µs`);
    }
  } finally {
    await server.stop();
  }
}

async function main(): Promise<void> {
  const missing = skipWithout("redis-server", "redis-benchmark");
  if (missing !== false) throw new Error(`The race needs redis-server and redis-benchmark: ${missing}`);
  const contender = (program: string): Contender => ({ program, samples: new Map(), startMs: [], residentMb: [] });
  const reference = contender("redis-server");
  const candidate = contender(options.candidate);
  for (let i = 0; i < Number(options.rounds); i++) {
    await round(reference);
    await round(candidate);
  }
  const report = formatReport(reference, candidate, {
    keys: Number(options.keys),
    bytes: Number(options.bytes),
    rounds: Number(options.rounds),
    pinned,
  });
  console.log(`\n${report}`);
  if (options["no-write"]) return;
  writeFileSync(join(projectDirectory, "bench/results.md"), `# redstart against redis-server\n\n${report}`);
  const readme = join(projectDirectory, "README.md");
  writeFileSync(readme, withBlock(readFileSync(readme, "utf8"), "bench", report));
}

await main();
