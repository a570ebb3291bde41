/**
 * Gives memory that nothing uses back to the system, in two steps: what lay unused in the arena for a while is dropped, and what was dropped
 * returns when JavaScript's garbage collector runs, for which a server that has nothing to do gives no reason. A collection beside other
 * work comes first; one that stops all, and leaves some megabytes less, follows when there is nobody to stop.
 */
import type { GarbageCollector } from "../../platform/garbage-collector.js";

/** Less is not worth dropping; nor, while there is other work, collecting. */
const LEAST_BYTES = 4_194_304;
const LEAST_COLLECTED = 8_388_608;
/** For so long nothing of it must have been needed: what a load that comes and goes is about to use again stays. */
const QUIET_MS = 2000;
/** Where something is dropped all the time, what was is waited for no longer than this. */
const LONGEST_MS = 5000;
/** What is still used where memory is dropped has to be moved, at most so much in one go: 1 ms on Node 20.20. */
const MOVED_AT_ONCE = 4_194_304;

/** What is watched. */
interface UnusedMemoryParts {
  readonly garbageCollector: GarbageCollector;
  /** Bytes of the arena that the system has given and nothing uses. */
  unusedBytes(): number;
  /** Bytes dropped since the start: of the arena, of clients and their buffers. */
  droppedBytes(): number;
  /** Drops at least `least` unused bytes in one step, moving at most `moveLimit` bytes that are used; returns how many, 0 when it cannot. */
  trim(least: number, moveLimit: number): number;
}

export class UnusedMemory {
  readonly #parts: UnusedMemoryParts;
  /** The least that was unused since `#sinceMs`. */
  #lowest = Number.POSITIVE_INFINITY;
  #sinceMs = 0;
  /** Bytes that are still to be dropped. */
  #excess = 0;
  #droppedBytes = 0;
  #droppedMs = 0;
  /** Since when there has been enough to collect. */
  #waitingMs = 0;
  /** Bytes dropped up to the last collection. */
  #collectedBytes = 0;
  /** The last collection was one beside other work. */
  #isPartly = false;
  #commands = 0;
  #commandMs = 0;
  /** `purge` waits for what is being freed. */
  #isPurging = false;

  constructor(parts: UnusedMemoryParts) {
    this.#parts = parts;
  }

  /** To be called several times a second. `isFreeing`: values are being freed in slices. `commands`: how many have run. */
  watch(nowMs: number, isFreeing: boolean, commands: number): void {
    if (this.#isPurging && !isFreeing) return this.purge(false);
    if (commands !== this.#commands || isFreeing) {
      this.#commands = commands;
      this.#commandMs = nowMs;
    }
    this.#trim(nowMs);
    this.#collect(nowMs);
  }

  /** Returns all there is: at once, or when nothing `isFreeing` any more. */
  purge(isFreeing: boolean): void {
    this.#isPurging = isFreeing;
    if (isFreeing) return;
    while (this.#parts.trim(LEAST_BYTES, MOVED_AT_ONCE) > 0) {}
    this.#excess = 0;
    this.#collectAll();
  }

  /** Drops what nothing has needed for a while, a step at a time. */
  #trim(nowMs: number): void {
    const unused = this.#parts.unusedBytes();
    this.#lowest = Math.min(this.#lowest, unused);
    if (this.#excess === 0 && nowMs - this.#sinceMs >= QUIET_MS) {
      this.#excess = this.#lowest;
      this.#lowest = unused;
      this.#sinceMs = nowMs;
    }
    if (this.#excess < LEAST_BYTES) {
      this.#excess = 0;
      return;
    }
    const dropped = this.#parts.trim(LEAST_BYTES, MOVED_AT_ONCE);
    this.#excess = dropped === 0 ? 0 : Math.max(0, this.#excess - dropped);
    this.#lowest = Math.min(this.#lowest, this.#parts.unusedBytes());
  }

  #collect(nowMs: number): void {
    const droppedBytes = this.#parts.droppedBytes();
    const isIdle = nowMs - this.#commandMs >= QUIET_MS;
    if (droppedBytes !== this.#droppedBytes) {
      this.#droppedBytes = droppedBytes;
      this.#droppedMs = nowMs;
    }
    const garbage = droppedBytes - this.#collectedBytes;
    if (garbage < LEAST_COLLECTED) this.#waitingMs = nowMs;
    if (nowMs - this.#droppedMs < QUIET_MS / 2 && nowMs - this.#waitingMs < LONGEST_MS) return;
    if (garbage >= LEAST_COLLECTED) {
      this.#collectedBytes = droppedBytes;
      this.#isPartly = true;
      this.#parts.garbageCollector.begin();
    } else if (isIdle && (this.#isPartly || garbage >= LEAST_BYTES) && nowMs - this.#droppedMs >= QUIET_MS) {
      this.#collectAll();
    }
  }

  #collectAll(): void {
    this.#collectedBytes = this.#parts.droppedBytes();
    this.#isPartly = false;
    this.#parts.garbageCollector.collect();
  }
}
