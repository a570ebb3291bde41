/**
 * A token bucket: what may be used up at a rate, in commands or bytes.
 *
 * The level is counted in millionths of a unit, of which `rate` come in every microsecond: all arithmetic is exact in whole numbers. It
 * may go below zero, since a command's size is known only when it is there; what goes on then waits until the debt is paid. So the
 * rate is kept over time, and at any moment it is exceeded by no more than `BURST_US` worth and one command.
 *
 * What comes while somebody waits is not bounded so, but by `LATE_US` worth: a server that is late itself makes up for it.
 *
 * A bucket begins with next to nothing, so that connecting anew gains nothing.
 */

const enum Cap {
  /** So much time's worth may be saved up while nobody waits, */
  BURST_US = 50_000,
  /** so much while somebody does, */
  LATE_US = 1_000_000,
  /** but always one unit. */
  LEAST = 1_000_000,
}

const MILLIONTHS = 1_000_000;

export class TokenBucket {
  /** Millionths of a unit. While above 0, a command may run. */
  level = 1;
  #filledUs: number;

  /** `rate`: whole units a second, up to 2^33. `nowUs`: monotonic. */
  constructor(
    readonly rate: number,
    nowUs: number,
  ) {
    this.#filledUs = Math.floor(nowUs);
  }

  /** Puts in what has come since the last time, in which nobody waited. */
  fill(nowUs: number): void {
    this.#fill(nowUs, Cap.BURST_US);
  }

  /** Puts in what has come since the last time, in which somebody waited. */
  fillForWaiting(nowUs: number): void {
    this.#fill(nowUs, Cap.LATE_US);
  }

  take(units: number): void {
    this.level -= units * MILLIONTHS;
  }

  /** The microseconds from the last `fill` until `worthUs` worth of units will be in, at least one microsecond. */
  waitUs(worthUs: number): number {
    return Math.max(1, Math.ceil(worthUs - this.level / this.rate));
  }

  #fill(nowUs: number, capUs: number): void {
    const passedUs = Math.floor(nowUs) - this.#filledUs;
    if (passedUs <= 0) return;
    this.#filledUs += passedUs;
    const capacity = Math.max(this.rate * capUs, Cap.LEAST);
    // What is above the capacity now came while somebody waited, and stays.
    if (this.level < capacity) this.level = Math.min(capacity, this.level + passedUs * this.rate);
  }
}
