import { defineCommand } from "../spec.js";

/** ROLE: primary or replica, and how far replication is. */
export const role = defineCommand(
  {
    name: "ROLE",
    group: "server",
    since: "2.8.12",
    summary: "Returns the replication role.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "fast", "sentinel"],
    acl: ["admin", "dangerous"],
  },
  ({ reply }) => {
    reply.array(3);
    reply.bulkText("master");
    reply.integer(0);
    reply.array(0);
  },
);
