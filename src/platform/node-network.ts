/** Listens on TCP addresses, Unix sockets and Windows pipes with Node's servers. */
import { chmodSync, rmSync } from "node:fs";
import net from "node:net";
import { getSystemErrorName } from "node:util";
import type { Region } from "../bytes/region.js";
import type { Listener, ListenOptions, Network } from "./network.js";
import { type AcceptedSocket, NodeStream, WriteRequests } from "./node-stream.js";
import { createTlsContext } from "./node-tls-context.js";
import { NodeTlsStream } from "./node-tls-stream.js";
import type { TlsContext, TlsSettings } from "./tls.js";

/** What a socket is bound with, of Node's inside; handles have more methods than these. */
interface BoundHandle {
  listen(backlog: number): number;
  close(): void;
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
  readonly #requests = new WriteRequests();

  listen(input: Region, options: ListenOptions): Promise<Listener> {
    const server = this.#server(input, options);
    const path = options.path ?? "";
    const isFile = path !== "" && process.platform !== "win32";
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      const onListening = (): void => {
        server.off("error", reject);
        if (isFile && options.mode) chmodSync(path, options.mode);
        resolve(listenerOf(server));
      };
      server.once("listening", onListening);
      const backlog = options.backlog ?? BACKLOG;
      if (path !== "") {
        if (isFile) rmSync(path, { force: true });
        server.listen({ path, backlog });
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
    return listenerOf(server);
  }

  createTlsContext(settings: TlsSettings): TlsContext {
    return createTlsContext(settings);
  }

  #server(input: Region, options: ListenOptions): net.Server {
    const path = options.path ?? "";
    const server = net.createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true });
    server.on("connection", (socket) => {
      const accepted = socket as AcceptedSocket;
      if (accepted._handle === null) return;
      const keepAliveSeconds = options.keepAliveSeconds();
      if (path === "" && keepAliveSeconds > 0) socket.setKeepAlive(true, keepAliveSeconds * 1000);
      const stream =
        options.tls === undefined
          ? new NodeStream(this.#requests, accepted, input, path !== "", path)
          : new NodeTlsStream(this.#requests, accepted, input, options.tls());
      options.onStream(stream);
      stream.start();
    });
    return server;
  }
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
  const { fd = -1 } = (server as unknown as { _handle: { fd?: number } })._handle;
  return {
    fd,
    port: typeof address === "object" && address !== null ? address.port : 0,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

export function createNodeNetwork(): Network {
  return new NodeNetwork();
}
