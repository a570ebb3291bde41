/**
 * The time. Everything that needs it takes a Clock, so that a server can run on simulated time.
 */

/** Where a server reads the time. */
export interface Clock {
  /** Milliseconds since 1970, whole. */
  nowMs(): number;
  /** Microseconds since 1970, whole. */
  nowUs(): number;
  /** Microseconds since some fixed moment, with a fraction; never goes back. For durations. */
  monotonicUs(): number;
  /** How far local time is ahead of UTC at a moment, in minutes. */
  zoneOffsetMinutes(atMs: number): number;
}

/** Further apart than this, the system's clock has been set and the fine one follows. */
const DRIFT_LIMIT_MS = 2;

/**
 * The system's clock. `Date.now` and `performance.now` cost 75 ns each on Node 20.20 and allocate nothing, which
 * `process.hrtime.bigint` does.
 */
export class NodeClock implements Clock {
  /** What to add to `performance.now` for milliseconds since 1970. */
  #originMs = performance.timeOrigin;

  nowMs(): number {
    return Date.now();
  }

  nowUs(): number {
    const coarseMs = Date.now();
    const passedMs = performance.now();
    let fineMs = this.#originMs + passedMs;
    if (Math.abs(fineMs - coarseMs) > DRIFT_LIMIT_MS) {
      this.#originMs = coarseMs - passedMs;
      fineMs = coarseMs;
    }
    return Math.floor(fineMs * 1000);
  }

  monotonicUs(): number {
    return performance.now() * 1000;
  }

  zoneOffsetMinutes(atMs: number): number {
    return -new Date(atMs).getTimezoneOffset();
  }
}
