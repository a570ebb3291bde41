/**
 * A rate as INFO's instantaneous fields have it: the mean of the last sixteen samples, 1.6 seconds at one each 100 ms.
 */

const SAMPLES = 16;

/** How fast a growing total grows, relative to another one. */
export class Rate {
  readonly #samples = new Float64Array(SAMPLES);
  #next = 0;
  #lastTotal = 0;
  #lastBase = -1;

  /** Takes a sample: `factor` times the growth of `total` per unit of `base` since the last one. */
  sample(total: number, base: number, factor: number): void {
    if (this.#lastBase >= 0) {
      const passed = base - this.#lastBase;
      this.#samples[this.#next] = passed > 0 ? ((total - this.#lastTotal) * factor) / passed : 0;
      this.#next = (this.#next + 1) % SAMPLES;
    }
    this.#lastTotal = total;
    this.#lastBase = base;
  }

  /** The mean of the samples. */
  get value(): number {
    let sum = 0;
    for (let i = 0; i < SAMPLES; i++) sum += this.#samples[i]!;
    return sum / SAMPLES;
  }

  /** Forgets all samples. */
  reset(): void {
    this.#samples.fill(0);
    this.#lastBase = -1;
  }
}
