/**
 * Takes a snapshot between the turns of the loop, in slices that are short while clients have something to do and longer while they do not. One
 * turn has one slice at most.
 */
import type { SnapshotFigures } from "../commands/server-context.js";
import type { Keyspace } from "../keyspace/keyspace.js";
import type { SnapshotSink } from "../keyspace/snapshot/record-writer.js";
import type { Clock } from "../platform/clock.js";
import type { Timer, Timers } from "../platform/timers.js";

const BUSY_US = 250;
const IDLE_US = 1000;
/** How long it waits for a sink that is full. */
const FULL_MS = 1;
/** Entries that LazyFree is given when what is left of the snapshot is what it has. */
const FREED_AT_ONCE = 64;

const NOBODY: SnapshotSink = { take: (chunk) => chunk, isFull: false };

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
    this.begin(NOBODY, () => {});
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
    const endUs = startUs + (count === this.#commandCount ? IDLE_US : BUSY_US);
    this.#commandCount = count;
    const hasTime = (): boolean => clock.monotonicUs() < endUs;
    let isDone = keyspace.snapshot.walk(hasTime);
    while (!isDone && hasTime() && keyspace.lazyFree.isPending) {
      keyspace.lazyFree.freeSome(FREED_AT_ONCE);
      isDone = keyspace.snapshot.walk(hasTime);
    }
    const spentUs = clock.monotonicUs() - startUs;
    this.#slices++;
    this.#spentUs += spentUs;
    this.#longestUs = Math.max(this.#longestUs, spentUs);
    if (!isDone) return this.#continue();
    this.#timer = null;
    this.#sink = null;
    this.#done();
  }
}
