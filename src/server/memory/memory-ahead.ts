/**
 * Has a thread touch memory before data needs it, so that no command waits for the system to give a page: 8 MB ahead of the highest place handed
 * out in a segment, and as much of the next segment before the arena asks for that one.
 *
 * Only shared memory can be touched by a thread: where that is slow to copy (Node 20), segments are none, and this does nothing.
 *
 * Nothing depends on it: memory that was not touched ahead is given when it is needed, only later. A small server never starts the thread.
 */
import { type Segment, type SegmentFactory, SegmentSize } from "../../memory/segment.js";
import type { TouchMessage } from "../../memory/touch.js";
import type { Thread, Threads } from "../../platform/threads.js";

/** Data that has grown to so much is likely to grow on. */
const LEAST_BYTES = 16_777_216;
/** At 100 MB a second, a twelfth of a second; a server that is still small takes an eighth of what it has. */
const AHEAD_BYTES = 8_388_608;
/** A thread takes 6 MB, and half a millisecond to start. */
const IDLE_MS = 5000;

interface MemoryAheadParts {
  readonly threads: Threads;
  /** Makes buffers nobody has touched. */
  readonly createBuffer: SegmentFactory;
  warn(message: string): void;
}

export class MemoryAhead {
  readonly #parts: MemoryAheadParts;
  #thread: Thread | null = null;
  /** Resolves when the threads that were told to end have ended. */
  #ended: Promise<void> = Promise.resolve();
  /** Threads cannot be had, or not any more. */
  #isOff = false;
  /** The buffer of the next segment. */
  #spare: SharedArrayBuffer | null = null;
  /** Something was touched since the last `watch`. */
  #isBusy = false;
  #busyMs = 0;

  constructor(parts: MemoryAheadParts) {
    this.#parts = parts;
  }

  /** Makes the arena's segments. */
  createBuffer(sizeBytes: number): ArrayBufferLike {
    const spare = this.#spare;
    if (spare === null || sizeBytes !== SegmentSize.BYTES) return this.#parts.createBuffer(sizeBytes);
    this.#spare = null;
    return spare;
  }

  /** The arena has handed out bytes of its segment `index` up to `end` for the first time. */
  reached(segment: Segment, index: number, end: number): void {
    const reachedBytes = index * SegmentSize.BYTES + end;
    if (reachedBytes <= LEAST_BYTES || this.#isOff || !segment.isShared) return;
    const ahead = Math.min(AHEAD_BYTES, reachedBytes / 8);
    const from = Math.max(end, segment.aheadBytes);
    const to = Math.min(end + ahead, SegmentSize.BYTES);
    const { buffer, byteOffset } = segment.u8;
    if (to > from) {
      segment.aheadBytes = to;
      this.#touch({ buffer: buffer as SharedArrayBuffer, from: byteOffset + from, to: byteOffset + to });
    }
    if (end + ahead > SegmentSize.BYTES && this.#spare === null) this.#prepare();
  }

  /** Ends the thread when data does not grow any more; to be called several times a second. */
  watch(nowMs: number): void {
    if (this.#isBusy) this.#busyMs = nowMs;
    this.#isBusy = false;
    if (nowMs - this.#busyMs >= IDLE_MS) void this.#endThread();
  }

  /** The arena has given memory back: it is not growing any more. */
  shrank(): void {
    this.#spare = null;
    void this.#endThread();
  }

  /** Resolves when no thread is left. */
  stop(): Promise<void> {
    this.#isOff = true;
    this.#spare = null;
    return this.#endThread();
  }

  /** Makes the next segment's buffer. */
  #prepare(): void {
    try {
      this.#spare = this.#parts.createBuffer(SegmentSize.BYTES) as SharedArrayBuffer;
    } catch (error) {
      // Whoever needs it will be told.
      if (error instanceof RangeError) return;
      throw error;
    }
    const unused = this.#spare.byteLength - SegmentSize.BYTES;
    this.#touch({ buffer: this.#spare, from: 0, to: unused + AHEAD_BYTES });
  }

  #touch(message: TouchMessage): void {
    this.#isBusy = true;
    this.#thread ??= this.#startThread();
    this.#thread?.post(message);
  }

  #startThread(): Thread | null {
    try {
      return this.#parts.threads.start("touch", {
        received: () => {},
        failed: (error) => this.#giveUp(error),
      });
    } catch (error) {
      this.#giveUp(error as Error);
      return null;
    }
  }

  #giveUp({ message }: Error): void {
    this.#isOff = true;
    this.#spare = null;
    this.#thread = null;
    this.#parts.warn(`Memory is not touched ahead, as there is no thread for it: ${message}`);
  }

  #endThread(): Promise<void> {
    if (this.#thread !== null) this.#ended = this.#thread.end();
    this.#thread = null;
    return this.#ended;
  }
}
