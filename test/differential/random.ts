/** A seeded source of random choices, so that a run can be repeated. The generator is "mulberry32". */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to, not including, 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.fraction() * n < 1;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.fraction() * choices.length)]!;
  }

  /** Picks by weight. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    let total = 0;
    for (const [weight] of choices) total += weight;
    let at = this.fraction() * total;
    for (const [weight, value] of choices) {
      at -= weight;
      if (at < 0) return value;
    }
    return choices[choices.length - 1]![1];
  }

  /** From `low` to `high` values made by `make`. */
  list<T>(low: number, high: number, make: () => T): T[] {
    return Array.from({ length: this.integer(low, high) }, make);
  }

  /** A random part of `choices`, in random order, with repetitions once in a while: options as users mistype them. */
  some<T>(choices: readonly T[]): T[] {
    const count = this.weighted([
      [40, 0],
      [35, 1],
      [15, 2],
      [7, 3],
      [3, 4],
    ]);
    return Array.from({ length: count }, () => this.pick(choices));
  }
}
