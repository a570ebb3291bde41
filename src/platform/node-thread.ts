/**
 * What runs in a thread of Node: waits for messages and hands them to its work.
 *
 * A thread that sleeps collects no garbage, and as long as it has not, memory it was told of stays alive. So it does that when it has had
 * nothing to do for a while.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { NodeGarbageCollector } from "./garbage-collector.js";
import type { ThreadWorks } from "./threads.js";

/** Words of shared memory by which a thread is woken. */
export const enum Bell {
  /** How often it was rung. */
  RUNG = 0,
  /** 1: the thread is to end. */
  ENDS = 1,
  BYTES = 8,
}

/** What a thread is started with. */
export interface ThreadStart {
  readonly work: string;
  readonly bell: Int32Array;
}

/** So long without a message is a pause in which to collect garbage. */
const PAUSE_MS = 1000;
/** Without a pause, it collects after so many messages. */
const MOST_MESSAGES = 256;

/** Runs the work that the thread was started for until it is told to end. */
export function runThread(works: ThreadWorks): void {
  const { work: name, bell } = workerData as ThreadStart;
  const port = parentPort!;
  const work = works[name]!((message) => port.postMessage(message));
  const garbage = new NodeGarbageCollector();
  let received = 0;
  for (;;) {
    const rung = Atomics.load(bell, Bell.RUNG);
    const ends = Atomics.load(bell, Bell.ENDS) === 1;
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      work.receive(next.message);
      received++;
    }
    work.woken?.();
    if (ends) return;
    const limit = received === 0 ? Number.POSITIVE_INFINITY : PAUSE_MS;
    const hasPaused = Atomics.wait(bell, Bell.RUNG, rung, limit) === "timed-out";
    if (!hasPaused && received < MOST_MESSAGES) continue;
    garbage.collect();
    received = 0;
  }
}
