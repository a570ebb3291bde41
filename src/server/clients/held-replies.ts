/**
 * How many bytes of a client's output wait for which positions, in the order of both: a later reply never waits for less.
 */

/** So many places that are done with are dropped from the front of the others. */
const COMPACTED = 64;
/** What a place takes, besides the bytes that wait. */
const PLACE_BYTES = 16;

export class HeldReplies {
  /** Bytes that wait. */
  bytes = 0;
  #positions: number[] = [];
  #lengths: number[] = [];
  /** The first that has not been released. */
  #next = 0;

  /** The position that is waited for first; infinite when nothing waits. */
  get first(): number {
    return this.#next < this.#positions.length ? this.#positions[this.#next]! : Number.POSITIVE_INFINITY;
  }

  get memory(): number {
    return this.#positions.length * PLACE_BYTES;
  }

  /** The next `length` bytes wait for `position`. */
  add(position: number, length: number): void {
    this.bytes += length;
    const last = this.#positions.length - 1;
    if (last >= this.#next && this.#positions[last] === position) {
      this.#lengths[last]! += length;
      return;
    }
    this.#positions.push(position);
    this.#lengths.push(length);
  }

  /** What waits for positions up to `released` waits no longer; returns how many bytes that are. */
  release(released: number): number {
    let length = 0;
    while (this.first <= released && this.#next < this.#positions.length) length += this.#lengths[this.#next++]!;
    this.bytes -= length;
    if (this.#next === this.#positions.length) this.clear();
    else if (this.#next >= COMPACTED && this.#next * 2 >= this.#positions.length) this.#compact();
    return length;
  }

  clear(): void {
    this.bytes = 0;
    this.#positions = [];
    this.#lengths = [];
    this.#next = 0;
  }

  #compact(): void {
    this.#positions = this.#positions.slice(this.#next);
    this.#lengths = this.#lengths.slice(this.#next);
    this.#next = 0;
  }
}
