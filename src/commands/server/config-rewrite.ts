import { defineCommand } from "../spec.js";

/** CONFIG REWRITE: writes the settings into the configuration file. */
export const configRewrite = defineCommand(
  {
    name: "REWRITE",
    group: "server",
    since: "2.8.0",
    summary: "Persists the effective configuration to file.",
    complexity: "O(1)",
    flags: ["admin", "noscript", "loading", "stale"],
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  },
  ({ config, reply }) => {
    const error = config.rewrite();
    if (error === null) reply.ok();
    else reply.error(error);
  },
);
