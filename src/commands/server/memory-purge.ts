import { defineCommand } from "../spec.js";

/** MEMORY PURGE: gives back what the arena holds and does not use. */
export const memoryPurge = defineCommand(
  {
    name: "PURGE",
    group: "server",
    since: "4.0.0",
    summary: "Asks the allocator to release memory.",
    complexity: "Depends on how much memory is allocated, could be slow",
    flags: [],
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
  },
  ({ reply, memory }) => {
    memory.purge();
    reply.ok();
  },
);

/** MEMORY MALLOC-STATS: the arena's own figures. */
export const memoryMallocStats = defineCommand(
  {
    name: "MALLOC-STATS",
    group: "server",
    since: "4.0.0",
    summary: "Returns the allocator statistics.",
    complexity: "Depends on how much memory is allocated, could be slow",
    flags: [],
    tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
  },
  ({ keyspace, reply }) => {
    const { arena } = keyspace;
    const lines = [
      "___ Begin arena statistics ___",
      `Allocated: ${arena.allocatedBytes}, active: ${arena.committedBytes}, mapped: ${arena.segmentBytes}`,
      `Blocks: ${arena.blockCount}, segments: ${arena.segments.filter((segment) => segment !== undefined).length}`,
      "--- End arena statistics ---",
    ];
    reply.verbatim("txt", lines.join("\n") + "\n");
  },
);
