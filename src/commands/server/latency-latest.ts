import { defineCommand } from "../spec.js";

/** LATENCY LATEST: of each event the last spike and the longest ever. */
export const latencyLatest = defineCommand(
  {
    name: "LATEST",
    group: "server",
    since: "2.8.13",
    summary: "Returns the latest latency samples for all events.",
    complexity: "O(1)",
    flags: ["admin", "noscript", "loading", "stale"],
    tips: ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
  },
  ({ latency, reply }) => {
    const all = latency.all();
    reply.array(all.length);
    for (const { event, samples, maxMs } of all) {
      const last = samples.at(-1)!;
      reply.array(4);
      reply.bulkText(event);
      reply.integer(last.timeSeconds);
      reply.integer(last.ms);
      reply.integer(maxMs);
    }
  },
);
