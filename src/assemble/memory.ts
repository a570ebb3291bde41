/** Makes what keeps an eye on memory: `maxmemory` with eviction, the figures, and what gives unused memory back. */
import { Eviction } from "../keyspace/evict.js";
import { EvictionTurns } from "../server/memory/eviction-turns.js";
import { MemoryLimit } from "../server/memory/memory-limit.js";
import { ServerMemory } from "../server/memory/server-memory.js";
import { UnusedMemory } from "../server/memory/unused-memory.js";
import type { Common, Later, MemoryParts } from "./parts.js";

export function createMemory(common: Common, later: Later): MemoryParts {
  const { keyspace, observers, platform, stats } = common;
  const { clock } = platform;
  const eviction = new Eviction(keyspace);
  const memoryLimit: MemoryLimit = new MemoryLimit({
    keyspace,
    eviction,
    clock,
    stats,
    otherBytes: () => later().execution.host.memoryBytes,
    uncountedBytes: () => later().execution.host.outputBeyondShare,
    spent: (us) => {
      later().execution.clock.exclude(us);
      observers.latency.add("eviction-cycle", us, clock.nowMs());
    },
    continueSoon: () => evictionTurns.soon(),
  });
  const evictionTurns = new EvictionTurns(platform.timers, () => void memoryLimit.free());
  return {
    eviction,
    evictionTurns,
    memoryLimit,
    memory: new ServerMemory({
      keyspace,
      process: platform.process,
      stats,
      clientBytes: () => later().execution.host.memoryBytes,
      outputBytes: () => later().execution.host.outputBytes,
      uncountedBytes: () => (memoryLimit.isSet ? later().execution.host.outputBeyondShare : 0),
      shares: () => later().subsystems.map((each) => each.memory?.() ?? {}),
    }),
    unusedMemory: new UnusedMemory({
      garbageCollector: platform.garbageCollector,
      unusedBytes: () => keyspace.unusedBytes,
      droppedBytes: () => keyspace.droppedBytes + later().execution.host.droppedBytes,
      trim: (least, moveLimit) => {
        const bytes = keyspace.trim(least, moveLimit);
        if (bytes > 0) common.memoryAhead.shrank();
        return bytes;
      },
    }),
  };
}
