/**
 * Threads in simulated time: their works run in turns of their own, after delays that the seed decides. Messages to one thread, and those from it,
 * keep their order; otherwise anything may come before anything.
 */
import type { Thread, ThreadOwner, Threads, ThreadWork, ThreadWorks } from "../../src/platform/threads.js";
import type { Random } from "../differential/random.js";
import type { SimulatedTime } from "../support/simulated-time.js";

/** How late a message may come, and how late a thread starts. */
const MOST_DELAY_MS = 3;
const MOST_START_MS = 40;

export class SimulatedThreads implements Threads {
  /** When it is set, none can be had. */
  isRefused = false;
  /** Threads that have not ended. */
  count = 0;

  constructor(
    private readonly works: ThreadWorks,
    private readonly time: SimulatedTime,
    private readonly random: Random,
  ) {}

  start(work: string, owner: ThreadOwner): Thread {
    if (this.isRefused) throw new Error("no threads here");
    this.count++;
    return new SimulatedThread(this.works[work]!, owner, this.time, this.random, () => this.count--);
  }
}

class SimulatedThread implements Thread {
  #work: ThreadWork | null = null;
  #isOver = false;
  /** When the last message in either direction arrives: a later one comes no earlier. */
  #inboundMs: number;
  #outboundMs = 0;
  #ended: Promise<void> | null = null;

  constructor(
    create: ThreadWorks[string],
    private readonly owner: ThreadOwner,
    private readonly time: SimulatedTime,
    private readonly random: Random,
    private readonly ended: () => void,
  ) {
    this.#inboundMs = time.nowMs + random.fraction() * MOST_START_MS;
    this.#inThread(() => {
      this.#work = create((message) => this.#reply(structuredClone(message)));
    });
  }

  post(message: unknown): void {
    const copy = structuredClone(message);
    this.#inThread(() => {
      this.#work!.receive(copy);
      this.#work!.woken?.();
    });
  }

  wake(): void {
    this.#inThread(() => this.#work!.woken?.());
  }

  end(): Promise<void> {
    this.#ended ??= new Promise((resolve) => {
      if (this.#isOver) return resolve();
      this.#inThread(() => {
        this.#finish();
        resolve();
      });
    });
    return this.#ended;
  }

  #inThread(action: () => void): void {
    if (this.#isOver) return;
    this.#inboundMs = Math.max(this.#inboundMs, this.time.nowMs + this.random.fraction() * MOST_DELAY_MS);
    this.time.at(this.#inboundMs, () => {
      if (this.#isOver) return;
      try {
        action();
      } catch (error) {
        this.#finish();
        this.#outbound(() => this.owner.failed(error as Error));
      }
    });
  }

  #reply(message: unknown): void {
    this.#outbound(() => this.owner.received(message));
  }

  #outbound(action: () => void): void {
    this.#outboundMs = Math.max(this.#outboundMs, this.time.nowMs + this.random.fraction() * MOST_DELAY_MS);
    this.time.at(this.#outboundMs, () => {
      if (this.#ended === null) action();
    });
  }

  #finish(): void {
    this.#isOver = true;
    this.ended();
  }
}
