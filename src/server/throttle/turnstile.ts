/**
 * A turnstile: one limit's token bucket and those who wait for it, in the order they came. It is the turnstile that has a deadline, not each
 * who waits: a thousand clients at a shared one are one entry among the deadlines.
 *
 * While several wait, one that comes to the front may use a turn's worth and then goes to the back. While anybody waits, whoever comes
 * anew waits behind.
 */
import type { Deadline } from "../deadlines.js";
import { TokenBucket } from "./token-bucket.js";

const enum Time {
  /**
   * A turnstile that ran empty opens when so much time's worth is in: a deep pipeline wakes the server 200 times a second at most, not
   * once a command.
   */
  OPENING_US = 5000,
  /** What one may use before the next has a turn; at least one unit. */
  TURN_US = 1000,
}

/** What waits at a turnstile. */
export interface TurnstileWaiter {
  /** The turnstile has opened, and the waiter is no longer among `waiting`; it may wait again at once. */
  pass(turnstile: Turnstile, nowUs: number): void;
}

export class Turnstile implements Deadline {
  readonly bucket: TokenBucket;
  readonly waiting = new Set<TurnstileWaiter>();
  /** Monotonic ms; meant only while somebody waits. */
  deadlineMs = 0;
  heapIndex = -1;
  /** Units of one turn. */
  readonly turn: number;

  constructor(
    readonly unit: "commands" | "bytes",
    rate: number,
    nowUs: number,
  ) {
    this.bucket = new TokenBucket(rate, nowUs);
    this.turn = Math.max(1, (rate * Time.TURN_US) / 1e6);
  }

  /** Sets the deadline to the time when it will open; `fill` has been called with `nowUs`. */
  close(nowUs: number): void {
    this.deadlineMs = Math.ceil((nowUs + this.bucket.waitUs(Time.OPENING_US)) / 1000);
  }

  /** Lets the first that waits pass. False when the bucket is empty, or nobody waits. */
  passOne(nowUs: number): boolean {
    if (this.bucket.level <= 0) return false;
    const first = this.waiting.values().next().value;
    if (first === undefined) return false;
    this.waiting.delete(first);
    first.pass(this, nowUs);
    return true;
  }
}
