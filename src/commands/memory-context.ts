/** What commands know of memory. */

/** Figures about memory, in bytes, that only the server's upper layers know. */
export interface MemoryFigures {
  readonly used: number;
  readonly peak: number;
  /** `used` when the server had started. */
  readonly startup: number;
  readonly resident: number;
  /** Allocated by the arena, what its segments hold ready for use, and what the system gave for them. */
  readonly arenaAllocated: number;
  readonly arenaActive: number;
  readonly arenaResident: number;
  readonly normalClients: number;
  readonly replicaClients: number;
  readonly replicationBacklog: number;
  readonly clusterLinks: number;
  readonly aofBuffer: number;
  readonly scripts: number;
  readonly functions: number;
}

/** The clients that need `fromBytes` or more, but not as much as those of the next bucket. */
export interface ClientMemoryBucket {
  readonly fromBytes: number;
  readonly clients: number;
  /** What they need together. */
  readonly bytes: number;
}

/** What MEMORY shows and does. */
export interface Memory {
  figures(): MemoryFigures;
  /** How much memory clients need, grouped by powers of two from the least on; null while maxmemory-clients sets no limit. */
  clientBuckets(): ClientMemoryBucket[] | null;
  /** Gives unused memory back to the system as far as possible. */
  purge(): void;
}
