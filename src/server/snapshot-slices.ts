/**
 * Takes a snapshot between the turns of the loop, one slice in each. While clients have something to do a slice is short, and no longer than a
 * third of the time since the last one: so they keep three quarters of the time. While they do not it is longer.
 */
import type { SnapshotFigures } from "../commands/server-context.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import { NOWHERE, type SnapshotSink } from "../keyspace/snapshot/record-writer.js";
import type { Clock } from "../platform/clock.js";
import type { Timer, Timers } from "../platform/timers.js";

const BUSY_US = 250;
const IDLE_US = 1000;
/** What is left for clients of the time, for each part that a slice takes; slices are no shorter than LEAST_US. */
const CLIENTS_SHARE = 3;
const LEAST_US = 30;
/** How long it waits for a sink that is full. */
const FULL_MS = 1;
/** Entries that LazyFree is given when what is left of the snapshot is what it has. */
const FREED_AT_ONCE = 64;

interface SnapshotSlicesParts {
  keyspace: Keyspace;
  clock: Clock;
  timers: Timers;
  /** Commands since the start: whether clients have something to do. */
  commandCount: () => number;
}

export class SnapshotSlices {
  readonly #parts: SnapshotSlicesParts;
  #timer: Timer | null = null;
  #sink: SnapshotSink | null = null;
  #done: () => void = () => {};
  #commandCount = 0;
  /** When the last slice ended. */
  #endUs = 0;
  #slices = 0;
  #spentUs = 0;
  #longestUs = 0;

  constructor(parts: SnapshotSlicesParts) {
    this.#parts = parts;
  }

  get figures(): SnapshotFigures {
    return {
      isRunning: this.#sink !== null,
      slices: this.#slices,
      spentUs: this.#spentUs,
      longestUs: this.#longestUs,
      bytes: this.#parts.keyspace.snapshot.writtenBytes,
    };
  }

  /** Begins a snapshot whose records nobody keeps; false when one is being taken. */
  tryForNobody(): boolean {
    if (this.#sink !== null) return false;
    this.begin(NOWHERE, () => {});
    return true;
  }

  /** Begins a snapshot of what is there now, one at a time; calls `done` when the sink has got all of it. */
  begin(sink: SnapshotSink, done: () => void): void {
    this.#parts.keyspace.snapshot.begin(sink);
    this.#sink = sink;
    this.#done = done;
    this.#slices = 0;
    this.#spentUs = 0;
    this.#longestUs = 0;
    this.#continue();
  }

  /** The server closes: nothing more is written. */
  stop(): void {
    this.#timer?.cancel();
    this.#sink = null;
  }

  #continue(): void {
    const { timers } = this.#parts;
    this.#timer = this.#sink!.isFull ? timers.after(FULL_MS, () => this.#slice()) : timers.soon(() => this.#slice());
  }

  #slice(): void {
    const { keyspace, clock, commandCount } = this.#parts;
    const startUs = clock.monotonicUs();
    const count = commandCount();
    const share = Math.max(LEAST_US, Math.min(BUSY_US, (startUs - this.#endUs) / CLIENTS_SHARE));
    const endUs = startUs + (count === this.#commandCount ? IDLE_US : share);
    this.#commandCount = count;
    const hasTime = (): boolean => clock.monotonicUs() < endUs;
    let isDone = keyspace.snapshot.walk(hasTime);
    while (!isDone && hasTime() && keyspace.lazyFree.isPending) {
      keyspace.lazyFree.freeSome(FREED_AT_ONCE);
      isDone = keyspace.snapshot.walk(hasTime);
    }
    this.#endUs = clock.monotonicUs();
    const spentUs = this.#endUs - startUs;
    this.#slices++;
    this.#spentUs += spentUs;
    this.#longestUs = Math.max(this.#longestUs, spentUs);
    if (!isDone) return this.#continue();
    this.#timer = null;
    this.#sink = null;
    this.#done();
  }
}
