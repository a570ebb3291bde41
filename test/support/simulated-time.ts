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
    msAt: (monotonicUs) => Math.floor(monotonicUs / 1000),
    zoneOffsetMinutes: () => 0,
  };
  readonly timers: Timers = {
    after: (ms, action) => this.#add(ms, action),
    soon: (action) => this.#add(0, action),
    every: (ms, action) => {
      let timer: Timer;
      const fire = (): void => {
        timer = this.#add(ms, fire);
        action();
      };
      timer = this.#add(ms, fire);
      return { cancel: () => timer.cancel() };
    },
  };

  get timerCount(): number {
    return this.#timers.length;
  }

  /** Does something at a moment, or now if that is over. */
  at(ms: number, action: () => void): Timer {
    const timer = { atMs: ms, action };
    this.#timers.push(timer);
    return { cancel: () => this.#remove(timer) };
  }

  /** Something is to be done without time passing. */
  get hasDue(): boolean {
    return this.#timers.some(({ atMs }) => atMs <= this.nowMs);
  }

  /** Lets time pass up to a moment; each timer fires when it is due, and time stands still meanwhile. */
  passTo(ms: number): void {
    while (this.step(ms)) {}
    this.nowMs = Math.max(this.nowMs, ms);
  }

  /** Lets time pass up to the next timer, which fires; false when there is none before `ms`. */
  step(ms: number): boolean {
    const next = this.#next;
    if (next === null || next.atMs > ms) return false;
    this.#remove(next);
    this.nowMs = Math.max(this.nowMs, next.atMs);
    next.action();
    return true;
  }

  /** The timer that is due first; of those due at one time the oldest. */
  get #next(): { atMs: number; action: () => void } | null {
    let next = this.#timers[0] ?? null;
    for (const timer of this.#timers) if (timer.atMs < next!.atMs) next = timer;
    return next;
  }

  #add(ms: number, action: () => void): Timer {
    return this.at(this.nowMs + ms, action);
  }

  #remove(timer: { atMs: number; action: () => void }): void {
    const at = this.#timers.indexOf(timer);
    if (at >= 0) this.#timers.splice(at, 1);
  }
}
