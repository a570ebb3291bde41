/**
 * The latency monitor: spikes of at least `latency-monitor-threshold` milliseconds, by the event they happened in. Of each event it
 * keeps the last 160 seconds that had one, with the longest of each second, as Redis does.
 *
 * Events are Redis', as far as they exist here: "command", "fast-command", "expire-cycle" and "eviction-cycle". Freeing what is
 * evicted or has expired is cut into slices, so there is no "eviction-del" or "expire-del".
 */
import type {
  LatencyMonitor as LatencyMonitorInterface,
  LatencySample,
  LatencySeries,
} from "../../commands/observation-context.js";

const MAX_SAMPLES = 160;

class Series implements LatencySeries {
  readonly samples: LatencySample[] = [];
  maxMs = 0;

  constructor(readonly event: string) {}

  add(timeSeconds: number, ms: number): void {
    this.maxMs = Math.max(this.maxMs, ms);
    const last = this.samples.at(-1);
    if (last?.timeSeconds === timeSeconds) {
      last.ms = Math.max(last.ms, ms);
      return;
    }
    this.samples.push({ timeSeconds, ms });
    if (this.samples.length > MAX_SAMPLES) this.samples.shift();
  }
}

export class LatencyMonitor implements LatencyMonitorInterface {
  /** Milliseconds; 0 switches the monitor off. */
  thresholdMs = 0;
  readonly #series = new Map<string, Series>();

  /** The least time in microseconds that is kept; infinite while the monitor is off. */
  get leastUs(): number {
    return this.thresholdMs === 0 ? Number.POSITIVE_INFINITY : this.thresholdMs * 1000;
  }

  /** Keeps what took long enough. */
  add(event: string, us: number, nowMs: number): void {
    if (us < this.leastUs) return;
    let series = this.#series.get(event);
    if (series === undefined) this.#series.set(event, (series = new Series(event)));
    series.add(Math.floor(nowMs / 1000), Math.floor(us / 1000));
  }

  all(): readonly LatencySeries[] {
    return [...this.#series.values()];
  }

  series(event: string): LatencySeries | null {
    return this.#series.get(event) ?? null;
  }

  reset(event: string | null): number {
    const count = this.#series.size;
    if (event === null) this.#series.clear();
    else this.#series.delete(event.toLowerCase());
    return count - this.#series.size;
  }
}
