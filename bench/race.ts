/**
 * `npm run bench`: races a redis-server found on PATH against bin/redstart with redis-benchmark and writes the medians as a table to
 * bench/results.md and into the README.
 *
 * Both servers stand all the time, and each workload is measured in short slices that alternate between them, so that what else
 * the machine does meets both: the medians of the ratios are steady to a few per cent where whole rounds differ by 20.
 *
 * `node dist/bench/race.js [--slices 5] [--seconds 0.6] [--keys 1000000] [--bytes 32] [--workloads set:16,get:1]
 * [--candidate redstart] [--no-write]`. On Linux with taskset the servers have core 0 and the load core 1 to itself, and
 * the server's CPU time for each operation is read from /proc.
 */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Program, programPath, type RunningServer, skipWithout, startServer } from "../test/support/servers.js";
import { projectDirectory } from "../tools/source-files.js";
import { cpuMicroseconds, onCore, pinned, residentMegabytes } from "./process-figures.js";
import { type Contender, formatReport, formatRow, type Sample, withBlock } from "./report.js";

const workloads = [
  "ping:1,set:1,get:1,set:16,get:16,incr:16,mset:16,set:64,get:64,incr:64,mset:64",
  "lpush:16,rpush:16,lpop:16,rpop:16,lrange:16,sadd:16,sismember:16,spop:16,hset:16,hget:16",
  "zadd:16,zscore:16,zrange:16,zpopmin:16,xadd:16",
].join(",");

/** What redis-benchmark has no test for, or not with random elements. */
const commands: Readonly<Record<string, string>> = {
  lrange: "LRANGE mylist 0 99",
  sismember: "SISMEMBER myset element:__rand_int__",
  hget: "HGET myhash element:__rand_int__",
  zscore: "ZSCORE myzset element:__rand_int__",
  zrange: "ZRANGE myzset 0 9 WITHSCORES",
  xadd: "XADD mystream MAXLEN ~ 10000 * field value",
};

const { values: options } = parseArgs({
  options: {
    slices: { type: "string", default: "5" },
    seconds: { type: "string", default: "0.6" },
    keys: { type: "string", default: "1000000" },
    bytes: { type: "string", default: "32" },
    workloads: { type: "string", default: workloads },
    candidate: { type: "string", default: "redstart" },
    "no-write": { type: "boolean", default: false },
  },
});

/** About what redis-server does in a second, so that each measurement takes about as long as asked. */
function requestsPerSecond(name: string, pipeline: number): number {
  if (name === "lrange") return 40_000;
  if (pipeline === 1) return name === "mset" ? 50_000 : 70_000;
  return name === "mset" ? 70_000 : 500_000;
}

/** Runs redis-benchmark once; resolves with the requests per second it reports. */
function benchmark(server: RunningServer, name: string, pipeline: number, requests: number): Promise<number> {
  const command = [
    ...[...onCore(1), programPath("redis-benchmark")!, "-h", "127.0.0.1", "-p", String(server.port), "-c", "50"],
    ...["-P", String(pipeline), "-n", String(requests), "-r", options.keys, "-d", options.bytes, "-q"],
    ...(commands[name]?.split(" ") ?? ["-t", name === "ping" ? "ping_mbulk" : name]),
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

async function measure(contender: Contender, server: RunningServer, workload: string): Promise<void> {
  const [name, pipeline] = workload.split(":") as [string, string];
  const requests = Math.round(requestsPerSecond(name, Number(pipeline)) * Number(options.seconds));
  const before = cpuMicroseconds(server.pid);
  const rate = await benchmark(server, name, Number(pipeline), requests);
  const after = cpuMicroseconds(server.pid);
  const sample: Sample = { rate, cpuUs: before === null || after === null ? null : (after - before) / requests };
  contender.samples.set(workload, [...(contender.samples.get(workload) ?? []), sample]);
}

/** Loads what the workloads work on: a million keys, a big set, hash and sorted set, a list. */
async function load(contender: Contender, server: RunningServer): Promise<void> {
  contender.startMs.push(server.startMs);
  const keys = Number(options.keys);
  await benchmark(server, "set", 64, keys * 2);
  const resident = residentMegabytes(server.pid);
  if (resident !== null) contender.residentMb.push(resident);
  if (!options.workloads.includes("sadd")) return;
  for (const name of ["hset", "sadd", "zadd"]) await benchmark(server, name, 64, keys);
  await benchmark(server, "lpush", 64, keys / 10);
}

async function race(contenders: readonly Contender[]): Promise<void> {
  const servers: RunningServer[] = [];
  try {
    for (const contender of contenders) {
      const program = contender.program as Program;
      const server = await startServer({ program, args: ["--appendonly", "no"], wrapper: onCore(0) });
      servers.push(server);
      await load(contender, server);
    }
    for (const workload of options.workloads.split(",")) {
      for (let slice = 0; slice < Number(options.slices); slice++) {
        for (const [i, contender] of contenders.entries()) await measure(contender, servers[i]!, workload);
      }
      console.log(formatRow(workload, contenders[0]!, contenders[1]!));
    }
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function main(): Promise<void> {
  const missing = skipWithout("redis-server", "redis-benchmark");
  if (missing !== false) throw new Error(`The race needs redis-server and redis-benchmark: ${missing}`);
  const contender = (program: string): Contender => ({ program, samples: new Map(), startMs: [], residentMb: [] });
  const reference = contender("redis-server");
  const candidate = contender(options.candidate);
  await race([reference, candidate]);
  const report = formatReport(reference, candidate, {
    keys: Number(options.keys),
    bytes: Number(options.bytes),
    slices: Number(options.slices),
    pinned,
  });
  console.log(`\n${report}`);
  if (options["no-write"]) return;
  writeFileSync(join(projectDirectory, "bench/results.md"), `# redstart against redis-server\n\n${report}`);
  const readme = join(projectDirectory, "README.md");
  writeFileSync(readme, withBlock(readFileSync(readme, "utf8"), "bench", report));
}

await main();
