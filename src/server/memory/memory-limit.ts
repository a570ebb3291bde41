/**
 * `maxmemory`: what counts as used, and making room before a command runs. A big value that is evicted is freed in slices, so the next key goes
 * only when what the last ones held has come back: one of a million elements makes room enough, though not at once.
 *
 * Eviction works in the time `maxmemory-eviction-tenacity` allows and goes on between batches, so a sudden excess does not stop the
 * server. As long as it goes on, commands that need memory are let through, as in Redis.
 */
import type { Eviction } from "../../keyspace/evict.js";
import type { Keyspace } from "../../keyspace/keyspace.js";
import type { Clock } from "../../platform/clock.js";
import type { ServerStats } from "../observation/stats.js";

/** Elements freed, and keys evicted, between two looks at the clock. */
const FREED_AT_ONCE = 128;
const EVICTED_AT_ONCE = 16;

interface MemoryLimitParts {
  keyspace: Keyspace;
  eviction: Eviction;
  clock: Clock;
  stats: ServerStats;
  /** Bytes outside the arena that count as used, and those of them that no key is evicted for. */
  otherBytes(): number;
  uncountedBytes(): number;
  /** Microseconds were spent on eviction. */
  spent(us: number): void;
  /** Asks for `free` to be called again when the present batch is done. */
  continueSoon(): void;
}

export class MemoryLimit {
  limitBytes = 0;
  samples = 5;
  tenacity = 10;
  readonly #parts: MemoryLimitParts;

  constructor(parts: MemoryLimitParts) {
    this.#parts = parts;
  }

  get isSet(): boolean {
    return this.limitBytes > 0;
  }

  /** Bytes that count as used: the arena's blocks, connections and their buffers. */
  get usedBytes(): number {
    return this.#parts.keyspace.arena.allocatedBytes + this.#parts.otherBytes();
  }

  /** Bytes that must be within the limit. */
  get #countedBytes(): number {
    return this.usedBytes - this.#parts.uncountedBytes();
  }

  /** Brings the use below the limit as far as possible; false when it is above and nothing can be done. */
  free(): boolean {
    if (this.limitBytes === 0 || this.#countedBytes <= this.limitBytes) {
      const { clock, stats } = this.#parts;
      if (stats.evictionExceededSinceUs > 0) stats.setEvictionExceeded(false, clock.monotonicUs());
      return true;
    }
    return this.#evict();
  }

  #evict(): boolean {
    const { clock, stats } = this.#parts;
    const startUs = clock.monotonicUs();
    stats.setEvictionExceeded(true, startUs);
    const isDone = this.#evictUntil(startUs + this.#budgetUs());
    const nowUs = clock.monotonicUs();
    if (this.#countedBytes <= this.limitBytes) stats.setEvictionExceeded(false, nowUs);
    this.#parts.spent(nowUs - startUs);
    return isDone;
  }

  /** False when there is nothing to evict and still too much is used; what is not done in time goes on later. */
  #evictUntil(endUs: number): boolean {
    const { clock, continueSoon, eviction, keyspace } = this.#parts;
    let evicted = 0;
    do {
      if (keyspace.lazyFree.isPending) {
        keyspace.lazyFree.freeSome(FREED_AT_ONCE);
      } else {
        if (!eviction.evictOne(this.samples)) return false;
        if (++evicted % EVICTED_AT_ONCE !== 0) continue;
      }
      if (clock.monotonicUs() > endUs && this.#countedBytes > this.limitBytes) {
        continueSoon();
        return true;
      }
    } while (this.#countedBytes > this.limitBytes);
    return true;
  }

  /** Microseconds by `maxmemory-eviction-tenacity`: 500 at 10, then 15 % more each, no limit at 100. */
  #budgetUs(): number {
    if (this.tenacity <= 10) return 50 * this.tenacity;
    if (this.tenacity < 100) return 500 * 1.15 ** (this.tenacity - 10);
    return Number.POSITIVE_INFINITY;
  }
}
