/**
 * Has segments that the arena dropped return to the system: that takes a run of JavaScript's garbage collector, for which a server that has
 * nothing to do gives no reason.
 */
import type { GarbageCollector } from "../platform/garbage-collector.js";

/** Less is not worth it. */
const LEAST_BYTES = 67_108_864;
/** What is being freed is waited for. */
const QUIET_MS = 1000;

/** What is watched. */
export interface UnusedMemoryParts {
  readonly garbageCollector: GarbageCollector;
  /** Bytes of the arena's segments. */
  segmentBytes(): number;
}

export class UnusedMemory {
  readonly #parts: UnusedMemoryParts;
  #bytes = 0;
  #changedMs = 0;
  /** The most segments there were since the last collection: they may all take memory still. */
  #held = 0;

  constructor(parts: UnusedMemoryParts) {
    this.#parts = parts;
  }

  /** To be called several times a second. */
  watch(nowMs: number): void {
    const bytes = this.#parts.segmentBytes();
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#changedMs = nowMs;
      this.#held = Math.max(this.#held, bytes);
    }
    if (this.#held - bytes < LEAST_BYTES || nowMs - this.#changedMs < QUIET_MS) return;
    this.#held = bytes;
    this.#parts.garbageCollector.begin();
  }

  /** Returns all there is, now. */
  purge(): void {
    this.#parts.garbageCollector.collect();
    this.#held = this.#parts.segmentBytes();
  }
}
