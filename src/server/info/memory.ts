import type { InfoField } from "../../commands/subsystem.js";
import { humanBytes, type InfoSources } from "./sources.js";

/**
 * # Memory: what is used, for what, and what the process takes. The allocator's fields are the arena's: bytes in blocks,
 * and bytes in the pages that hold them. What an arena cannot tell (resident pages) is left out.
 */
export function memorySection(sources: InfoSources): InfoField[] {
  const { keyspace, config } = sources;
  const figures = sources.memory.figures();
  const scripts = figures.scripts + figures.functions;
  return [
    ...sized("used_memory", figures.used),
    ...sized("used_memory_rss", figures.resident),
    ...sized("used_memory_peak", figures.peak),
    ["used_memory_peak_perc", `${figures.peakPercent.toFixed(2)}%`],
    ["used_memory_overhead", figures.overhead],
    ["used_memory_startup", figures.startup],
    ["used_memory_dataset", figures.dataset],
    ["used_memory_dataset_perc", `${figures.datasetPercent.toFixed(2)}%`],
    ["allocator_allocated", figures.arenaAllocated],
    ["allocator_active", figures.arenaActive],
    ...sized("total_system_memory", sources.process.totalMemoryBytes),
    ["used_memory_lua", 0],
    ["used_memory_vm_eval", 0],
    ["used_memory_lua_human", humanBytes(0)],
    ["used_memory_scripts_eval", figures.scripts],
    ["number_of_cached_scripts", 0],
    ["number_of_functions", 0],
    ["number_of_libraries", 0],
    ["used_memory_vm_functions", 0],
    ...sized("used_memory_vm_total", 0),
    ["used_memory_functions", figures.functions],
    ...sized("used_memory_scripts", scripts),
    ...sized("maxmemory", config.number("maxmemory")),
    ["maxmemory_policy", config.text("maxmemory-policy")],
    ["allocator_frag_ratio", figures.arenaFragmentationRatio.toFixed(2)],
    ["allocator_frag_bytes", figures.arenaFragmentationBytes],
    ["mem_fragmentation_ratio", figures.fragmentationRatio.toFixed(2)],
    ["mem_fragmentation_bytes", figures.fragmentationBytes],
    ["mem_not_counted_for_evict", figures.notCountedForEviction],
    ["mem_replication_backlog", figures.replicationBacklog],
    ["mem_total_replication_buffers", figures.replicationBacklog + figures.replicaClients],
    ["mem_clients_slaves", figures.replicaClients],
    ["mem_clients_normal", figures.normalClients],
    ["mem_cluster_links", figures.clusterLinks],
    ["mem_aof_buffer", figures.aofBuffer],
    ["mem_allocator", "redstart-arena"],
    ["active_defrag_running", 0],
    ["lazyfree_pending_objects", keyspace.lazyFree.pendingCount],
    ["lazyfreed_objects", keyspace.stats.lazyFreedObjects],
    ["mem_clients_replies", figures.waitingReplies],
    ["js_heap_used", figures.jsHeapUsed],
    ["js_heap_total", figures.jsHeapTotal],
    ["arena_segments_bytes", figures.arenaResident],
    ["arena_committed_bytes", figures.arenaActive],
  ];
}

function sized(name: string, bytes: number): InfoField[] {
  return [
    [name, bytes],
    [`${name}_human`, humanBytes(bytes)],
  ];
}
