/** The subsystems of a server in their order: started one after the other, stopped the other way round. */

import type { Effects } from "../commands/effects.js";
import type { ShutdownOptions } from "../commands/server-context.js";
import type { Subsystem } from "../commands/subsystem.js";

export class Subsystems {
  readonly #all: readonly Subsystem[];
  readonly #effects: Effects;
  #isStopped = false;

  constructor(all: readonly Subsystem[], effects: Effects) {
    this.#all = all;
    this.#effects = effects;
  }

  /** Starts all. When one fails, all are stopped. */
  async start(): Promise<void> {
    try {
      for (const subsystem of this.#all) {
        const started = subsystem.start?.();
        if (started !== undefined) await started;
        if (subsystem.effects !== undefined) this.#effects.listen(subsystem.effects);
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** The error of the first that is not ready for SHUTDOWN, null when all are, or have to be. */
  refuseShutdown(options: ShutdownOptions): string | null {
    for (const subsystem of this.#all) {
      const error = subsystem.refuseShutdown?.(options) ?? null;
      if (error !== null && !options.force) return error;
    }
    return null;
  }

  /** Stops all, once. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const subsystem of [...this.#all].reverse()) {
      if (subsystem.effects !== undefined) this.#effects.leave(subsystem.effects);
      const stopped = subsystem.stop?.();
      if (stopped !== undefined) await stopped;
    }
  }
}
