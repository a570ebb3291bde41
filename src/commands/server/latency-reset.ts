import { defineCommand, string } from "../spec.js";

/** LATENCY RESET: forgets the spikes of some events, or of all. */
export const latencyReset = defineCommand(
  {
    name: "RESET",
    group: "server",
    since: "2.8.13",
    summary: "Resets the latency data for one or more events.",
    complexity: "O(1)",
    flags: ["admin", "noscript", "loading", "stale"],
    tips: ["request_policy:all_nodes", "response_policy:agg_sum"],
    args: [string("event", { optional: true, multiple: true })],
  },
  ({ latency, reply }, argv) => {
    let count = argv.count === 2 ? latency.reset(null) : 0;
    for (let i = 2; i < argv.count; i++) count += latency.reset(argv.latin1(i));
    reply.integer(count);
  },
);
