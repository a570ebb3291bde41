/**
 * What a server says about its memory. `used` is what its data and its clients need: the bytes allocated in the arena and
 * those accounted for clients and their buffers. Node's own heap is not in it: it does not grow with the data, and
 * `maxmemory` cannot make it shrink; it shows up in `resident` and in fields of its own.
 */
import type { MemoryFigures } from "../../commands/memory-context.js";
import type { MemoryShares } from "../../commands/subsystem.js";
import type { Keyspace } from "../../keyspace/keyspace.js";
import type { ProcessFacts } from "../../platform/process-facts.js";
import type { ServerStats } from "../observation/stats.js";

/** What the figures are computed from. */
interface MemorySources {
  readonly keyspace: Keyspace;
  readonly process: ProcessFacts;
  readonly stats: ServerStats;
  /** Bytes of all clients and their buffers; read before every command that may need memory. */
  clientBytes(): number;
  /** Those of replies that wait to be sent, and what of these maxmemory does not evict keys for. */
  outputBytes(): number;
  uncountedBytes(): number;
  /** What others need besides, which no key is evicted for. */
  shares(): readonly MemoryShares[];
}

/** All figures, in bytes unless named otherwise: those of MEMORY STATS, and those that follow from them. */
interface ServerMemoryFigures extends MemoryFigures {
  /** What is not data: what the server needed at its start, the indexes over the keys, clients. */
  readonly overhead: number;
  readonly dataset: number;
  /** Share of the dataset in what was added since the start. */
  readonly datasetPercent: number;
  /** Share of the peak that is used now. */
  readonly peakPercent: number;
  /** Resident memory per used byte. */
  readonly fragmentationRatio: number;
  readonly fragmentationBytes: number;
  /** Memory in pages of the arena per byte allocated. */
  readonly arenaFragmentationRatio: number;
  readonly arenaFragmentationBytes: number;
  /** Replies that wait to be sent, and the part of them that no key is evicted for. */
  readonly waitingReplies: number;
  readonly notCountedForEviction: number;
  readonly jsHeapUsed: number;
  readonly jsHeapTotal: number;
}

/** The memory of one server. */
export class ServerMemory {
  readonly #sources: MemorySources;
  #startupBytes = 0;

  constructor(sources: MemorySources) {
    this.#sources = sources;
  }

  /** `used_memory`: what maxmemory limits. */
  get usedBytes(): number {
    return this.#sources.keyspace.arena.allocatedBytes + this.#sources.clientBytes() + sum(this.#others());
  }

  /** What others need, by its name. */
  #others(): Required<MemoryShares> {
    const all = {
      replicaClients: 0,
      replicationBacklog: 0,
      clusterLinks: 0,
      aofBuffer: 0,
      scripts: 0,
      functions: 0,
    };
    for (const shares of this.#sources.shares()) {
      for (const name of Object.keys(shares) as (keyof MemoryShares)[]) all[name] += shares[name] ?? 0;
    }
    return all;
  }

  /** Takes what is used now as what a server without data needs; to be called when it has started. */
  markStarted(): void {
    this.#startupBytes = this.usedBytes;
    this.samplePeak();
  }

  /** Remembers the most that was used; to be called every 100 ms and before the peak is read. */
  samplePeak(): void {
    const used = this.usedBytes;
    if (used > this.#sources.stats.peakMemoryBytes) this.#sources.stats.peakMemoryBytes = used;
  }

  figures(): ServerMemoryFigures {
    this.samplePeak();
    const { keyspace, stats, process: facts } = this.#sources;
    const { arena } = keyspace;
    const used = this.usedBytes;
    const startup = this.#startupBytes;
    const clients = this.#sources.clientBytes();
    const resident = facts.rssBytes();
    const heap = facts.heapBytes();
    const allocated = arena.allocatedBytes;
    const committed = arena.committedBytes;
    const others = this.#others();
    const othersBytes = sum(others);
    let overhead = startup + clients + othersBytes;
    for (const db of keyspace.used()) overhead += db.overheadBytes;
    const dataset = Math.max(0, used - overhead);
    return {
      used,
      peak: stats.peakMemoryBytes,
      startup,
      resident,
      arenaAllocated: allocated,
      arenaActive: committed,
      arenaResident: arena.segmentBytes,
      normalClients: clients,
      ...others,
      overhead,
      dataset,
      datasetPercent: used > startup ? Math.min(100, (dataset * 100) / (used - startup)) : 0,
      peakPercent: ratio(used, stats.peakMemoryBytes) * 100,
      fragmentationRatio: ratio(resident, used),
      fragmentationBytes: resident - used,
      arenaFragmentationRatio: ratio(committed, allocated),
      arenaFragmentationBytes: committed - allocated,
      waitingReplies: this.#sources.outputBytes(),
      notCountedForEviction: this.#sources.uncountedBytes() + othersBytes,
      jsHeapUsed: heap.used,
      jsHeapTotal: heap.total,
    };
  }
}

function sum(shares: Required<MemoryShares>): number {
  return Object.values(shares).reduce((all, bytes) => all + bytes, 0);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
