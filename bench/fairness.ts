/**
 * `npm run fairness`: how long a client that sends one PING after the other waits for its replies while ten others pipeline 10 000 commands
 * each, beside redis-server. Both servers stand all the time and are measured in slices that alternate between them. On Linux with
 * taskset the servers have a core to themselves.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { RespConnection } from "../test/support/resp-connection.js";
import { type Program, programPath, type RunningServer, skipWithout, startServer } from "../test/support/servers.js";
import { moveTo, onCore } from "./process-figures.js";
import { median } from "./report.js";

const SLICE_MS = 1500;
const ROUNDS = 7;
const CLIENTS = 10;
const PIPELINE = 10_000;
/** More than any run sends. */
const ENDLESS = "2000000000";

const loads: readonly (readonly [name: string, command: readonly string[] | null])[] = [
  ["nobody else", null],
  ["SET of 32 bytes", ["-r", "100000", "-d", "32", "-t", "set"]],
  ["GET", ["-r", "100000", "-t", "get"]],
  ["LRANGE of 100", ["LRANGE", "list", "0", "99"]],
  ["SET of 1 000 bytes", ["-r", "100000", "-d", "1000", "-t", "set"]],
];

function begin(port: number, command: readonly string[]): ChildProcess {
  const load = ["-c", String(CLIENTS), "-P", String(PIPELINE), "-n", ENDLESS, "-q", ...command];
  return spawn(programPath("redis-benchmark")!, ["-h", "127.0.0.1", "-p", String(port), ...load], { stdio: "ignore" });
}

/** The median and the 99th percentile of PINGs in ms, and the commands a second of all clients. */
async function measure(
  server: RunningServer,
  command: readonly string[] | null,
): Promise<readonly [number, number, number]> {
  const client = await RespConnection.connect(server.port);
  const processed = async () => {
    const info = String(await client.call("INFO", "stats"));
    return Number(/total_commands_processed:(\d+)/.exec(info)![1]);
  };
  const load = command === null ? null : begin(server.port, command);
  try {
    await sleep(300);
    const times: number[] = [];
    const [before, since] = [await processed(), performance.now()];
    while (performance.now() - since < SLICE_MS) {
      const sent = performance.now();
      await client.call("PING");
      times.push(performance.now() - sent);
    }
    const rate = ((await processed()) - before) / (performance.now() - since);
    times.sort((a, b) => a - b);
    return [median(times), times[Math.floor(times.length * 0.99)]!, rate];
  } finally {
    if (load?.kill()) await once(load, "exit");
    await client.close();
  }
}

const missing = skipWithout("redis-server", "redis-benchmark");
if (missing !== false) throw new Error(`This needs redis-server and redis-benchmark: ${missing}`);
const programs: Program[] = ["redis-server", "redstart"];
const servers: RunningServer[] = [];
moveTo(1);
try {
  for (const program of programs) servers.push(await startServer({ program, wrapper: onCore(0) }));
  for (const { port } of servers) {
    const client = await RespConnection.connect(port);
    await client.call("RPUSH", "list", ...Array.from({ length: 100 }, (_, i) => `element:${i}`));
    await client.close();
  }
  const titles = programs.flatMap((program) => [`${program} p50 ms`, "p99 ms", "K commands/s"]);
  console.log(`| PING beside ${CLIENTS} clients' pipelines of ${PIPELINE} | ${titles.join(" | ")} |`);
  console.log(`| --- |${titles.map(() => " ---: |").join("")}`);
  for (const [name, command] of loads) {
    const results: (readonly [number, number, number])[][] = servers.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, server] of servers.entries()) results[i]!.push(await measure(server, command));
    }
    const cells = results.flatMap((of) =>
      [0, 1, 2].map((i) => median(of.map((result) => result[i]!)).toFixed(i < 2 ? 2 : 0)),
    );
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
} finally {
  for (const server of servers) await server.stop();
}
