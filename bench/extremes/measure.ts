/** Measures one variant of a case on one server that was just started. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Program, type RunningServer, startServer } from "../../test/support/servers.js";
import { cpuMicroseconds, onCore } from "../process-figures.js";
import type { Call, Case, Figures, Section, Variant } from "./case.js";
import type { Observation } from "./observer.js";
import { type Answer, Sender } from "./sender.js";
import { leastOf } from "./table.js";

/** Commands of `prepare` that are sent at once. */
const BATCH = 1000;

/** How often all variants of a case are run on one server: until Node has compiled what runs often. */
const ROUNDS: Readonly<Record<Section, number>> = { lists: 4, counts: 2, values: 1 };

const late = Symbol("late");

/** What is known of a variant that did not end. */
const nothing: Figures = {
  ms: Number.POSITIVE_INFINITY,
  cpuMs: Number.NaN,
  waitMs: Number.POSITIVE_INFINITY,
  peakBytes: Number.NaN,
  usedBytes: Number.NaN,
  error: "",
};

/**
 * The figures of all variants of a case, one after the other. They share a server, emptied between them, so that its code is warm:
 * they are run several times on it, and of times the least counts, of memory the most, which is when its room is new. Large values get a server
 * each, so that what is left of one is not taken for the room of the next. A variant that takes longer than `limitMs`, or ends the
 * server, ends it for the next as well; those of which `known` says so are not tried again.
 */
export async function measureCase(
  program: Program,
  subject: Case,
  limitMs: number,
  isPinned: boolean,
  known: readonly Figures[] = [],
): Promise<Figures[]> {
  const rounds = ROUNDS[subject.section];
  const figures: Figures[] = [];
  let bench: Bench | null = null;
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [i, variant] of subject.variants.entries()) {
        // What took too long does so again.
        const given: Figures | undefined = figures[i] ?? known[i];
        if (given?.ms === Number.POSITIVE_INFINITY) {
          figures[i] = given;
          continue;
        }
        bench ??= await Bench.start(program, isPinned);
        const now: Figures = await bench.measure(variant, limitMs);
        const before = figures[i];
        figures[i] = before === undefined ? now : warmer(before, now);
        if (!bench.isOver && subject.section !== "values") continue;
        await bench.stop();
        bench = null;
      }
    }
  } finally {
    await bench?.stop();
  }
  return figures;
}

function warmer(cold: Figures, warm: Figures): Figures {
  const isLarger = warm.peakBytes > cold.peakBytes;
  return {
    ...leastOf(cold, warm),
    peakBytes: isLarger ? warm.peakBytes : cold.peakBytes,
    usedBytes: isLarger ? warm.usedBytes : cold.usedBytes,
  };
}

/** A server, who sends and who looks on. */
class Bench {
  readonly #server: RunningServer;
  readonly #observer: ChildProcess;
  #sender: Sender;
  /** The server has ended, or is in the midst of a command that took too long. */
  isOver = false;

  private constructor(server: RunningServer, observer: ChildProcess, sender: Sender) {
    this.#server = server;
    this.#observer = observer;
    this.#sender = sender;
  }

  static async start(program: Program, isPinned: boolean): Promise<Bench> {
    // A reply without end must not take all of the machine's memory.
    const args = ["--client-output-buffer-limit", "normal 2gb 0 0", "--client-query-buffer-limit", "2gb"];
    const server = await startServer({ program, args, wrapper: isPinned ? onCore(0) : [] });
    const observer = fork(fileURLToPath(new URL("./observer.js", import.meta.url)), [
      String(server.port),
      String(server.pid),
    ]);
    await once(observer, "message");
    return new Bench(server, observer, await Sender.connect(server.port));
  }

  async stop(): Promise<void> {
    const exited = once(this.#observer, "exit");
    this.#observer.kill();
    await exited;
    this.#sender.close();
    if (this.isOver) kill(this.#server.pid);
    await this.#server.stop();
  }

  async measure(variant: Variant, limitMs: number): Promise<Figures> {
    await this.#sender.send([["FLUSHALL"]]);
    for (const batch of batches(variant.prepare())) {
      const { error } = await this.#sender.send(batch);
      if (error !== "") throw new Error(`${variant.label}: ${error}`);
    }
    const { pid } = this.#server;
    const calls = variant.run();
    await this.#tell("start");
    const residentBefore = memoryKilobytes(pid, "VmRSS");
    resetPeak(pid);
    const cpuBefore = cpuMicroseconds(pid) ?? Number.NaN;
    const answer = await within(limitMs, this.#answer(calls));
    if (answer === late || this.isOver) {
      this.isOver = true;
      return answer === late ? nothing : { ...nothing, error: answer.error };
    }
    const cpuMs = ((cpuMicroseconds(pid) ?? Number.NaN) - cpuBefore) / 1000;
    const seen = (await this.#tell("stop")) as Observation;
    return {
      ...answer,
      cpuMs,
      waitMs: seen.waitMs,
      peakBytes: (memoryKilobytes(pid, "VmHWM") - residentBefore) * 1024,
      usedBytes: seen.usedPeak - seen.usedBefore,
    };
  }

  /** A server that closes the connection has answered, too. */
  async #answer(calls: readonly Call[]): Promise<Answer> {
    const start = performance.now();
    try {
      return await this.#sender.send(calls);
    } catch (error) {
      const ms = performance.now() - start;
      try {
        this.#sender = await Sender.connect(this.#server.port);
      } catch {
        this.isOver = true;
        return { ms, error: "The server has ended" };
      }
      return { ms, error: (error as Error).message };
    }
  }

  async #tell(message: "start" | "stop"): Promise<unknown> {
    const answer = once(this.#observer, "message");
    this.#observer.send(message);
    return (await answer)[0];
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | typeof late> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<typeof late>((resolve) => {
    timer = setTimeout(resolve, ms, late);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
    // It fails when its server is stopped.
    work.catch(() => {});
  }
}

function* batches(calls: Iterable<Call>): Iterable<Call[]> {
  let batch: Call[] = [];
  for (const call of calls) {
    batch.push(call);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function memoryKilobytes(pid: number, field: "VmRSS" | "VmHWM"): number {
  try {
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, "latin1"))![1]);
  } catch {
    return Number.NaN;
  }
}

/** Makes VmHWM what VmRSS is, where the system has such a thing. */
function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // The peak since the start of the server is then the best there is.
  }
}
