/**
 * A TLS connection over a socket of Node, without its stream machinery on the hot path, as `node-stream.ts` does for plain sockets.
 *
 * Reading: what OpenSSL has decrypted is put into the input region by Node's native side (`socket-internals.ts`); where that cannot be had
 * (another runtime) 'data' events are copied.
 *
 * Writing: `handle.writeBuffer` encrypts at once, so the bytes are free when it returns, but Node reports the end of a write to a TLS
 * handle only in the next turn of the event loop, and takes no other before. What the server writes meanwhile is collected.
 */
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Region } from "../bytes/region.js";
import { type ByteStream, type Ends, NO_HANDLER, type StreamHandler } from "./network.js";
import { loadTls, type NodeTlsContext } from "./node-tls-context.js";
import { socketEnds } from "./socket-ends.js";
import type { SocketInternals, StreamHandle } from "./socket-internals.js";
import type { ClientCertificates, TlsAcceptance } from "./tls.js";

/** How long a client may take to say who it is. */
const HANDSHAKE_LIMIT_MS = 60_000;

const enum Size {
  /** What is encrypted in one go: more would keep others waiting, and is kept twice. */
  PIECE = 262144,
  /** Up to this much nobody has to wait for the system to take it: to ask whether it has costs more. */
  SMALL = 4096,
  /** What is copied while a write has not been reported as ended; above, the writer has to wait. */
  COLLECTED = 65536,
}

/** The part of Node's TLS handles used here. */
interface TlsHandle extends StreamHandle {
  verifyError(): Error | null;
  onread: unknown;
}

export class NodeTlsStream implements ByteStream {
  handler: StreamHandler = NO_HANDLER;
  readonly isEncrypted = true;
  readonly ends: Ends;
  readonly fd: number;
  readonly #socket: TLSSocket;
  readonly #handle: TlsHandle;
  /** Under the TLS: what it has not sent yet shows that the peer does not read. */
  readonly #lower: StreamHandle;
  readonly #internals: SocketInternals | null;
  readonly #clientCertificates: ClientCertificates;
  readonly #handshakeLimit: NodeJS.Timeout;
  /** The handshake is done, with a client that may be here. */
  #isReady = false;
  #isClosed = false;
  #error: string | null = null;
  /** A write has not been reported as ended. */
  #isBusy = false;
  /** Copies of what was written while busy. */
  #collected: Uint8Array[] = [];
  #collectedBytes = 0;
  /** Memory of the writer, of which the first `#encrypted` bytes are done; the writer waits for `onDrain`. */
  #held: Uint8Array | null = null;
  #encrypted = 0;
  #owesDrain = false;
  #endAfterWrite = false;

  constructor(
    internals: SocketInternals | null,
    accepted: Socket,
    handle: StreamHandle,
    input: Region,
    acceptance: TlsAcceptance,
  ) {
    this.#internals = internals;
    this.ends = socketEnds(accepted);
    this.#lower = handle;
    this.fd = handle.fd ?? -1;
    this.#clientCertificates = acceptance.clientCertificates;
    const requestCert = acceptance.clientCertificates !== "no";
    const { TLSSocket } = loadTls();
    this.#socket = new TLSSocket(accepted, {
      isServer: true,
      secureContext: (acceptance.context as NodeTlsContext).secure,
      requestCert,
      rejectUnauthorized: acceptance.clientCertificates === "yes",
    });
    this.#handle = (this.#socket as unknown as { _handle: TlsHandle })._handle;
    const onRead = (length: number): void => this.handler.onData(length);
    if (internals === null) this.#readCopies(input);
    else internals.readInPlace(this.#socket, this.#handle, input.u8, onRead);
    this.#socket.on("secure", () => this.#secured());
    this.#socket.on("error", (error) => this.#failed(error));
    this.#socket.on("end", () => this.#ended());
    this.#socket.on("close", () => this.#closed());
    this.#handshakeLimit = setTimeout(() => this.#fail("the handshake took too long"), HANDSHAKE_LIMIT_MS).unref();
  }

  get isOpen(): boolean {
    return !this.#isClosed && !this.#socket.destroyed;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isClosed) return true;
    if (this.#isReady && !this.#isBusy && this.#held === null) return this.#begin(bytes);
    const isSmall = this.#collectedBytes + bytes.length <= Size.COLLECTED;
    if (this.#isReady && this.#held === null && isSmall && this.#lower.writeQueueSize === 0) {
      this.#collected.push(bytes.slice());
      this.#collectedBytes += bytes.length;
      return true;
    }
    this.#held = bytes;
    this.#encrypted = 0;
    this.#owesDrain = true;
    return false;
  }

  get queuedBytes(): number {
    return this.#isClosed ? 0 : this.#lower.writeQueueSize;
  }

  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    if (!this.#isClosed) this.#socket.resume();
  }

  end(): void {
    if (!this.#isReady || this.#isBusy || this.#held !== null) this.#endAfterWrite = true;
    else this.#socket.destroySoon();
  }

  destroy(): void {
    // Says good-bye where that takes no waiting, so that the client does not suspect a cut.
    if (this.#isReady && !this.#isBusy && !this.#socket.destroyed) this.#socket.end();
    this.#socket.destroy();
  }

  // Reading

  /** A chunk is never larger than a TLS record, which the input takes. */
  #readCopies(input: Region): void {
    this.#socket.on("data", (chunk: Uint8Array) => {
      for (let from = 0; from < chunk.length; from += input.u8.length) {
        const piece = chunk.subarray(from, from + input.u8.length);
        input.u8.set(piece);
        this.handler.onData(piece.length);
      }
    });
  }

  // Writing

  /** Encrypts and sends; true when the system has taken all. */
  #begin(bytes: Uint8Array): boolean {
    if (bytes.length <= Size.PIECE) {
      this.#send(bytes);
      if (bytes.length <= Size.SMALL || this.#lower.writeQueueSize === 0) return true;
      this.#owesDrain = true;
      return false;
    }
    this.#held = bytes;
    this.#encrypted = 0;
    this.#owesDrain = true;
    this.#sendPiece();
    return false;
  }

  #send(bytes: Uint8Array): void {
    this.#isBusy = true;
    if (this.#internals === null) {
      this.#socket.write(bytes, (error) => this.#sent(error == null ? 0 : -1));
      return;
    }
    const request = this.#internals.write(this.#handle, bytes);
    if (typeof request !== "number") {
      request.oncomplete = (status) => this.#sent(status);
    } else if (request === 0) {
      queueMicrotask(() => this.#sent(0));
    } else {
      this.#isBusy = false;
      this.#fail(`write failed (${request})`);
    }
  }

  #sendPiece(): void {
    const held = this.#held!;
    const piece = held.subarray(this.#encrypted, this.#encrypted + Size.PIECE);
    this.#encrypted += piece.length;
    if (this.#encrypted === held.length) this.#held = null;
    this.#send(piece);
  }

  #sent(status: number): void {
    this.#isBusy = false;
    if (this.#isClosed) return;
    if (status < 0) return this.#fail(`write failed (${status})`);
    if (this.#collected.length > 0) {
      const collected = this.#collected;
      this.#collected = [];
      this.#collectedBytes = 0;
      this.#send(collected.length === 1 ? collected[0]! : Buffer.concat(collected));
    } else if (this.#held !== null) {
      this.#sendPiece();
    } else if (this.#endAfterWrite) {
      this.#socket.destroySoon();
    } else if (this.#owesDrain) {
      this.#owesDrain = false;
      this.handler.onDrain();
    }
  }

  // Beginning and end

  #secured(): void {
    clearTimeout(this.#handshakeLimit);
    const problem = this.#certificateProblem();
    if (problem !== null) return this.#fail(problem);
    this.#isReady = true;
    if (this.#held !== null) this.#sendPiece();
    else if (this.#endAfterWrite) this.#socket.destroySoon();
  }

  /** Node lets every certificate pass the handshake, and leaves it to its user to look at the result. */
  #certificateProblem(): string | null {
    if (this.#clientCertificates === "no") return null;
    const hasCertificate = this.#socket.getPeerX509Certificate() !== undefined;
    if (!hasCertificate) return this.#clientCertificates === "yes" ? "peer did not return a certificate" : null;
    const error = this.#handle.verifyError();
    return error === null ? null : `certificate verify failed: ${error.message}`;
  }

  #ended(): void {
    // Without a handshake there is nothing to send to it either.
    if (this.#isReady) this.handler.onEnd();
    else this.#socket.destroy();
  }

  #failed(error: Error & { code?: string; reason?: string }): void {
    this.#note(error.reason ?? error.code ?? error.message);
  }

  #fail(problem: string): void {
    this.#note(problem);
    this.#socket.destroy();
  }

  #note(problem: string): void {
    this.#error ??= this.#isReady ? problem : `handshake: ${problem}`;
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#handshakeLimit);
    this.#held = null;
    this.#collected = [];
    this.handler.onClose(this.#error);
  }
}
