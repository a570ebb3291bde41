import { defineContainer } from "../spec.js";
import { memoryDoctor } from "./memory-doctor.js";
import { memoryHelp } from "./memory-help.js";
import { memoryMallocStats, memoryPurge } from "./memory-purge.js";
import { memoryStats } from "./memory-stats.js";
import { memoryUsage } from "./memory-usage.js";

/** MEMORY: where the memory goes. */
export const memory = defineContainer({
  name: "MEMORY",
  group: "server",
  since: "4.0.0",
  summary: "A container for memory diagnostics commands.",
  complexity: "Depends on subcommand.",
  flags: [],
  subcommands: [memoryDoctor, memoryHelp, memoryMallocStats, memoryPurge, memoryStats, memoryUsage],
});
