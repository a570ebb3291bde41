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
  /** By position in the turn, views of what was sent last: mostly it is as long the next time, and a view costs more than its bytes. */
  readonly #views: Uint8Array[] = [];

  /** `flushSoon` arranges that `flush` is called when the loop has read from everybody. */
  constructor(flushSoon: () => void) {
    this.#flushSoon = flushSoon;
  }

  /** Whether a reply of `length` bytes can be taken. */
  hasRoomFor(length: number): boolean {
    return length <= SHORT_REPLY && this.#length + length <= OUTBOX_BYTES;
  }

  /** Keeps a copy of `bytes` for `owner`, if they are few. */
  take(owner: OutboxOwner, bytes: Uint8Array): boolean {
    if (!this.hasRoomFor(bytes.length)) return false;
    this.#region.u8.set(bytes, this.#length);
    this.#length += bytes.length;
    if (this.#owners.push(owner) === 1) this.#flushSoon();
    this.#ends.push(this.#length);
    return true;
  }

  /** Sends all that waits. A write may lead to another call of this: then the inner one sends what is left. */
  flush(): void {
    const { u8 } = this.#region;
    const isInner = this.#next > 0;
    const owners = this.#owners;
    const views = this.#views;
    while (this.#next < owners.length) {
      const i = this.#next++;
      const start = i === 0 ? 0 : this.#ends[i - 1]!;
      const end = this.#ends[i]!;
      let view = views[i];
      if (view === undefined || view.byteOffset !== start || view.length !== end - start) {
        view = u8.subarray(start, end);
        views[i] = view;
      }
      this.#isFree = owners[i]!.writeOutbox(view) && this.#isFree;
    }
    if (isInner) return;
    owners.length = 0;
    this.#ends.length = 0;
    this.#length = 0;
    this.#next = 0;
    if (this.#isFree) return;
    this.#region = Region.allocate(OUTBOX_BYTES);
    views.length = 0;
    this.#isFree = true;
  }
}
