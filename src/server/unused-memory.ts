/**
 * Has memory that was dropped return to the system: segments of the arena, clients and their buffers. That takes a run of JavaScript's garbage
 * collector, for which a server that has nothing to do gives no reason.
 */
import type { GarbageCollector } from "../platform/garbage-collector.js";

/** Less is not worth it. */
const LEAST_BYTES = 16_777_216;
/** What is being freed is waited for, but not for long where something always is. */
const QUIET_MS = 1000;
const LONGEST_MS = 5000;

/** What is watched. */
export interface UnusedMemoryParts {
  readonly garbageCollector: GarbageCollector;
  /** Bytes dropped since the start. */
  droppedBytes(): number;
}

export class UnusedMemory {
  readonly #parts: UnusedMemoryParts;
  #dropped = 0;
  #changedMs = 0;
  #sinceMs = 0;
  /** What had been dropped at the last collection. */
  #collected = 0;

  constructor(parts: UnusedMemoryParts) {
    this.#parts = parts;
  }

  /** To be called several times a second. */
  watch(nowMs: number): void {
    const dropped = this.#parts.droppedBytes();
    if (dropped !== this.#dropped) {
      this.#dropped = dropped;
      this.#changedMs = nowMs;
    }
    if (dropped - this.#collected < LEAST_BYTES) {
      this.#sinceMs = nowMs;
      return;
    }
    if (nowMs - this.#changedMs < QUIET_MS && nowMs - this.#sinceMs < LONGEST_MS) return;
    this.#collected = dropped;
    this.#parts.garbageCollector.begin();
  }

  /** Returns all there is, now. */
  purge(): void {
    this.#parts.garbageCollector.collect();
    this.#collected = this.#parts.droppedBytes();
  }
}
