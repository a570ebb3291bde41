import { defineCommand } from "../spec.js";

/** LASTSAVE: when the dataset was last saved, in seconds since 1970. */
export const lastsave = defineCommand(
  {
    name: "LASTSAVE",
    group: "server",
    since: "1.0.0",
    summary: "Returns the Unix timestamp of the last successful save to disk.",
    complexity: "O(1)",
    flags: ["loading", "stale", "fast"],
    acl: ["admin", "dangerous"],
    tips: ["nondeterministic_output"],
  },
  (ctx) => ctx.reply.integer(ctx.persistence.lastSaveSeconds()),
);
