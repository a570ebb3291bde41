import { defineCommand } from "../spec.js";

/** QUIT: closes the connection once what was asked before is answered. */
export const quit = defineCommand(
  {
    name: "QUIT",
    group: "connection",
    since: "1.0.0",
    summary: "Closes the connection.",
    complexity: "O(1)",
    flags: ["allow_busy", "noscript", "loading", "stale", "fast", "no_auth"],
    arity: -1,
    deprecatedSince: "7.2.0",
    replacedBy: "just closing the connection",
    docFlags: ["deprecated"],
  },
  (ctx) => {
    ctx.reply.ok();
    ctx.client.closeAfterReply = true;
  },
);
