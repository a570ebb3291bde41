/**
 * A ByteStream over any Duplex: for connections without a socket, and for sockets of which nothing more is known.
 *
 * What comes is handed over in a turn of the event loop of its own. A Duplex may deliver while somebody writes to its other end, and that may be
 * the server, in the middle of a batch of this client or of another: its input region, and what it is about to send, must not change then.
 */
import type { Duplex } from "node:stream";
import type { Region } from "../bytes/region.js";
import { type ByteStream, type Ends, NO_HANDLER, type StreamHandler } from "./network.js";

export class DuplexStream implements ByteStream {
  handler: StreamHandler = NO_HANDLER;
  readonly isEncrypted: boolean;
  readonly fd = -1;
  readonly #input: Region;
  /** What has come and was not handed over yet, and how much of the first chunk has been. */
  #chunks: Uint8Array[] = [];
  #handedOver = 0;
  #waitingBytes = 0;
  /** The end has come behind them. */
  #hasEnded = false;
  #isPaused = false;
  /** It will be looked at what there is to hand over, or is. */
  #isFeeding = false;
  #isClosed = false;
  #error: string | null = null;

  constructor(
    readonly duplex: Duplex,
    input: Region,
    readonly ends: Ends,
    { isEncrypted = false }: { isEncrypted?: boolean } = {},
  ) {
    this.#input = input;
    this.isEncrypted = isEncrypted;
    duplex.on("data", (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      this.#waitingBytes += chunk.length;
      if (this.#waitingBytes >= input.u8.length) duplex.pause();
      this.#feedSoon();
    });
    duplex.on("end", () => {
      this.#hasEnded = true;
      this.#feedSoon();
    });
    duplex.on("error", (error) => (this.#error = error.message));
    duplex.on("close", () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.#chunks = [];
      this.handler.onClose(this.#error);
    });
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isClosed) return true;
    // The bytes are copied: a Duplex may keep them for as long as it likes.
    if (this.duplex.write(Buffer.from(bytes))) return true;
    this.duplex.once("drain", () => this.handler.onDrain());
    return false;
  }

  get queuedBytes(): number {
    return this.duplex.writableLength;
  }

  pauseReading(): void {
    this.#isPaused = true;
    this.duplex.pause();
  }

  resumeReading(): void {
    this.#isPaused = false;
    if (this.#chunks.length > 0 || this.#hasEnded) this.#feedSoon();
    else this.duplex.resume();
  }

  end(): void {
    this.duplex.end(() => this.duplex.destroy());
  }

  destroy(): void {
    this.duplex.destroy();
  }

  #feedSoon(): void {
    if (this.#isFeeding) return;
    this.#isFeeding = true;
    setImmediate(() => {
      this.#feed();
      this.#isFeeding = false;
    });
  }

  /** Hands over what has come, in pieces that the input takes, until reading is paused; then the end. */
  #feed(): void {
    while (this.#chunks.length > 0 && !this.#isPaused && !this.#isClosed) this.handler.onData(this.#fillInput());
    if (this.#isClosed) return;
    if (this.#chunks.length > 0) {
      this.duplex.pause();
    } else if (this.#hasEnded) {
      if (this.#isPaused) return;
      this.#hasEnded = false;
      this.handler.onEnd();
    } else if (!this.#isPaused) {
      this.duplex.resume();
    }
  }

  /** Puts as much into the input as it takes; returns how much that is. */
  #fillInput(): number {
    const { u8 } = this.#input;
    const chunks = this.#chunks;
    let length = 0;
    let done = 0;
    while (done < chunks.length && length < u8.length) {
      const chunk = chunks[done]!;
      const from = this.#handedOver;
      const count = Math.min(chunk.length - from, u8.length - length);
      u8.set(from === 0 && count === chunk.length ? chunk : chunk.subarray(from, from + count), length);
      length += count;
      this.#handedOver = from + count;
      if (this.#handedOver < chunk.length) break;
      this.#handedOver = 0;
      done++;
    }
    chunks.splice(0, done);
    this.#waitingBytes -= length;
    return length;
  }
}
