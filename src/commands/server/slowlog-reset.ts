import { defineCommand } from "../spec.js";

/** SLOWLOG RESET. */
export const slowlogReset = defineCommand(
  {
    name: "RESET",
    group: "server",
    since: "2.2.12",
    summary: "Clears all entries from the slow log.",
    complexity: "O(N) where N is the number of entries in the slowlog",
    flags: ["admin", "loading", "stale"],
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  },
  ({ reply, slowLog }) => {
    slowLog.reset();
    reply.ok();
  },
);
