/**
 * The latencies of one command: counts per range of nanoseconds, from 1 ns to 1 s, exact to two significant digits.
 *
 *     ns            0..255    256..511    512..1023   …   2^29..10^9
 *     width            1          2           4       …       2^22
 *     counts          256        128         128      …        128
 *
 * These are the ranges of an HDR histogram of two digits, so percentiles are those Redis prints for the same times.
 * Recording is one addition; 24 KB per command that was ever called.
 *
 * Source: G. Tene, HdrHistogram.
 */
import type { LatencyHistogram } from "../../commands/command-entry.js";

const HALF = 128;
/** 2^8: below it every nanosecond has a count of its own. */
const UNIT_BITS = 8;
const MAX_NS = 1_000_000_000;

/** A histogram of latencies. */
export class LogLinearHistogram implements LatencyHistogram {
  readonly #counts = new Float64Array(indexOf(MAX_NS) + 1);
  /** Times recorded. */
  count = 0;

  /** Adds a latency in microseconds, fractions included; `times` when that was the mean of so many calls. */
  record(usec: number, times = 1): void {
    const ns = usec * 1000;
    const index = indexOf(ns > MAX_NS ? MAX_NS : ns < 1 ? 1 : ns | 0);
    this.#counts[index]! += times;
    this.count += times;
  }

  /** The time in nanoseconds that `percent` of the calls did not exceed; 0 when there were none. */
  percentileNs(percent: number): number {
    if (this.count === 0) return 0;
    const wanted = Math.max(1, Math.floor((Math.min(percent, 100) / 100) * this.count + 0.5));
    let seen = 0;
    for (let index = 0; index < this.#counts.length; index++) {
      seen += this.#counts[index]!;
      if (seen >= wanted) return percent === 0 ? lowestNs(index) : lowestNs(index + 1) - 1;
    }
    return MAX_NS;
  }

  eachDoubling(visit: (upToUs: number, count: number) => void): void {
    let index = 0;
    let seen = 0;
    for (let ns = 1024; seen < this.count; ns *= 2) {
      const before = seen;
      const end = ns < MAX_NS ? indexOf(ns) + 1 : this.#counts.length;
      while (index < end) seen += this.#counts[index++]!;
      const upToNs = (ns < MAX_NS ? lowestNs(end) : ns) - 1;
      if (seen > before) visit(Math.floor(upToNs / 1000), seen);
    }
  }

  /** Calls `visit` for each range that has counts, by rising time; `upToNs` is the longest time in it. */
  each(visit: (upToNs: number, count: number) => void): void {
    for (let index = 0; index < this.#counts.length; index++) {
      const count = this.#counts[index]!;
      if (count > 0) visit(lowestNs(index + 1) - 1, count);
    }
  }
}

/** The range a time between 0 and MAX_NS falls into. */
function indexOf(ns: number): number {
  const shift = 32 - UNIT_BITS - Math.clz32(ns | 255);
  return shift * HALF + (ns >>> shift);
}

/** The shortest time of a range. */
function lowestNs(index: number): number {
  if (index < 2 * HALF) return index;
  const shift = Math.floor(index / HALF) - 1;
  return (HALF + (index % HALF)) * 2 ** shift;
}
