/**
 * `maxmemory-clients`: when clients and their buffers need more than that together, the largest are closed.
 *
 * While it is set, clients are kept in buckets by the power of two of what they need, so that the largest are found without looking at
 * all: those of a bucket count as equals, and go in the order they came into it. Clients with CLIENT NO-EVICT are in none.
 */
import type { ClientMemoryBucket } from "../../commands/memory-context.js";
import type { ServerStats } from "../observation/stats.js";
import type { Clients } from "./client-registry.js";
import type { ServerClient } from "./server-client.js";

/** Clients below 32 KB are all the same, as are those from 4 GB on. */
const LEAST_LOG = 15;
const MOST_LOG = 33;
const BUCKETS = MOST_LOG - LEAST_LOG + 1;

export interface EvictionParts {
  clients: Clients;
  stats: ServerStats;
  log: { notice(message: string): void };
}

export class ClientEviction {
  /** Bytes all clients may need together; infinite without a limit. */
  limitBytes = Number.POSITIVE_INFINITY;
  readonly #parts: EvictionParts;
  readonly #buckets: Set<ServerClient>[] = Array.from({ length: BUCKETS }, () => new Set());
  readonly #bucketOf = new Map<ServerClient, Set<ServerClient>>();

  constructor(parts: EvictionParts) {
    this.#parts = parts;
  }

  /** Whether there is a limit. */
  get isOn(): boolean {
    return this.limitBytes !== Number.POSITIVE_INFINITY;
  }

  /** Takes over the directive (bytes, a negative percentage of maxmemory, or 0 for none). */
  limit(setting: number, maxmemory: number): void {
    const bytes = setting >= 0 ? setting : Math.floor((maxmemory * -setting) / 100);
    const wasOn = this.isOn;
    this.limitBytes = bytes > 0 ? bytes : Number.POSITIVE_INFINITY;
    if (this.isOn === wasOn) return;
    this.#bucketOf.clear();
    for (const bucket of this.#buckets) bucket.clear();
    if (this.isOn) for (const each of this.#parts.clients.connections()) this.changed(each, each.memoryBytes);
  }

  /** A client needs `bytes` now, or has become evictable or not. */
  changed(connection: ServerClient, bytes: number): void {
    const bucket = connection.noEvict ? undefined : this.#buckets[bucketIndex(bytes)]!;
    const present = this.#bucketOf.get(connection);
    if (bucket === present) return;
    present?.delete(connection);
    bucket?.add(connection);
    if (bucket === undefined) this.#bucketOf.delete(connection);
    else this.#bucketOf.set(connection, bucket);
  }

  /** The client has closed. */
  forget(connection: ServerClient): void {
    this.#bucketOf.get(connection)?.delete(connection);
    this.#bucketOf.delete(connection);
  }

  /** Closes clients, the largest first, until what they need is within the limit. */
  run(used: { readonly peerBytes: number }): void {
    const { clients, log, stats } = this.#parts;
    for (let i = BUCKETS - 1; i >= 0; i--) {
      for (const client of this.#buckets[i]!) {
        if (used.peerBytes <= this.limitBytes) return;
        log.notice(`Evicting client: ${clients.describe(client)}`);
        stats.evictedClients++;
        client.close("evicted");
      }
    }
  }

  /** What DEBUG CLIENT-EVICTION shows, from the smallest bucket on; null while there is no limit. */
  buckets(): ClientMemoryBucket[] | null {
    if (!this.isOn) return null;
    return this.#buckets.map((bucket, i) => {
      let bytes = 0;
      for (const client of bucket) bytes += client.memoryBytes;
      return { fromBytes: i === 0 ? 0 : 2 ** (LEAST_LOG + i - 1), bytes, clients: bucket.size };
    });
  }
}

function bucketIndex(bytes: number): number {
  return Math.min(BUCKETS - 1, Math.max(0, Math.floor(Math.log2(bytes)) - LEAST_LOG + 1));
}
