/**
 * Redstart inside a Node process:
 *
 *     const server = await createServer({ port: 0, maxmemory: "64mb" });
 *     const client = new Redis(server.port);
 *     …
 *     await server.close();
 *
 * Options are the directives of redis.conf, under their own names or in camel case. Servers in one process share nothing.
 */

import type { Duplex } from "node:stream";
import { assemble } from "./assemble/assemble.js";
import { duplexPair } from "./platform/duplex-pair.js";
import { DuplexStream } from "./platform/duplex-stream.js";
import { unixEnds } from "./platform/socket-ends.js";
import { applyOptions } from "./server/config/options.js";
import { type ServerOptions as Directives, OptionError } from "./server/config/server-options.js";
import { VERSION } from "./server/version.js";

export { OptionError };

/** The directives of redis.conf under their own names or in camel case. `port`: 0 takes a free one, null opens none. */
export type ServerOptions = Omit<Directives, "port"> & { readonly port?: number | null };

/** Redstart's version, and that of the Redis whose behaviour it has. */
export const version: { readonly redstart: string; readonly redis: string } = VERSION;

/** A running server. */
export interface RedstartServer {
  /** The TCP port in use; 0 when there is none. */
  readonly port: number;
  /** A connection without a socket: a stream that speaks RESP, as a client's socket does. */
  connect(): Duplex;
  /** Closes all connections and listeners; afterwards nothing of the server keeps the process alive. */
  close(): Promise<void>;
}

/**
 * Starts a server. It listens on 127.0.0.1 unless `bind` says otherwise; `port` 0 (the default here) takes a free port, and
 * `port: null` opens none. Throws an OptionError for an option that does not exist or cannot have that value.
 */
export async function createServer(options: ServerOptions = {}): Promise<RedstartServer> {
  // Null is what JavaScript's callers mean nothing by, too.
  const { port = 0, ...rest } = options ?? {};
  const { server, config } = assemble({
    configure(store) {
      applyOptions(store, { bind: "127.0.0.1", save: "", ...rest, port: port ?? 0 });
    },
  });
  const usesTcp = port !== null;
  await server.listen(usesTcp && config.number("port") === 0);
  return {
    get port() {
      return server.listeners.port;
    },
    connect() {
      const [client, serverSide] = duplexPair();
      server.accept(new DuplexStream(serverSide, server.host.input, unixEnds("embedded")));
      return client;
    },
    close: () => server.close(),
  };
}
