/**
 * The process that looks on while commands run: it sends a PING every millisecond and notes the longest wait, and asks for `used_memory`
 * on another connection. As a process of its own it has no pauses but those of the machine; and of a wait it counts no more than the
 * processor time which the server's main thread took meanwhile, so that neither counts what other processes did to the server. Started
 * with a port and a process id as its arguments; it is told "start" and "stop", and answers each, the latter with an `Observation`.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { constants, setPriority } from "node:os";

/** What it saw from "start" to "stop". */
export interface Observation {
  readonly waitMs: number;
  /** Bytes: before, and the most. */
  readonly usedBefore: number;
  readonly usedPeak: number;
}

const PING_EVERY_MS = 1;
const MEMORY_EVERY_MS = 10;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.setNoDelay(true);
  // A server that is killed because it takes too long ends this process by a signal of its own.
  socket.on("error", () => {});
  return socket;
}

/** Sends a command and waits for a reply of which `isWhole`. */
async function ask(socket: Socket, command: string, isWhole: (reply: string) => boolean): Promise<string> {
  socket.write(`${command}\r\n`);
  let reply = "";
  while (!isWhole(reply)) reply += ((await once(socket, "data")) as [Buffer])[0].toString("latin1");
  return reply;
}

async function memory(socket: Socket): Promise<{ used: number; peak: number }> {
  const isWhole = (reply: string): boolean => {
    const length = /^\$(\d+)\r\n/.exec(reply);
    return length !== null && reply.length >= length[0].length + Number(length[1]) + 2;
  };
  const reply = await ask(socket, "INFO memory", isWhole);
  const field = (name: string): number => Number(new RegExp(`\\n${name}:(\\d+)`).exec(reply)![1]);
  return { used: field("used_memory"), peak: field("used_memory_peak") };
}

/** The processor time of a process' main thread, in ms; where the system does not tell, time itself. */
function mainThreadMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ")[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

async function observe(port: number, pid: number): Promise<void> {
  const pinger = await open(port);
  const asker = await open(port);
  let isOn = false;
  let work: Promise<unknown> = Promise.resolve();
  let waitMs = 0;
  let usedBefore = 0;
  let peakBefore = 0;
  let usedPeak = 0;
  const ping = async (): Promise<void> => {
    while (isOn) {
      const before = mainThreadMs(pid);
      const sent = performance.now();
      await ask(pinger, "PING", (reply) => reply.length >= 7);
      waitMs = Math.max(waitMs, Math.min(performance.now() - sent, mainThreadMs(pid) - before));
      await pause(PING_EVERY_MS);
    }
  };
  const look = async (): Promise<void> => {
    while (isOn) {
      usedPeak = Math.max(usedPeak, (await memory(asker)).used);
      await pause(MEMORY_EVERY_MS);
    }
  };
  process.on("message", async (message) => {
    if (message === "start") {
      const { used, peak } = await memory(asker);
      usedBefore = used;
      peakBefore = peak;
      usedPeak = used;
      waitMs = 0;
      isOn = true;
      work = Promise.all([ping(), look()]);
      process.send!("started");
    } else {
      isOn = false;
      await work;
      // What the server itself saw between two looks.
      const { used, peak } = await memory(asker);
      usedPeak = Math.max(usedPeak, used, peak > peakBefore ? peak : 0);
      process.send!({ waitMs, usedBefore, usedPeak } satisfies Observation);
    }
  });
  process.send!("ready");
}

try {
  setPriority(constants.priority.PRIORITY_HIGHEST);
} catch {
  // Only root may.
}
process.once("disconnect", () => process.exit());
await observe(Number(process.argv[2]), Number(process.argv[3]));
