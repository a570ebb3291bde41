/** The connected clients: found by id, listed, described, killed by filters, paused. */
import type { Client } from "../../commands/client.js";
import type { ClientFilter, ClientRegistry } from "../../commands/clients-context.js";
import type { Pause } from "../gates/pause.js";
import type { Throttling } from "../throttle/throttling.js";
import { clientLine } from "./client-line.js";
import type { Connection } from "./connection.js";
import type { ServerClient } from "./server-client.js";

export interface RegistryParts {
  pause: Pick<Pause, "begin" | "end">;
  throttling: Throttling;
  tcp: { describe(client: ServerClient): string };
  nowMs(): number;
}

export class Clients implements ClientRegistry {
  readonly #byId = new Map<number, Connection>();
  readonly #parts: RegistryParts;
  #nextId = 1;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#byId.size;
  }

  /** An id that no client of this server had before. */
  takeId(): number {
    return this.#nextId++;
  }

  add(connection: Connection): void {
    this.#byId.set(connection.id, connection);
  }

  remove({ id }: ServerClient): void {
    this.#byId.delete(id);
  }

  byId(id: number): Client | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Client> {
    return this.#byId.values();
  }

  connections(): Iterable<Connection> {
    return this.#byId.values();
  }

  matching(filter: ClientFilter): Client[] {
    const found: Client[] = [];
    const ids = filter.ids === undefined ? null : new Set(filter.ids);
    for (const client of this.#byId.values()) {
      if (ids !== null && !ids.has(client.id)) continue;
      if (filter.type !== undefined && filter.type !== clientType(client)) continue;
      if (filter.address !== undefined && filter.address !== client.peerAddress) continue;
      if (filter.localAddress !== undefined && filter.localAddress !== client.localAddress) continue;
      if (filter.user !== undefined && filter.user !== client.user) continue;
      if (filter.skipId !== undefined && filter.skipId === client.id) continue;
      if (filter.maxAgeSeconds !== undefined) {
        if (this.#parts.nowMs() - client.createdMs < filter.maxAgeSeconds * 1000) continue;
      }
      found.push(client);
    }
    return found;
  }

  describe(client: Client): string {
    const { nowMs, throttling, tcp } = this.#parts;
    const known = client as ServerClient;
    return clientLine(client, nowMs()) + throttling.describe(known) + tcp.describe(known);
  }

  pause(untilMs: number, mode: "all" | "write"): void {
    this.#parts.pause.begin(untilMs, mode);
  }

  unpause(): void {
    this.#parts.pause.end();
  }
}

function clientType(client: Client): ClientFilter["type"] {
  return client.subscriptionCount > 0 ? "pubsub" : "normal";
}
