/** The subcommands about client-side caching, for clients that do not track: TRACKING itself does not exist yet. */
import { defineCommand, flag, oneOf } from "../spec.js";

/** CLIENT CACHING. */
export const clientCaching = defineCommand(
  {
    name: "CACHING",
    group: "connection",
    since: "6.0.0",
    summary: "Instructs the server whether to track the keys in the next request.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "sentinel"],
    args: [oneOf("mode", [flag("YES"), flag("NO")], { optional: false })],
  },
  ({ reply }) =>
    reply.error(
      "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
    ),
);

/** CLIENT GETREDIR: -1 for a client that does not track. */
export const clientGetredir = defineCommand(
  {
    name: "GETREDIR",
    group: "connection",
    since: "6.0.0",
    summary: "Returns the client ID to which the connection's tracking notifications are redirected.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "sentinel"],
  },
  ({ reply }) => reply.integer(-1),
);

/** CLIENT TRACKINGINFO. */
export const clientTrackinginfo = defineCommand(
  {
    name: "TRACKINGINFO",
    group: "connection",
    since: "6.2.0",
    summary: "Returns information about server-assisted client-side caching for the connection.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "sentinel"],
  },
  ({ reply }) => {
    reply.map(3);
    reply.bulkText("flags");
    reply.set(1);
    reply.bulkText("off");
    reply.bulkText("redirect");
    reply.integer(-1);
    reply.bulkText("prefixes");
    reply.array(0);
  },
);
