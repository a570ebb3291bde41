/** What of the used memory is overhead: everything but keys and values. */
import type { ServiceContext } from "../context.js";
import type { MemoryFigures } from "../memory-context.js";

export interface DatabaseOverhead {
  readonly index: number;
  readonly bytes: number;
}

interface MemoryOverhead {
  readonly figures: MemoryFigures;
  readonly keys: number;
  readonly databases: readonly DatabaseOverhead[];
  readonly overhead: number;
  readonly dataset: number;
  /** Percentage of the memory used since the start that is data. */
  readonly datasetPercentage: number;
  readonly bytesPerKey: number;
}

/** Adds up the overhead as it is now. */
export function memoryOverhead({ keyspace, memory }: Pick<ServiceContext, "keyspace" | "memory">): MemoryOverhead {
  const figures = memory.figures();
  const databases: DatabaseOverhead[] = [];
  let keys = 0;
  let overhead =
    figures.startup +
    figures.normalClients +
    figures.replicaClients +
    figures.replicationBacklog +
    figures.clusterLinks +
    figures.aofBuffer +
    figures.scripts +
    figures.functions;
  for (const db of keyspace.used()) {
    if (db.size === 0) continue;
    keys += db.size;
    databases.push({ index: db.index, bytes: db.overheadBytes });
    overhead += db.overheadBytes;
  }
  const dataset = Math.max(0, figures.used - overhead);
  const net = Math.max(1, figures.used - figures.startup);
  const datasetPercentage = Math.min(100, (dataset * 100) / net);
  const bytesPerKey = keys === 0 ? 0 : Math.floor(net / keys);
  return { figures, keys, databases, overhead, dataset, datasetPercentage, bytesPerKey };
}
