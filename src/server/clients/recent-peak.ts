/** The largest value of the last seconds: one maximum a second in a ring, so that old ones go without being looked at. */
const SECONDS = 8;

export class RecentPeak {
  readonly #ring = new Float64Array(SECONDS);
  #second = 0;

  /** Takes a value into account. */
  note(value: number, nowMs: number): void {
    this.#advance(nowMs);
    const at = this.#second % SECONDS;
    if (value > this.#ring[at]!) this.#ring[at] = value;
  }

  /** The largest value of the last eight seconds, 0 without any. */
  value(nowMs: number): number {
    this.#advance(nowMs);
    return Math.max(...this.#ring);
  }

  #advance(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (second === this.#second) return;
    const passed = second - this.#second;
    if (passed < 0 || passed >= SECONDS) this.#ring.fill(0);
    else for (let i = 1; i <= passed; i++) this.#ring[(this.#second + i) % SECONDS] = 0;
    this.#second = second;
  }
}
