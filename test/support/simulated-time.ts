/** Time that passes only when a test says so, with the clock and the timers in it. */
import type { Clock } from "../../src/platform/clock.js";
import type { Timer, Timers } from "../../src/platform/timers.js";

export class SimulatedTime {
  nowMs = 1000;
  #timers: { atMs: number; action: () => void }[] = [];
  readonly clock: Clock = {
    nowMs: () => Math.floor(this.nowMs),
    nowUs: () => Math.floor(this.nowMs * 1000),
    monotonicUs: () => this.nowMs * 1000,
    zoneOffsetMinutes: () => 0,
  };
  readonly timers: Timers = {
    after: (ms, action) => this.#add(ms, action),
    soon: (action) => this.#add(0, action),
    every: () => {
      throw new Error("not simulated");
    },
  };

  get timerCount(): number {
    return this.#timers.length;
  }

  /** Lets time pass up to a moment; each timer fires when it is due, and time stands still meanwhile. */
  passTo(ms: number): void {
    for (;;) {
      const next = this.#timers.filter(({ atMs }) => atMs <= ms).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#timers.splice(this.#timers.indexOf(next), 1);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.action();
    }
    this.nowMs = Math.max(this.nowMs, ms);
  }

  #add(ms: number, action: () => void): Timer {
    const timer = { atMs: this.nowMs + ms, action };
    this.#timers.push(timer);
    return { cancel: () => this.#timers.splice(this.#timers.indexOf(timer) >>> 0, 1) };
  }
}
