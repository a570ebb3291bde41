import type { ReplyWriter } from "../../protocol/reply-writer.js";
import { defineCommand } from "../spec.js";
import { type DatabaseOverhead, memoryOverhead } from "./memory-overhead.js";

/** MEMORY STATS: figures under Redis' names; what "allocator" means is the arena here. */
export const memoryStats = defineCommand(
  {
    name: "STATS",
    group: "server",
    since: "4.0.0",
    summary: "Returns details about memory usage.",
    complexity: "O(1)",
    flags: [],
    tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
  },
  (ctx) => {
    const { reply } = ctx;
    const { figures, keys, databases, overhead, dataset, datasetPercentage, bytesPerKey } = memoryOverhead(ctx);
    const { used, resident, arenaAllocated, arenaActive, arenaResident } = figures;
    const before: [string, number][] = [
      ["peak.allocated", figures.peak],
      ["total.allocated", used],
      ["startup.allocated", figures.startup],
      ["replication.backlog", figures.replicationBacklog],
      ["clients.slaves", figures.replicaClients],
      ["clients.normal", figures.normalClients],
      ["cluster.links", figures.clusterLinks],
      ["aof.buffer", figures.aofBuffer],
      ["lua.caches", figures.scripts],
      ["functions.caches", figures.functions],
    ];
    const after: [string, number, kind?: "ratio"][] = [
      ["overhead.total", overhead],
      ["keys.count", keys],
      ["keys.bytes-per-key", bytesPerKey],
      ["dataset.bytes", dataset],
      ["dataset.percentage", datasetPercentage, "ratio"],
      ["peak.percentage", (used * 100) / Math.max(1, figures.peak), "ratio"],
      ["allocator.allocated", arenaAllocated],
      ["allocator.active", arenaActive],
      ["allocator.resident", arenaResident],
      ["allocator-fragmentation.ratio", ratio(arenaActive, arenaAllocated), "ratio"],
      ["allocator-fragmentation.bytes", arenaActive - arenaAllocated],
      ["allocator-rss.ratio", ratio(arenaResident, arenaActive), "ratio"],
      ["allocator-rss.bytes", arenaResident - arenaActive],
      ["rss-overhead.ratio", ratio(resident, arenaResident), "ratio"],
      ["rss-overhead.bytes", resident - arenaResident],
      ["fragmentation", ratio(resident, used), "ratio"],
      ["fragmentation.bytes", resident - used],
    ];
    reply.map(before.length + databases.length + after.length);
    for (const [name, value] of before) writeFigure(reply, name, value);
    for (const db of databases) writeDatabase(reply, db);
    for (const [name, value, kind] of after) writeFigure(reply, name, value, kind);
  },
);

function ratio(whole: number, part: number): number {
  return part === 0 ? 1 : whole / part;
}

function writeFigure(reply: ReplyWriter, name: string, value: number, kind?: "ratio"): void {
  reply.bulkText(name);
  if (kind === "ratio") reply.doubleText(String(value));
  else reply.integer(Math.round(value));
}

/** Keys and expiries share one index here. */
function writeDatabase(reply: ReplyWriter, { index, bytes }: DatabaseOverhead): void {
  reply.bulkText(`db.${index}`);
  reply.map(3);
  writeFigure(reply, "overhead.hashtable.main", bytes);
  writeFigure(reply, "overhead.hashtable.expires", 0);
  writeFigure(reply, "overhead.hashtable.slot-to-keys", 0);
}
