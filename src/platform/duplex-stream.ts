/** A ByteStream over any Duplex: for connections without a socket, and for sockets of which nothing more is known. */
import type { Duplex } from "node:stream";
import type { Region } from "../bytes/region.js";
import { type ByteStream, type Ends, NO_HANDLER, type StreamHandler } from "./network.js";

export class DuplexStream implements ByteStream {
  handler: StreamHandler = NO_HANDLER;
  readonly isEncrypted = false;
  readonly fd = -1;
  readonly #input: Region;
  /** What has come and was not handled yet, because it is more than the input takes or reading is paused. */
  #rest: Uint8Array | null = null;
  #isPaused = false;
  #isFeeding = false;
  #isClosed = false;
  #error: string | null = null;

  constructor(
    readonly duplex: Duplex,
    input: Region,
    readonly ends: Ends,
  ) {
    this.#input = input;
    duplex.on("data", (chunk: Uint8Array) => {
      this.#rest = chunk;
      this.#feed();
    });
    duplex.on("end", () => this.handler.onEnd());
    duplex.on("error", (error) => (this.#error = error.message));
    duplex.on("close", () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.#rest = null;
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
    if (!this.#isFeeding) this.#feed();
  }

  end(): void {
    this.duplex.end(() => this.duplex.destroy());
  }

  destroy(): void {
    this.duplex.destroy();
  }

  /** Hands over what has come in pieces that the input takes, until reading is paused. */
  #feed(): void {
    this.#isFeeding = true;
    while (this.#rest !== null && !this.#isPaused && !this.#isClosed) {
      const chunk = this.#rest;
      const { u8 } = this.#input;
      const length = Math.min(chunk.length, u8.length);
      u8.set(chunk.subarray(0, length));
      this.#rest = length < chunk.length ? chunk.subarray(length) : null;
      this.handler.onData(length);
    }
    this.#isFeeding = false;
    if (this.#rest !== null) this.duplex.pause();
    else if (!this.#isPaused) this.duplex.resume();
  }
}
