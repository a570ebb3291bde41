/**
 * Replies to pipelines that leave at the end of the loop's turn, one after the other, instead of each after its batch.
 *
 * A write wakes its reader, which costs the system as much as the write. When all writes of a turn come together, a reader that serves
 * several connections is woken once. For one command at a time that gains nothing, and the detour costs time, so only batches of
 * several commands go this way.
 */
import { Region } from "../../bytes/region.js";

/** Whose replies wait. */
export interface OutboxOwner {
  /** Sends `bytes`, which are free again when it returns true. */
  writeOutbox(bytes: Uint8Array): boolean;
}

const OUTBOX_BYTES = 65536;
/** A longer reply fills a packet by itself. */
const SHORT_REPLY = 1024;

export class Outbox {
  readonly #flushSoon: () => void;
  #region = Region.allocate(OUTBOX_BYTES);
  #length = 0;
  readonly #owners: OutboxOwner[] = [];
  readonly #ends: number[] = [];
  /** The first that has not been sent. */
  #next = 0;
  /** No write refers to the region any longer. */
  #isFree = true;

  /** `flushSoon` arranges that `flush` is called when the loop has read from everybody. */
  constructor(flushSoon: () => void) {
    this.#flushSoon = flushSoon;
  }

  /** Keeps a copy of the first `length` bytes of `from` for `owner`, if they are few. */
  take(owner: OutboxOwner, from: Uint8Array, length: number): boolean {
    if (length > SHORT_REPLY || this.#length + length > OUTBOX_BYTES) return false;
    this.#region.u8.set(from.subarray(0, length), this.#length);
    this.#length += length;
    if (this.#owners.push(owner) === 1) this.#flushSoon();
    this.#ends.push(this.#length);
    return true;
  }

  /** Sends all that waits. A write may lead to another call of this: then the inner one sends what is left. */
  flush(): void {
    const isInner = this.#next > 0;
    const owners = this.#owners;
    while (this.#next < owners.length) {
      const i = this.#next++;
      const bytes = this.#region.u8.subarray(i === 0 ? 0 : this.#ends[i - 1]!, this.#ends[i]!);
      this.#isFree = owners[i]!.writeOutbox(bytes) && this.#isFree;
    }
    if (isInner) return;
    owners.length = 0;
    this.#ends.length = 0;
    this.#length = 0;
    this.#next = 0;
    if (!this.#isFree) this.#region = Region.allocate(OUTBOX_BYTES);
    this.#isFree = true;
  }
}
