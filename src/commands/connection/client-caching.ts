import { SYNTAX_ERROR } from "../../protocol/errors.js";
import { defineCommand, flag, oneOf } from "../spec.js";

/** CLIENT CACHING: whether the keys of the next command, or transaction, are tracked. */
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
  ({ client, reply }, argv) => {
    const { tracking } = client;
    if (tracking === null) {
      return reply.error(
        "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
      );
    }
    const isYes = argv.is(2, "YES");
    if (!isYes && !argv.is(2, "NO")) return reply.error(SYNTAX_ERROR);
    if (isYes && !tracking.optIn)
      return reply.error("ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
    if (!isYes && !tracking.optOut)
      return reply.error("ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
    tracking.isCachingGiven = true;
    reply.ok();
  },
);
