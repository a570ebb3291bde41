import { replyHelp } from "../command-errors.js";
import { defineCommand } from "../spec.js";

/** MEMORY HELP. */
export const memoryHelp = defineCommand(
  {
    name: "HELP",
    group: "server",
    since: "4.0.0",
    summary: "Returns helpful text about the different subcommands.",
    complexity: "O(1)",
    flags: ["loading", "stale"],
  },
  ({ reply }) =>
    replyHelp(reply, "MEMORY", [
      "DOCTOR",
      "    Return memory problems reports.",
      "MALLOC-STATS",
      "    Return internal statistics report from the memory allocator.",
      "PURGE",
      "    Attempt to purge dirty pages for reclamation by the allocator.",
      "STATS",
      "    Return information about the memory usage of the server.",
      "USAGE <key> [SAMPLES <count>]",
      "    Return memory in bytes used by <key> and its value. Nested values are",
      "    sampled up to <count> times (default: 5, 0 means sample all).",
    ]),
);
