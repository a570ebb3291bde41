/** Listens on TCP addresses, Unix sockets and Windows pipes with Node's servers. */
import { chmodSync, rmSync } from "node:fs";
import net from "node:net";
import { getSystemErrorName } from "node:util";
import type { Region } from "../bytes/region.js";
import { DuplexStream } from "./duplex-stream.js";
import type { Connecting, ConnectOptions, Listener, ListenOptions, Network } from "./network.js";
import { connectNow } from "./node-connect.js";
import { NodeStream } from "./node-stream.js";
import { createTlsContext } from "./node-tls-context.js";
import { NodeTlsStream } from "./node-tls-stream.js";
import { handleEnds, socketEnds, systemPath, unixEnds } from "./socket-ends.js";
import { type HandleClass, learnSocketInternals, type SocketInternals, type StreamHandle } from "./socket-internals.js";
import type { TlsContext, TlsSettings } from "./tls.js";

/** What a socket is bound with, of Node's inside; handles have more methods than these. */
interface BoundHandle {
  readonly fd?: number;
  listen(backlog: number): number;
  close(): void;
  /** Called with the handle of a connection; some runtimes leave that out, and have it elsewhere. */
  onconnection?: ((this: BoundHandle, status: number, handle?: StreamHandle) => void) | null;
}

/** Node's own function to bind a socket, exported but not documented: a handle, or the number of an error. */
type CreateHandle = (host: string, port: number, family: 4 | 6, fd: undefined, flags: number) => BoundHandle | number;

/**
 * What net.Server.listen ends in, exported but not documented. Called for an IP address it spares a start 6 to 10 ms (Node 20.20):
 * `listen` looks up addresses too with node:dns, and loads node:cluster and node:child_process to ask whether a primary process
 * shares its port. A server here always has a port of its own.
 */
interface DirectServer {
  _listen2?(host: string, port: number, family: 4 | 6, backlog: number, fd: undefined, flags: number): void;
}

/** As libuv has it. */
const IPV6_ONLY = 1;
const BACKLOG = 511;

class NodeNetwork implements Network {
  readonly #learn: typeof learnSocketInternals;
  /** Undefined until the first connection, null where they are not as expected. */
  #internals: SocketInternals | null | undefined;

  constructor(learn: typeof learnSocketInternals) {
    this.#learn = learn;
  }

  listen(input: Region, options: ListenOptions): Promise<Listener> {
    const server = this.#server(input, options);
    const { path } = options;
    const isFile = path !== undefined && process.platform !== "win32";
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      const onListening = (): void => {
        server.off("error", reject);
        this.#acceptHandles(server, input, options);
        if (isFile && options.mode) chmodSync(path, options.mode);
        resolve(listenerOf(server));
      };
      server.once("listening", onListening);
      const backlog = options.backlog ?? BACKLOG;
      if (path !== undefined) {
        if (isFile) rmSync(path, { force: true });
        server.listen({ path: systemPath(path), backlog });
      } else {
        listenOnPort(server, options.host, options.port ?? 0, backlog);
      }
    });
  }

  listenNow(input: Region, options: ListenOptions & { host: string; port: number }): Listener {
    const { host, port, backlog = BACKLOG } = options;
    const family = net.isIP(host);
    if (family === 0) throw systemError("ENOTFOUND");
    const createHandle = (net as unknown as { _createServerHandle?: CreateHandle })._createServerHandle;
    if (createHandle === undefined) throw systemError("ENOTSUP");
    const handle = createHandle(host, port, family === 6 ? 6 : 4, undefined, family === 6 ? IPV6_ONLY : 0);
    if (typeof handle === "number") throw systemError(getSystemErrorName(handle));
    // An address in use is not reported before this; the server's own listen then finds all done.
    const status = handle.listen(backlog);
    if (status !== 0) {
      handle.close();
      throw systemError(getSystemErrorName(status));
    }
    const server = this.#server(input, options);
    server.listen(handle as object, backlog);
    this.#acceptHandles(server, input, options);
    return listenerOf(server);
  }

  connect(input: Region, options: ConnectOptions): Connecting {
    return connectNow(input, options);
  }

  createTlsContext(settings: TlsSettings): TlsContext {
    return createTlsContext(settings);
  }

  #server(input: Region, options: ListenOptions): net.Server {
    const server = net.createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true });
    server.on("connection", (socket) => {
      const handle = handleOf(socket);
      // Gone already.
      if (handle === null || socket.destroyed) return;
      const seconds = keepAliveSeconds(options);
      if (seconds > 0) socket.setKeepAlive(true, seconds * 1000);
      const stream =
        options.tls === undefined
          ? new DuplexStream(socket, input, options.path === undefined ? socketEnds(socket) : unixEnds(options.path))
          : new NodeTlsStream(this.#internalsOf(handle), socket, handle, input, options.tls());
      options.onStream(stream);
      stream.resumeReading();
    });
    return server;
  }

  /** Takes connections from the system before a `net.Socket` is made for them, where a handle is all that is needed. */
  #acceptHandles(server: net.Server, input: Region, options: ListenOptions): void {
    const listening = boundHandleOf(server);
    const makeSocket = listening?.onconnection;
    if (options.tls !== undefined || listening === null || makeSocket == null) return;
    listening.onconnection = (status, handle) => {
      const internals = handle === undefined ? null : this.#internalsOf(handle);
      if (handle === undefined || internals === null) return makeSocket.call(listening, status, handle);
      handle.setNoDelay?.(true);
      const seconds = keepAliveSeconds(options);
      if (seconds > 0) handle.setKeepAlive?.(true, seconds);
      const ends = options.path === undefined ? handleEnds(handle) : unixEnds(options.path);
      const stream = new NodeStream(internals, handle, input, ends);
      options.onStream(stream);
      stream.resumeReading();
    };
  }

  #internalsOf(handle: StreamHandle): SocketInternals | null {
    if (this.#internals === undefined) this.#internals = this.#learn(handle.constructor as HandleClass);
    return this.#internals;
  }
}

/** 0 for a Unix socket, which has none. */
function keepAliveSeconds(options: ListenOptions): number {
  return options.path === undefined ? options.keepAliveSeconds() : 0;
}

function handleOf(socket: net.Socket): StreamHandle | null {
  return (socket as unknown as { _handle: StreamHandle | null })._handle;
}

function boundHandleOf(server: net.Server): BoundHandle | null {
  return (server as unknown as { _handle: BoundHandle | null })._handle;
}

function listenOnPort(
  server: net.Server & DirectServer,
  host: string | undefined,
  port: number,
  backlog: number,
): void {
  const family = host === undefined ? 0 : net.isIP(host);
  if (host !== undefined && family !== 0 && server._listen2 !== undefined) {
    const isV6 = family === 6;
    server._listen2(host, port, isV6 ? 6 : 4, backlog, undefined, isV6 ? IPV6_ONLY : 0);
  } else {
    server.listen({ host, port, backlog, ipv6Only: host?.includes(":") ?? false });
  }
}

function listenerOf(server: net.Server): Listener {
  // Once it listens, an error is one of accepting a connection (no more descriptors): that connection is lost, nothing else.
  server.on("error", () => {});
  const address = server.address();
  const fd = boundHandleOf(server)?.fd ?? -1;
  return {
    fd,
    port: typeof address === "object" && address !== null ? address.port : 0,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** `learn` is another function in tests alone. */
export function createNodeNetwork(learn = learnSocketInternals): Network {
  return new NodeNetwork(learn);
}
