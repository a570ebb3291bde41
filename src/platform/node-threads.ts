/**
 * Threads as workers of Node. Their code is `src/worker.ts`: a file beside where there are several, a text within where all is one bundle,
 * so that it is found wherever programs have put or bundled it.
 */
import type { Worker } from "node:worker_threads";
import { Bell, type ThreadStart } from "./node-thread.js";
import type { Thread, ThreadOwner, Threads } from "./threads.js";

declare global {
  interface ImportMeta {
    /** The code of threads, which tools/bundle.ts puts here. */
    readonly threadCode?: string;
  }
}

/** They have little to do with objects: V8 need not set much aside. */
const LIMITS = { maxYoungGenerationSizeMb: 1 };

export class NodeThreads implements Threads {
  /** `code`: what threads run, as a text or as a file's address. */
  constructor(
    private readonly code: string | URL = import.meta.threadCode ?? new URL("../worker.js", import.meta.url),
  ) {}

  start(work: string, owner: ThreadOwner): Thread {
    // Not imported, as most servers need it late or never.
    const workers = process.getBuiltinModule("node:worker_threads");
    const start: ThreadStart = { work, bell: new Int32Array(new SharedArrayBuffer(Bell.BYTES)) };
    const worker = new workers.Worker(this.code, {
      eval: typeof this.code === "string",
      workerData: start,
      env: workers.SHARE_ENV,
      // Those of the process may load code of all kinds.
      execArgv: [],
      resourceLimits: LIMITS,
      trackUnmanagedFds: false,
    });
    worker.unref();
    return new NodeThread(worker, start.bell, owner);
  }
}

class NodeThread implements Thread {
  readonly #worker: Worker;
  readonly #bell: Int32Array;
  readonly #exited: Promise<void>;

  constructor(worker: Worker, bell: Int32Array, owner: ThreadOwner) {
    this.#worker = worker;
    this.#bell = bell;
    this.#exited = new Promise((resolve) => worker.once("exit", () => resolve()));
    worker.on("message", (message) => owner.received(message));
    worker.on("error", (error) => owner.failed(error));
    // Listening to messages has made it keep the process alive again.
    worker.unref();
  }

  post(message: unknown): void {
    this.#worker.postMessage(message);
    this.wake();
  }

  wake(): void {
    Atomics.add(this.#bell, Bell.RUNG, 1);
    Atomics.notify(this.#bell, Bell.RUNG);
  }

  end(): Promise<void> {
    this.#worker.removeAllListeners("message");
    this.#worker.ref();
    Atomics.store(this.#bell, Bell.ENDS, 1);
    this.wake();
    return this.#exited;
  }
}
