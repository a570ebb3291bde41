import { defineCommand } from "../spec.js";

/** CONFIG RESETSTAT: sets the statistics of INFO back to zero. */
export const configResetstat = defineCommand(
  {
    name: "RESETSTAT",
    group: "server",
    since: "2.0.0",
    summary: "Resets the server's statistics.",
    complexity: "O(1)",
    flags: ["admin", "noscript", "loading", "stale"],
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  },
  ({ info, reply }) => {
    info.resetStats();
    reply.ok();
  },
);
