/**
 * The deadlines of all that wait, over one timer: a binary heap, the earliest first, in which each knows its place. Waiting costs
 * nothing; coming and going cost O(log n).
 */
import type { Clock } from "../platform/clock.js";
import type { Timer, Timers } from "../platform/timers.js";

/** The longest time that timers of the event loop take. */
const LONGEST_MS = 2 ** 30;

/** Something with a deadline. */
export interface Deadline {
  /** In ms, by the clock of the Deadlines; infinite when there is none. */
  readonly deadlineMs: number;
  /** Kept by Deadlines. */
  heapIndex: number;
}

export class Deadlines<T extends Deadline> {
  readonly #heap: T[] = [];
  #timer: Timer | null = null;
  #timerMs = Number.POSITIVE_INFINITY;

  constructor(
    private readonly clock: Pick<Clock, "nowMs">,
    private readonly timers: Timers,
    /** Called when some deadlines have passed: `takeExpired` has them. */
    private readonly passed: () => void,
  ) {}

  get size(): number {
    return this.#heap.length;
  }

  add(item: T): void {
    if (item.deadlineMs === Number.POSITIVE_INFINITY) return;
    this.#heap.push(item);
    this.#up(this.#heap.length - 1, item);
    this.#schedule();
  }

  remove(item: T): void {
    const at = item.heapIndex;
    if (at < 0) return;
    item.heapIndex = -1;
    const last = this.#heap.pop()!;
    if (last !== item) this.#down(at, last);
    // The timer stays: it will find nothing, and look at what is next.
  }

  /** Removes and returns one whose deadline has passed, the earliest first; null when there is none. */
  takeExpired(nowMs: number): T | null {
    const first = this.#heap[0];
    if (first === undefined || first.deadlineMs > nowMs) return null;
    this.remove(first);
    return first;
  }

  /** Ends the timer, for good. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    for (const item of this.#heap) item.heapIndex = -1;
    this.#heap.length = 0;
  }

  #schedule(): void {
    const first = this.#heap[0];
    if (first === undefined || first.deadlineMs >= this.#timerMs) return;
    this.#timer?.cancel();
    const delayMs = Math.min(Math.max(0, first.deadlineMs - this.clock.nowMs()), LONGEST_MS);
    this.#timerMs = first.deadlineMs;
    this.#timer = this.timers.after(delayMs, () => this.#fire());
  }

  #fire(): void {
    this.#timer = null;
    this.#timerMs = Number.POSITIVE_INFINITY;
    const first = this.#heap[0];
    if (first !== undefined && first.deadlineMs <= this.clock.nowMs()) this.passed();
    this.#schedule();
  }

  #up(at: number, item: T): void {
    const heap = this.#heap;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent]!;
      if (above.deadlineMs <= item.deadlineMs) break;
      heap[at] = above;
      above.heapIndex = at;
      at = parent;
    }
    heap[at] = item;
    item.heapIndex = at;
  }

  /** Puts an item at a place, or where it belongs above or below it. */
  #down(at: number, item: T): void {
    const heap = this.#heap;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.deadlineMs < heap[child]!.deadlineMs) child++;
      const below = heap[child]!;
      if (below.deadlineMs >= item.deadlineMs) break;
      heap[at] = below;
      below.heapIndex = at;
      at = child;
    }
    this.#up(at, item);
  }
}
