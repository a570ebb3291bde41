/**
 * What Node's sockets are made of inside, learnt from one of them: a handle, which calls its owner when something has been read, and
 * takes bytes to write. With that a connection needs no `net.Socket`, whose stream machinery costs more than what a server does.
 *
 * Reading: `useUserBuffer` makes libuv read into memory of the caller's; the handle's function `onread` then tells its owner, by keys
 * that `net.Socket` has for its option `onread`.
 *
 * Writing: up to Node 22 `writeBuffer` takes a request object, which is free again at once when the system took everything; since Node
 * 24 it makes one itself, and only when a write has not ended.
 *
 * Where anything is not as expected (another runtime, a later Node) nothing is learnt, and streams copy their bytes instead.
 */
import net from "node:net";

/** The part of Node's TCP and Pipe handles used here. */
export interface StreamHandle {
  fd?: number;
  onread?: unknown;
  writeQueueSize: number;
  readStart(): number;
  readStop(): number;
  /** How it is called depends on the version of Node: for `SocketInternals.write` alone. */
  writeBuffer(request: WriteRequest | null, bytes: Uint8Array): number | WriteRequest;
  useUserBuffer(buffer: Uint8Array): void;
  setNoDelay?(on: boolean): number;
  setKeepAlive?(on: boolean, seconds: number): number;
  getpeername?(name: EndName): number;
  getsockname?(name: EndName): number;
  close(done: () => void): void;
}

export interface EndName {
  address?: string;
  port?: number;
}

/** A write that has not ended. */
interface WriteRequest {
  oncomplete: ((status: number) => void) | null;
  /** FREE_REQUEST unless a write that has not ended uses the request, which must not be used again until then. */
  getAsyncId(): number;
  /** Since Node 24: how a write ended before `oncomplete` could be set, otherwise null. */
  writeStatus?: number | null;
}

const FREE_REQUEST = -1;

/** Told by its handle what happens. */
export interface HandleReader {
  onData(length: number): void;
  onEnd(): void;
  onError(error: NodeJS.ErrnoException): void;
}

export interface SocketInternals {
  /** Makes `handle` read into `buffer` and tell `reader`. It does not read yet. */
  adopt(handle: StreamHandle, buffer: Uint8Array, reader: HandleReader): HandleOwner;
  /** The same for a `net.Socket`, which keeps its handle: only what is read goes to `onRead`. */
  readInPlace(socket: net.Socket, handle: StreamHandle, buffer: Uint8Array, onRead: (length: number) => void): void;
  /** 0: the system has the bytes, which are free again. Below 0: the number of an error. A request: the write has not ended. */
  write(handle: StreamHandle, bytes: Uint8Array): number | WriteRequest;
}

export type HandleClass = new (type: number) => StreamHandle;
type RequestClass = new () => WriteRequest;

/** The keys by which a handle finds its owner, and what the owner has for it. */
interface Keys {
  readonly owner: symbol;
  readonly updateTimer: symbol;
  readonly buffer: symbol;
  readonly callback: symbol;
  readonly generator: symbol;
}

/** The type of TCP and Pipe handles that are no servers. */
const SOCKET_HANDLE = 0;

/** Learns from a socket made for it around a new handle of that class; null when it is not made as expected. */
export function learnSocketInternals(handleClass: HandleClass): SocketInternals | null {
  try {
    return learnFrom(new handleClass(SOCKET_HANDLE));
  } catch {
    return null;
  }
}

function learnFrom(handle: StreamHandle): SocketInternals | null {
  const onread = { buffer: new Uint8Array(1), callback: () => true };
  // The type of the options leaves out what a server's sockets are made with.
  const options = { handle, onread, pauseOnCreate: true } as unknown as net.SocketConstructorOpts;
  const socket = new net.Socket(options);
  socket.on("error", () => {});
  try {
    const keys = keysOf(socket, handle);
    const requestClass = keys === null ? undefined : requestClassOf(socket, handle);
    if (keys === null || requestClass === undefined || typeof handle.onread !== "function") return null;
    return new NodeInternals(
      keys,
      handle.onread,
      requestClass === null ? writeWithoutRequest : writeWith(requestClass),
    );
  } finally {
    socket.destroy();
  }
}

function keysOf(socket: net.Socket, handle: StreamHandle): Keys | null {
  const owner = symbolOf(handle, "owner_symbol");
  const updateTimer = symbolOf(net.Socket.prototype, "kUpdateTimer");
  const buffer = symbolOf(socket, "kBuffer");
  const callback = symbolOf(socket, "kBufferCb");
  const generator = symbolOf(socket, "kBufferGen");
  if (!owner || !updateTimer || !buffer || !callback || !generator) return null;
  return { owner, updateTimer, buffer, callback, generator };
}

function symbolOf(object: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description);
}

/** What a write of the socket gives its handle: a request's class, null for none; undefined when that is not known here. */
function requestClassOf(socket: net.Socket, handle: StreamHandle): RequestClass | null | undefined {
  let found: RequestClass | null | undefined;
  handle.writeBuffer = (request) => {
    if (request === null) found = null;
    else if (typeof request?.getAsyncId === "function") found = request.constructor as RequestClass;
    return 0;
  };
  socket.write(new Uint8Array(1));
  return typeof handle.writeQueueSize === "number" ? found : undefined;
}

function writeWithoutRequest(handle: StreamHandle, bytes: Uint8Array): number | WriteRequest {
  const result = handle.writeBuffer(null, bytes);
  return typeof result === "number" ? result : (result.writeStatus ?? result);
}

function writeWith(requestClass: RequestClass): SocketInternals["write"] {
  // Used again after every write that the system takes at once: then nothing refers to it any longer.
  let request = new requestClass();
  return (handle, bytes) => {
    const used = request;
    const status = handle.writeBuffer(used, bytes) as number;
    if (status < 0) return status;
    if (used.getAsyncId() === FREE_REQUEST) return 0;
    request = new requestClass();
    return used;
  };
}

/** What a handle has to have for an owner, where no `net.Socket` is: its members are those that Node's `onread` calls. */
export class HandleOwner {
  /** To be set when the handle is closed: then `reader` hears of no more data. */
  destroyed = false;
  readonly _readableState = NOT_ENDED;

  constructor(readonly reader: HandleReader) {}

  /** Pushed is only the end. */
  push(): void {
    this.reader.onEnd();
  }

  read(): void {}

  on(): void {}

  destroy(error: NodeJS.ErrnoException): void {
    this.reader.onError(error);
  }
}

const NOT_ENDED = { endEmitted: false } as const;

class NodeInternals implements SocketInternals {
  readonly #keys: Keys;
  readonly #onread: unknown;
  readonly #Owner: new (
    reader: HandleReader,
  ) => HandleOwner;

  constructor(
    keys: Keys,
    onread: unknown,
    readonly write: SocketInternals["write"],
  ) {
    this.#keys = keys;
    this.#onread = onread;
    class Owner extends HandleOwner {}
    const members: Record<symbol, unknown> = {
      [keys.updateTimer]() {},
      [keys.buffer]: true,
      [keys.callback](this: HandleOwner, length: number) {
        this.reader.onData(length);
        return true;
      },
      [keys.generator]: null,
    };
    Object.assign(Owner.prototype, members);
    this.#Owner = Owner;
  }

  adopt(handle: StreamHandle, buffer: Uint8Array, reader: HandleReader): HandleOwner {
    const owner = new this.#Owner(reader);
    (handle as unknown as Record<symbol, unknown>)[this.#keys.owner] = owner;
    handle.onread = this.#onread;
    handle.useUserBuffer(buffer);
    return owner;
  }

  readInPlace(socket: net.Socket, handle: StreamHandle, buffer: Uint8Array, onRead: (length: number) => void): void {
    const slots = socket as unknown as Record<symbol, unknown>;
    slots[this.#keys.buffer] = buffer;
    slots[this.#keys.callback] = (length: number): boolean => {
      onRead(length);
      return true;
    };
    handle.useUserBuffer(buffer);
  }
}
