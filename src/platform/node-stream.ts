/**
 * A socket of Node, without its stream machinery on the hot path.
 *
 * Reading: libuv reads into one buffer shared by all connections (`read-in-place.ts`). Where that cannot be had of the accepted
 * socket, its handle is moved into a second Socket made with the option `onread`.
 *
 * Writing: `handle.writeBuffer` sends directly, and its request tells whether the system took everything at once. Measured on
 * Node 20.20 with redis-benchmark PING, 50 clients, no pipeline: 67-72 K/s and 12.6 µs CPU against 61-64 K/s and 13.7 µs through
 * socket.write; redis-server made 63-67 K/s. Where a handle does not have these methods (another runtime), socket.write is used.
 */
import net from "node:net";
import type { Region } from "../bytes/region.js";
import type { ByteStream, StreamHandler } from "./network.js";
import { type ReadingHandle, readInPlace } from "./read-in-place.js";

/** The part of Node's TCP and Pipe handles used here. */
export interface StreamHandle extends ReadingHandle {
  fd?: number;
  writeQueueSize: number;
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  getpeername?(name: EndName): number;
  getsockname?(name: EndName): number;
}

interface EndName {
  address?: string;
  port?: number;
}

export interface WriteRequest {
  oncomplete: ((status: number) => void) | null;
  /** FREE_REQUEST unless a write that has not ended uses the request, which must not be used again until then. */
  getAsyncId(): number;
}

const FREE_REQUEST = -1;

/** A socket as a server hands it over. */
export type AcceptedSocket = net.Socket & { _handle: StreamHandle | null };

/** Handles nothing, until a stream's owner has come. */
export const NO_HANDLER: StreamHandler = {
  onData() {},
  onDrain() {},
  onEnd() {},
  onClose() {},
};

/** What writes are asked for with. Their class is not exported by Node; the first write of a network shows it. */
export class WriteRequests {
  #make: (new () => WriteRequest) | null = null;
  /** Reused for every write that the system takes at once: then nothing refers to it afterwards. */
  #request: WriteRequest | null = null;

  /** A request to write with, null while none is known. */
  take(): WriteRequest | null {
    if (this.#request === null && this.#make !== null) this.#request = new this.#make();
    return this.#request;
  }

  /** A request of the caller's own, null while their class is not known. */
  make(): WriteRequest | null {
    return this.#make === null ? null : new this.#make();
  }

  /** The request is in use by a pending write. */
  drop(): void {
    this.#request = null;
  }

  /** Lets the next write on `handle` show the class of its request object. */
  learnFrom(handle: StreamHandle): void {
    if (typeof handle.writeBuffer !== "function" || this.#make !== null) return;
    const original = handle.writeBuffer;
    handle.writeBuffer = (request, bytes) => {
      handle.writeBuffer = original;
      const isKnown = typeof handle.writeQueueSize === "number" && typeof request.getAsyncId === "function";
      if (isKnown) this.#make = request.constructor as new () => WriteRequest;
      return original.call(handle, request, bytes);
    };
  }
}

export class NodeStream implements ByteStream {
  handler: StreamHandler = NO_HANDLER;
  readonly peerAddress: string;
  readonly localAddress: string;
  readonly peerHost: string;
  readonly fd: number;
  readonly isEncrypted = false;
  readonly #socket: net.Socket;
  readonly #handle: StreamHandle;
  readonly #requests: WriteRequests;
  #isClosed = false;
  #error: string | null = null;
  /** Memory a pending write refers to. */
  #inFlight: Uint8Array | null = null;
  #endAfterWrite = false;

  constructor(
    requests: WriteRequests,
    accepted: AcceptedSocket,
    input: Region,
    readonly isUnixSocket: boolean,
    path: string,
  ) {
    this.#requests = requests;
    const ends = isUnixSocket ? unixEnds(path) : endsOf(accepted);
    this.peerHost = ends.peerHost;
    this.peerAddress = ends.peer;
    this.localAddress = ends.local;
    const handle = accepted._handle!;
    this.#handle = handle;
    this.fd = handle.fd ?? -1;
    const onRead = (length: number): void => this.handler.onData(length);
    this.#socket = readInPlace(accepted, handle, input.u8, onRead) ? accepted : secondSocket(accepted, input, onRead);
    this.#socket.on("error", (error: NodeJS.ErrnoException) => (this.#error = error.code ?? error.message));
    this.#socket.on("end", () => this.handler.onEnd());
    this.#socket.on("close", () => this.#closed());
  }

  start(): void {
    this.#socket.resume();
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isClosed) return true;
    const request = this.#requests.take();
    if (request === null) return this.#writeThroughSocket(bytes);
    const status = this.#handle.writeBuffer(request, bytes);
    if (status < 0) {
      this.#error ??= `write failed (${status})`;
      this.#socket.destroy();
      return true;
    }
    if (request.getAsyncId() === FREE_REQUEST) return true;
    this.#requests.drop();
    // Even a write that has not ended may have been taken whole.
    const isTaken = this.#handle.writeQueueSize === 0;
    request.oncomplete = () => {
      if (!isTaken) this.#written();
    };
    if (isTaken) return true;
    this.#inFlight = bytes;
    return false;
  }

  get queuedBytes(): number {
    return this.#isClosed ? 0 : this.#handle.writeQueueSize;
  }

  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    if (!this.#isClosed) this.#socket.resume();
  }

  end(): void {
    if (this.#inFlight !== null) this.#endAfterWrite = true;
    // The system has all there is to send. Saying so first would leave a hostile peer two turns to go on sending.
    else this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The first write of the process shows what a write request is made of; see WriteRequests. */
  #writeThroughSocket(bytes: Uint8Array): boolean {
    this.#requests.learnFrom(this.#handle);
    this.#inFlight = bytes;
    let isSync = true;
    let isDone = false;
    this.#socket.write(bytes, () => {
      isDone = true;
      if (!isSync) this.#written();
    });
    isSync = false;
    if (this.#socket.writableLength > 0 || !isDone) return false;
    this.#inFlight = null;
    return true;
  }

  #written(): void {
    this.#inFlight = null;
    if (this.#isClosed) return;
    if (this.#endAfterWrite) this.#socket.destroy();
    else this.handler.onDrain();
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.handler.onClose(this.#error);
  }
}

/** A socket with the handle of another, reading in place. */
function secondSocket(accepted: AcceptedSocket, input: Region, onRead: (length: number) => void): net.Socket {
  const handle = accepted._handle;
  const callback = (length: number): boolean => {
    onRead(length);
    return true;
  };
  accepted._handle = null;
  accepted.destroy();
  const options = { handle, onread: { buffer: input.u8, callback }, allowHalfOpen: true };
  return new net.Socket(options as unknown as net.SocketConstructorOpts);
}

/** The addresses of a connection's two ends. */
interface Ends {
  readonly peerHost: string;
  readonly peer: string;
  readonly local: string;
}

function unixEnds(path: string): Ends {
  return { peerHost: "", peer: `${path}:0`, local: `${path}:0` };
}

/** Asks the handle where it tells, since a socket keeps what it was asked. */
function endsOf(accepted: AcceptedSocket): Ends {
  const handle = accepted._handle!;
  const peer: EndName = {};
  const local: EndName = {};
  if (handle.getpeername?.(peer) !== 0 || handle.getsockname?.(local) !== 0) {
    const { remoteAddress, remotePort, localAddress, localPort } = accepted;
    return {
      peerHost: remoteAddress ?? "",
      peer: addressOf(remoteAddress, remotePort),
      local: addressOf(localAddress, localPort),
    };
  }
  return {
    peerHost: peer.address ?? "",
    peer: addressOf(peer.address, peer.port),
    local: addressOf(local.address, local.port),
  };
}

/** "address:port", as CLIENT LIST shows it. */
export function addressOf(host: string | undefined, port: number | undefined): string {
  if (host === undefined) return "?:0";
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
