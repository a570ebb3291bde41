import { defineCommand } from "../spec.js";

/** ACL WHOAMI: the name of the client's user. */
export const aclWhoami = defineCommand(
  {
    name: "WHOAMI",
    group: "server",
    since: "6.0.0",
    summary: "Returns the authenticated username of the current connection.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "sentinel"],
  },
  ({ client, reply }) => reply.bulkLatin1(client.user),
);
