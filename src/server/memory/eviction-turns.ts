/** Goes on with eviction between batches, in a turn of the event loop each time, while there is more to evict than one takes. */
import type { Timer, Timers } from "../../platform/timers.js";

export class EvictionTurns {
  readonly #timers: Timers;
  readonly #free: () => void;
  #timer: Timer | null = null;
  #isStopped = false;

  constructor(timers: Timers, free: () => void) {
    this.#timers = timers;
    this.#free = free;
  }

  /** Has `free` called when the present batch is done. */
  soon(): void {
    if (this.#timer !== null || this.#isStopped) return;
    this.#timer = this.#timers.soon(() => {
      this.#timer = null;
      this.#free();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }
}
