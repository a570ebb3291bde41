/**
 * `npm run throttle`: how exactly `client-throttle` keeps its pace, and what is left to clients without a limit.
 *
 * A limited client sends as fast as it can, first for ten seconds, then in slices that alternate with slices in which it is silent, and
 * with slices in which it has no limit. All the time redis-benchmark sends SETs over 50 connections. What those get is compared slice by
 * slice with the slices before and behind, so that other work on the machine counts on both sides.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { infoField } from "../test/support/embedded.js";
import { encodeCommand, RespConnection } from "../test/support/resp-connection.js";
import { programPath, skipWithout, startServer } from "../test/support/servers.js";
import { median } from "./report.js";

const PACE_MS = 10_000;
const SLICE_MS = 1000;
const ROUNDS = 8;
const REPLY = "+OK\r\n";
/** More than any run sends. */
const ENDLESS = "2000000000";

/** A client that keeps a number of SETs on their way while it is on, and counts replies. */
class Pusher {
  replies = 0;
  #isOn = false;
  #unanswered = 0;
  #rest = 0;

  private constructor(
    readonly socket: Socket,
    readonly pipeline: number,
    readonly command: Buffer,
  ) {
    socket.on("data", (chunk) => {
      this.#rest += chunk.length;
      const count = Math.floor(this.#rest / REPLY.length);
      this.#rest -= count * REPLY.length;
      this.replies += count;
      this.#unanswered -= count;
      if (this.#isOn) this.#fill();
    });
  }

  /** Connects as a subscriber: the class that is limited. */
  static async connect(port: number, pipeline: number, valueBytes: number): Promise<Pusher> {
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    socket.write(encodeCommand(["HELLO", 3]));
    socket.write(encodeCommand(["SUBSCRIBE", "something"]));
    await sleep(200);
    socket.read();
    return new Pusher(socket, pipeline, encodeCommand(["SET", "limited", "x".repeat(valueBytes)]));
  }

  start(): void {
    this.#isOn = true;
    this.#fill();
  }

  stop(): void {
    this.#isOn = false;
  }

  #fill(): void {
    const missing = this.pipeline - this.#unanswered;
    this.#unanswered = this.pipeline;
    if (missing === 1) this.socket.write(this.command);
    else if (missing > 1) this.socket.write(Buffer.concat(new Array<Buffer>(missing).fill(this.command)));
  }
}

/** Every fourth of the rates from `first` on, as a part of the mean of those before and behind it; the median. */
function share(rates: readonly number[], first: number): number {
  const parts: number[] = [];
  for (let i = first; i < rates.length; i += 4) parts.push((2 * rates[i]!) / (rates[i - 1]! + rates[i + 1]!));
  return median(parts);
}

interface Case {
  readonly name: string;
  readonly limit: string;
  readonly pipeline: number;
  readonly valueBytes: number;
  /** Commands a second that the limit comes to. */
  readonly expected: number;
}

const kilobyte = encodeCommand(["SET", "limited", "x".repeat(1000)]).length + REPLY.length;

const cases: readonly Case[] = [
  { name: "1 000 commands/s, pipeline 1", limit: "commands 1000", pipeline: 1, valueBytes: 32, expected: 1000 },
  { name: "1 000 commands/s, pipeline 64", limit: "commands 1000", pipeline: 64, valueBytes: 32, expected: 1000 },
  {
    name: "1 MB/s, pipeline 64, values of 1 000 bytes",
    limit: "bytes 1000000",
    pipeline: 64,
    valueBytes: 1000,
    expected: 1_000_000 / kilobyte,
  },
];

/** redis-benchmark sending SETs until it is killed. */
function benchmark(port: number, pipeline: number): ChildProcess {
  const load = ["-c", "50", "-P", String(pipeline), "-n", ENDLESS, "-r", "100000", "-d", "32", "-t", "set", "-q"];
  return spawn(programPath("redis-benchmark")!, ["-h", "127.0.0.1", "-p", String(port), ...load], { stdio: "ignore" });
}

/** The line of the table for a limit, beside a load of some pipeline. */
async function measure(port: number, { name, limit, pipeline, valueBytes, expected }: Case, load: number) {
  const control = await RespConnection.connect(port);
  const limited = await Pusher.connect(port, pipeline, valueBytes);
  const processed = async () => Number(await infoField(control, "total_commands_processed"));
  /** Commands a second of redis-benchmark, while the limited client has a limit, or (null) is silent. */
  const slice = async (text: string | null): Promise<number> => {
    await control.call("CONFIG", "SET", "client-throttle", text === null ? "" : `class pubsub ${text}`);
    if (text !== null) limited.start();
    await sleep(100);
    const [before, replies, since] = [await processed(), limited.replies, performance.now()];
    await sleep(SLICE_MS);
    const commands = (await processed()) - before - (limited.replies - replies);
    const ms = performance.now() - since;
    limited.stop();
    await control.call("CONFIG", "SET", "client-throttle", "");
    await sleep(100);
    return (commands * 1000) / ms;
  };
  const others = benchmark(port, load);
  try {
    await sleep(500);
    await control.call("CONFIG", "SET", "client-throttle", `class pubsub ${limit}`);
    limited.start();
    const since = performance.now();
    await sleep(PACE_MS);
    const pace = (limited.replies * 1000) / (performance.now() - since);
    limited.stop();
    const rates = [await slice(null)];
    for (let i = 0; i < ROUNDS; i++) {
      rates.push(await slice(limit), await slice(null), await slice("commands 1000000000"), await slice(null));
    }
    const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
    const alone = Math.round(median(rates.filter((_, i) => i % 2 === 0)));
    const cells = [name, load, Math.round(pace), percent(pace / expected), alone];
    console.log(`| ${[...cells, percent(share(rates, 1)), percent(share(rates, 3))].join(" | ")} |`);
  } finally {
    others.kill();
    limited.socket.destroy();
    await control.close();
  }
}

const missing = skipWithout("redis-benchmark");
if (missing !== false) throw new Error(`This needs redis-benchmark: ${missing}`);
const server = await startServer({ program: "redstart" });
try {
  console.log(
    "| Limit | Others' pipeline | Commands/s over 10 s | Of the limit | Others alone | Beside it | Without a limit |",
  );
  console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const each of cases) for (const load of [1, 16]) await measure(server.port, each, load);
} finally {
  await server.stop();
}
