/**
 * A connection of TCP or a Unix socket (Windows: a pipe) by its handle alone, without a `net.Socket`; see socket-internals.ts, and
 * docs/design/0004-connections.md for what that is worth.
 */
import type { Region } from "../bytes/region.js";
import { type ByteStream, type Ends, NO_HANDLER, type StreamHandler } from "./network.js";
import type { HandleOwner, HandleReader, SocketInternals, StreamHandle } from "./socket-internals.js";

export class NodeStream implements ByteStream, HandleReader {
  handler: StreamHandler = NO_HANDLER;
  readonly fd: number;
  readonly isEncrypted = false;
  readonly #internals: SocketInternals;
  readonly #handle: StreamHandle;
  readonly #owner: HandleOwner;
  #error: string | null = null;
  /** Memory a pending write refers to. */
  #inFlight: Uint8Array | null = null;
  #endAfterWrite = false;

  constructor(
    internals: SocketInternals,
    handle: StreamHandle,
    input: Region,
    readonly ends: Ends,
  ) {
    this.#internals = internals;
    this.#handle = handle;
    this.fd = handle.fd ?? -1;
    this.#owner = internals.adopt(handle, input.u8, this);
  }

  get isOpen(): boolean {
    return !this.#owner.destroyed;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#owner.destroyed) return true;
    const request = this.#internals.write(this.#handle, bytes);
    if (request === 0) return true;
    if (typeof request === "number") {
      this.#fail(`write failed (${request})`);
      return true;
    }
    // Even a write that has not ended may have been taken whole.
    const isTaken = this.#handle.writeQueueSize === 0;
    request.oncomplete = (status) => {
      if (status < 0 && !this.#owner.destroyed) this.#fail(`write failed (${status})`);
      else if (!isTaken) this.#written();
    };
    if (isTaken) return true;
    this.#inFlight = bytes;
    return false;
  }

  get queuedBytes(): number {
    return this.#owner.destroyed ? 0 : this.#handle.writeQueueSize;
  }

  pauseReading(): void {
    if (!this.#owner.destroyed) this.#handle.readStop();
  }

  resumeReading(): void {
    if (!this.#owner.destroyed) this.#handle.readStart();
  }

  end(): void {
    if (this.#inFlight !== null) this.#endAfterWrite = true;
    // The system has all there is to send. Saying so first would leave a hostile peer two turns to go on sending.
    else this.destroy();
  }

  destroy(): void {
    if (this.#owner.destroyed) return;
    this.#owner.destroyed = true;
    this.#handle.close(() => {
      this.#inFlight = null;
      this.handler.onClose(this.#error);
    });
  }

  onData(length: number): void {
    this.handler.onData(length);
  }

  onEnd(): void {
    this.handler.onEnd();
  }

  onError(error: NodeJS.ErrnoException): void {
    this.#fail(error.code ?? error.message);
  }

  #fail(problem: string): void {
    this.#error ??= problem;
    this.destroy();
  }

  #written(): void {
    this.#inFlight = null;
    if (this.#owner.destroyed) return;
    if (this.#endAfterWrite) this.destroy();
    else this.handler.onDrain();
  }
}
