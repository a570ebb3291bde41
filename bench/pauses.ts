/**
 * `npm run pauses`: what other clients notice of big data. One connection sends a PING every millisecond and notes the longest and the
 * 99.9th percentile, while others fill a server with millions of keys, or one collection with millions of elements, and while these are
 * flushed, deleted or expire.
 *
 *     node dist/bench/pauses.js [--count 10000000] [--programs redis-server,redstart] [--loads keys,set,hash,zset,list]
 *
 * On Linux with taskset the server has a core to itself, and the load is niced below the pinger on the other. What an idle server shows
 * is the machine's own noise: nothing below it can be told. `turn` is the longest turn of the server's loop by its own clock.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { RespConnection } from "../test/support/resp-connection.js";
import { type Program, programPath, type RunningServer, startServer } from "../test/support/servers.js";
import { moveTo, onCore } from "./process-figures.js";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "10000000" },
    programs: { type: "string", default: "redis-server,redstart" },
    loads: { type: "string", default: "keys,set,hash,zset,list" },
  },
});
const count = Number(values.count);
const IDLE_MS = 3000;
const PIPELINE = 100;
const CLIENTS = 4;
const EXPIRING = 1_000_000;

/** What redis-benchmark sends for each load. */
const fillers: Readonly<Record<string, string>> = {
  keys: "SET key:__rand_int__ value:__rand_int__",
  set: "SADD big member:__rand_int__",
  hash: "HSET big field:__rand_int__ value",
  zset: "ZADD big __rand_int__ member:__rand_int__",
  list: "RPUSH big element:__rand_int__",
};

/** PINGs every millisecond until `work` is done; returns a line about them. */
async function watch(connection: RespConnection, work: Promise<unknown>): Promise<string> {
  let isDone = false;
  void work.then(() => (isDone = true));
  const times: number[] = [];
  while (!isDone) {
    const sent = performance.now();
    await connection.call("PING");
    times.push(performance.now() - sent);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  times.sort((a, b) => a - b);
  const longest = times.at(-1)!;
  return `${longest.toFixed(1)} / ${times[Math.floor(times.length * 0.999)]!.toFixed(1)}`;
}

async function load(server: RunningServer, command: string, requests: number): Promise<void> {
  const [program, ...args] = [
    ...(programPath("nice") === null ? [] : ["nice", "-n", "10"]),
    ...["redis-benchmark", "-p", String(server.port), "-c", String(CLIENTS), "-P", String(PIPELINE)],
    ...["-n", String(requests), "-r", String(requests * 100), "-q", ...command.split(" ")],
  ];
  await once(spawn(program!, args, { stdio: "ignore" }), "exit");
}

async function field(connection: RespConnection, section: string, name: string): Promise<number> {
  const text = String(await connection.call("INFO", section));
  return Number(new RegExp(`${name}:(\\d+)`).exec(text)?.[1] ?? Number.NaN);
}

/** Waits until the server has freed nearly all of what it held. */
async function freed(connection: RespConnection, full: number): Promise<void> {
  while ((await field(connection, "memory", "used_memory")) > full / 10) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function measure(program: Program, name: string): Promise<void> {
  const server = await startServer({ program, wrapper: onCore(0), args: ["--latency-tracking", "no"] });
  try {
    const pinger = await RespConnection.connect(server.port);
    const control = await RespConnection.connect(server.port);
    const row = async (what: string, work: Promise<unknown>): Promise<void> => {
      await control.call("CONFIG", "RESETSTAT");
      const line = await watch(pinger, work);
      const turn = (await field(control, "debug", "eventloop_duration_max")) / 1000;
      console.log(`| ${program} | ${name} | ${what} | ${line} | ${Number.isNaN(turn) ? "" : turn.toFixed(1)} |`);
    };
    await row("idle", new Promise((resolve) => setTimeout(resolve, IDLE_MS)));
    await row("load", load(server, fillers[name]!, count));
    const full = await field(control, "memory", "used_memory");
    const heap = await field(control, "memory", "js_heap_used");
    console.log(
      `| ${program} | ${name} | ${Math.round(full / 2 ** 20)} MB used${Number.isNaN(heap) ? "" : `, ${Math.round(heap / 2 ** 20)} MB of JavaScript heap`} | | |`,
    );
    await row(
      name === "keys" ? "FLUSHALL ASYNC" : "DEL",
      (async () => {
        await control.call(...(name === "keys" ? ["FLUSHALL", "ASYNC"] : ["DEL", "big"]));
        await freed(control, full);
      })(),
    );
    if (name === "keys") await expire(server, control, row);
    await pinger.close();
    await control.close();
  } finally {
    await server.stop();
  }
}

/** A million keys, all of them due within one second. */
async function expire(
  server: RunningServer,
  control: RespConnection,
  row: (what: string, work: Promise<unknown>) => Promise<void>,
): Promise<void> {
  const dueMs = Date.now() + 30_000;
  for (const part of [0, 250, 500, 750]) {
    await load(server, `SET key:__rand_int__ v PXAT ${dueMs + part}`, EXPIRING / 4);
  }
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - 200 - Date.now())));
  await row(
    "a million keys expire",
    (async () => {
      while ((await control.call("DBSIZE")) !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
    })(),
  );
}

moveTo(1);
console.log("| server | load | phase | longest / p99.9 PING, ms | turn, ms |");
console.log("| --- | --- | --- | ---: | ---: |");
for (const name of values.loads.split(",")) {
  for (const program of values.programs.split(",") as Program[]) {
    if (program !== "redis-server" || programPath("redis-server") !== null) await measure(program, name);
  }
}
