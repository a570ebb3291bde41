import { defineCommand } from "../spec.js";

/** CLIENT GETREDIR: 0 for a client that gets its messages itself, -1 for one that does not track. */
export const clientGetredir = defineCommand(
  {
    name: "GETREDIR",
    group: "connection",
    since: "6.0.0",
    summary: "Returns the client ID to which the connection's tracking notifications are redirected.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "sentinel"],
  },
  ({ client, reply }) => reply.integer(client.tracking?.redirect ?? -1),
);
