/** Servers in the test's own process, for tests that need a socket but no process of the server's own. */
import { createServer, type RedstartServer } from "../../src/index.js";
import { RespConnection } from "./resp-connection.js";
import type { Scope } from "./temporary-directory.js";

/** A server with connections that end with it. */
export interface EmbeddedServer {
  readonly server: RedstartServer;
  /** A new connection; `resp: 3` says HELLO 3 first. */
  connect(options?: { resp?: 2 | 3 }): Promise<RespConnection>;
}

/** Starts a server that is closed after `scope`, on a free port of 127.0.0.1 unless `options` say otherwise. */
export async function embeddedServer(
  scope: Scope,
  options: Parameters<typeof createServer>[0] = {},
): Promise<EmbeddedServer> {
  const server = await createServer(options);
  const connections: RespConnection[] = [];
  scope.after(async () => {
    for (const connection of connections) await connection.close();
    await server.close();
  });
  return {
    server,
    async connect(connectOptions) {
      const connection = await RespConnection.connect(server.port, connectOptions);
      connections.push(connection);
      return connection;
    },
  };
}

/** Waits until `condition` holds, asking again whenever the event loop has turned; fails after a minute. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const limit = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > limit) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A field of INFO. */
export async function infoField(connection: RespConnection, field: string): Promise<string> {
  const text = String(await connection.call("INFO", "everything"));
  const line = text.split("\r\n").find((candidate) => candidate.startsWith(`${field}:`));
  if (line === undefined) throw new Error(`INFO has no ${field}`);
  return line.slice(field.length + 1);
}
