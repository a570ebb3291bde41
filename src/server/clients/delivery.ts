/**
 * What batches make others receive: messages of channels, invalidations, replies to commands that waited. It leaves when the batch ends.
 *
 * If the batch was cut short, as when each of its messages has thousands of receivers, that waits for the rest of it, for some
 * milliseconds at most: one write for each receiver then takes several messages along, and it is the writes that cost. What batches of
 * others have to send meanwhile does not wait.
 */
import type { ClientOutput } from "./client-output.js";
import type { MessageJoiner } from "./output-queue.js";
import type { ServerClient } from "./server-client.js";

/** Messages wait for the rest of a batch so long, or for a quarter of the time that sending them will take. */
const HELD_MS = 5;
const HELD_MS_PER_RECEIVER = 0.002;
/** So many outputs are looked at before they are sent. */
const FETCHED_AHEAD = 16;

/** What is sent when a batch ends. */
export type QueuedOutput = Pick<ClientOutput, "isToFlush" | "queuedBytes" | "flushQueue">;

interface DeliveryParts {
  nowMs(): number;
  soon(action: () => void): void;
}

export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #joiner: MessageJoiner;
  readonly #outputs: QueuedOutput[] = [];
  /** So many of them, the first, wait for the batch of `#holder` to go on. */
  #held = 0;
  #holder: ServerClient | null = null;
  #heldSinceMs = 0;
  /** Kept so that the reads of `#fetchAhead` are not optimised away. */
  #touched = 0;

  constructor(parts: DeliveryParts, joiner: MessageJoiner) {
    this.#parts = parts;
    this.#joiner = joiner;
  }

  /** Whether others are to get something. */
  get isPending(): boolean {
    return this.#outputs.length > 0;
  }

  /** Sends what `output` has queued with the others. */
  add(output: QueuedOutput): void {
    if (output.isToFlush) return;
    output.isToFlush = true;
    this.#outputs.push(output);
  }

  /** The batch of `client` has ended, or what was none of a client's. */
  endBatch(client: ServerClient | null, nowMs: number): void {
    const isRest = client !== null && client === this.#holder;
    if (!isRest && this.#outputs.length <= this.#held) return;
    if (client !== null && client.suspension === "yielding") {
      if (this.#holder === null) {
        this.#holder = client;
        this.#heldSinceMs = nowMs;
        this.#watchHeld();
      }
      if (nowMs - this.#heldSinceMs >= this.#holdMs) this.flushAll();
      else this.#held = this.#outputs.length;
    } else if (isRest) {
      this.flushAll();
    } else {
      this.#flushFrom(this.#held);
    }
  }

  flushAll(): void {
    this.#held = 0;
    this.#holder = null;
    this.#flushFrom(0);
  }

  #flushFrom(first: number): void {
    // A write that fails may close a connection, and that may have messages for others.
    for (let i = first; i < this.#outputs.length; i++) {
      if ((i - first) % FETCHED_AHEAD === 0) this.#fetchAhead(i);
      const output = this.#outputs[i]!;
      output.isToFlush = false;
      output.flushQueue();
    }
    this.#outputs.length = first;
    this.#joiner.forget();
  }

  /**
   * Touches what sending to the next clients will read, all at once: with thousands of them it lies in far caches, and one waits for
   * one place after the other otherwise. Worth 5 % of the CPU time of a message to 1 000 subscribers.
   */
  #fetchAhead(from: number): void {
    const end = Math.min(from + FETCHED_AHEAD, this.#outputs.length);
    if (end - from < FETCHED_AHEAD) return;
    for (let i = from; i < end; i++) this.#touched |= this.#outputs[i]!.queuedBytes;
  }

  get #holdMs(): number {
    return Math.max(HELD_MS, this.#outputs.length * HELD_MS_PER_RECEIVER);
  }

  /** Sees in every turn of the loop that what is held leaves, whatever becomes of the batch it came from. */
  #watchHeld(): void {
    this.#parts.soon(() => {
      const holder = this.#holder;
      if (holder === null) return;
      const isOver = this.#parts.nowMs() - this.#heldSinceMs >= this.#holdMs;
      if (isOver || holder.closed || holder.suspension !== "yielding") this.flushAll();
      else this.#watchHeld();
    });
  }
}
