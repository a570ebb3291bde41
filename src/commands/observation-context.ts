/** What commands know of the slow log, of latencies and of who monitors. */
import type { Client } from "./client.js";

/** A command that took long. */
export interface SlowLogEntry {
  readonly id: number;
  /** Seconds since 1970 when it ended. */
  readonly timeSeconds: number;
  /** Microseconds it took. */
  readonly us: number;
  /** Its arguments, shortened where they are many or long. */
  readonly args: readonly Uint8Array[];
  /** Who sent it: address and name. */
  readonly address: string;
  readonly name: string;
}

/** What SLOWLOG shows. */
export interface SlowLog {
  readonly length: number;
  /** At most `count` entries, the newest first. */
  newest(count: number): readonly SlowLogEntry[];
  reset(): void;
}

/** The longest time an event took within a second. */
export interface LatencySample {
  readonly timeSeconds: number;
  ms: number;
}

/** The spikes of one event. */
export interface LatencySeries {
  readonly event: string;
  /** By rising time; never empty. */
  readonly samples: readonly LatencySample[];
  /** The longest ever. */
  readonly maxMs: number;
}

/** What LATENCY shows. */
export interface LatencyMonitor {
  all(): readonly LatencySeries[];
  series(event: string): LatencySeries | null;
  /** Forgets an event, or (null) all; returns how many there were. */
  reset(event: string | null): number;
}

/** Clients that see the commands of all others. */
export interface Monitors {
  add(client: Client): void;
  remove(client: Client): void;
}
