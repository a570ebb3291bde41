import { defineCommand } from "../spec.js";

/** SLOWLOG LEN. */
export const slowlogLen = defineCommand(
  {
    name: "LEN",
    group: "server",
    since: "2.2.12",
    summary: "Returns the number of entries in the slow log.",
    complexity: "O(1)",
    flags: ["admin", "loading", "stale"],
    tips: ["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"],
  },
  ({ reply, slowLog }) => reply.integer(slowLog.length),
);
