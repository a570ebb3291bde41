/** Listens on TCP addresses, Unix sockets and Windows pipes with Node's servers. */
import { chmodSync, rmSync } from "node:fs";
import net from "node:net";
import { getSystemErrorName } from "node:util";
import type { Region } from "../bytes/region.js";
import type { Listener, ListenOptions, Network } from "./network.js";
import { type AcceptedSocket, NodeStream, WriteRequests } from "./node-stream.js";

/** What a socket is bound with, of Node's inside; handles have more methods than these. */
interface BoundHandle {
  listen(backlog: number): number;
  close(): void;
}

/** Node's own function to bind a socket, exported but not documented: a handle, or the number of an error. */
type CreateHandle = (host: string, port: number, family: 4 | 6, fd: undefined, flags: number) => BoundHandle | number;

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
      const backlog = options.backlog ?? BACKLOG;
      if (path !== "") {
        if (isFile) rmSync(path, { force: true });
        server.listen({ path, backlog }, onListening);
      } else {
        const { host, port = 0 } = options;
        server.listen({ host, port, backlog, ipv6Only: host?.includes(":") ?? false }, onListening);
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

  #server(input: Region, options: ListenOptions): net.Server {
    const path = options.path ?? "";
    const server = net.createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true });
    server.on("connection", (socket) => {
      if ((socket as AcceptedSocket)._handle === null) return;
      const stream = new NodeStream(this.#requests, socket as AcceptedSocket, input, path !== "", path);
      stream.setKeepAlive(options.keepAliveSeconds());
      options.onStream(stream);
      stream.start();
    });
    return server;
  }
}

function listenerOf(server: net.Server): Listener {
  // Once it listens, an error is one of accepting a connection (no more descriptors): that connection is lost, nothing else.
  server.on("error", () => {});
  const address = server.address();
  return {
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
