/** Several servers in one process, on simulated time, network and disks. One seed decides everything that happens by chance. */
import { assemble } from "../../src/assemble/assemble.js";
import { createNodePlatform, type Platform } from "../../src/platform/node.js";
import { applyOptions, type ServerOptions } from "../../src/server/config/options.js";
import type { Server } from "../../src/server/server.js";
import { works } from "../../src/works.js";
import { Random } from "../differential/random.js";
import { SimulatedTime } from "../support/simulated-time.js";
import { SimulatedDisk } from "./disk.js";
import { SimulatedNetwork } from "./network.js";
import { SimulatedThreads } from "./threads.js";

const START_MS = 1_700_000_000_000;
/** What a reading of the clock may find to have been spent, in microseconds: commands take time, though it stands still meanwhile. */
const MOST_SPENT_US = 60;

export class World {
  readonly random: Random;
  readonly time = new SimulatedTime();
  readonly network: SimulatedNetwork;
  readonly #disks = new Map<string, SimulatedDisk>();
  readonly #threads = new Map<string, SimulatedThreads>();

  constructor(readonly seed: number) {
    this.random = new Random(seed);
    this.time.nowMs = START_MS;
    this.network = new SimulatedNetwork(this.time, this.random);
  }

  /** The disk of a machine; it outlives the servers there. */
  disk(machine: string): SimulatedDisk {
    let disk = this.#disks.get(machine);
    if (disk === undefined) this.#disks.set(machine, (disk = new SimulatedDisk(this.random)));
    return disk;
  }

  /** The threads of a machine. */
  threads(machine: string): SimulatedThreads {
    let threads = this.#threads.get(machine);
    if (threads === undefined)
      this.#threads.set(machine, (threads = new SimulatedThreads(works, this.time, this.random)));
    return threads;
  }

  /** Starts a server that listens on port 6379 of a machine. */
  async start(machine: string, options: ServerOptions = {}): Promise<Server> {
    const { server } = assemble({
      platform: this.#platform(machine),
      network: this.network.on(machine),
      configure: (store) =>
        applyOptions(store, { bind: "127.0.0.1", port: 6379, save: "", enableDebugCommand: "yes", ...options }),
    });
    await server.listen(false);
    return server;
  }

  /** Lets time pass, and everything happen meanwhile. */
  async run(ms: number): Promise<void> {
    const end = this.time.nowMs + ms;
    for (let steps = 0; this.time.step(end); steps++) {
      // Promises have their turn as well.
      if (steps % 16 === 0) await null;
    }
    this.time.passTo(end);
    await null;
  }

  #platform(machine: string): Platform {
    const { random, time } = this;
    let spentUs = 0;
    return {
      ...createNodePlatform(),
      clock: {
        ...time.clock,
        msAt: () => time.clock.nowMs(),
        monotonicUs: () => {
          spentUs += random.fraction() * MOST_SPENT_US;
          return time.nowMs * 1000 + spentUs;
        },
      },
      timers: time.timers,
      threads: this.threads(machine),
      files: this.disk(machine),
      random: {
        bytes: (count) => Uint8Array.from({ length: count }, () => random.integer(0, 255)),
        uint32: () => random.integer(0, 0xffffffff),
      },
      garbageCollector: { begin: () => {}, collect: () => {} },
    };
  }
}
