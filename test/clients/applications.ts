/** A server with the clients that applications mostly have: ioredis, which speaks RESP2, and node-redis, here on RESP3. */
import { after, before, beforeEach, describe } from "node:test";
import { Redis } from "ioredis";
import { createClient } from "redis6";
import { type RunningServer, startServer } from "../support/servers.js";

const connectNode = (port: number) => createClient({ url: `redis://127.0.0.1:${port}` });

/** A node-redis client with its default options. */
type NodeRedis = ReturnType<typeof connectNode>;

/** The clients of a group of tests; more of them end with it too. */
export interface Clients {
  readonly port: () => number;
  readonly io: () => Redis;
  readonly node: () => NodeRedis;
  /** Another connection, for what blocks. */
  readonly another: () => Redis;
  readonly anotherNode: () => Promise<NodeRedis>;
}

/** Tests that get an empty database each. */
export function applications(subject: string, declare: (clients: Clients) => void): void {
  describe(`${subject} in applications`, () => {
    let server: RunningServer;
    let io: Redis;
    let node: NodeRedis;
    const others: Redis[] = [];
    const otherNodes: NodeRedis[] = [];
    before(async () => {
      server = await startServer();
      io = new Redis(server.port);
      node = connectNode(server.port);
      await node.connect();
    });
    beforeEach(() => io.flushall());
    after(async () => {
      for (const client of [io, ...others]) client?.disconnect();
      for (const client of [node, ...otherNodes]) client?.destroy();
      await server?.stop();
    });
    declare({
      port: () => server.port,
      io: () => io,
      node: () => node,
      another: () => {
        const client = new Redis(server.port);
        others.push(client);
        return client;
      },
      anotherNode: async () => {
        const client = connectNode(server.port);
        otherNodes.push(client);
        await client.connect();
        return client;
      },
    });
  });
}
