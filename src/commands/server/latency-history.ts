import { defineCommand, string } from "../spec.js";

/** LATENCY HISTORY: the spikes of an event, the oldest first. */
export const latencyHistory = defineCommand(
  {
    name: "HISTORY",
    group: "server",
    since: "2.8.13",
    summary: "Returns timestamp-latency samples for an event.",
    complexity: "O(1)",
    flags: ["admin", "noscript", "loading", "stale"],
    tips: ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
    args: [string("event")],
  },
  ({ latency, reply }, argv) => {
    const samples = latency.series(argv.latin1(2))?.samples ?? [];
    reply.array(samples.length);
    for (const { timeSeconds, ms } of samples) {
      reply.array(2);
      reply.integer(timeSeconds);
      reply.integer(ms);
    }
  },
);
