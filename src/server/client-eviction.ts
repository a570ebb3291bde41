/** `maxmemory-clients`: when clients and their buffers need more than that together, the largest are closed. */
import type { Clients } from "./client-registry.js";
import type { Connection } from "./connection.js";
import type { ServerStats } from "./stats.js";

export class ClientEviction {
  /** The directive: bytes, a negative percentage of maxmemory, or 0 for none. */
  setting = 0;
  readonly #clients: Clients;
  readonly #stats: ServerStats;

  constructor(clients: Clients, stats: ServerStats) {
    this.#clients = clients;
    this.#stats = stats;
  }

  limitBytes(maxmemory: number): number {
    return this.setting >= 0 ? this.setting : (maxmemory * -this.setting) / 100;
  }

  /** Closes clients, the largest first, until `usedBytes()` is within `limitBytes`; those with CLIENT NO-EVICT stay. */
  run(limitBytes: number, usedBytes: () => number, log: (message: string) => void): void {
    const candidates = [...this.#clients.connections()].filter((client) => !client.noEvict);
    candidates.sort((a: Connection, b: Connection) => b.memoryBytes - a.memoryBytes);
    for (const client of candidates) {
      if (usedBytes() <= limitBytes) return;
      log(`Evicting client: ${this.#clients.describe(client)}`);
      this.#stats.evictedClients++;
      client.close("evicted");
    }
  }
}
