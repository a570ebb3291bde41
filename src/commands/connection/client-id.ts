import { defineCommand } from "../spec.js";

/** CLIENT ID. */
export const clientId = defineCommand(
  {
    name: "ID",
    group: "connection",
    since: "5.0.0",
    summary: "Returns the unique client ID of the connection.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "sentinel"],
  },
  ({ client, reply }) => reply.integer(client.id),
);
