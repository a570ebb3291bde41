import { defineCommand } from "../spec.js";

/** MULTI: starts queueing. It is never queued itself, so a nested call ends up here. */
export const multi = defineCommand(
  {
    name: "MULTI",
    group: "transactions",
    since: "1.2.0",
    summary: "Starts a transaction.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  },
  (ctx) => {
    if (ctx.client.transaction !== null) return ctx.reply.error("ERR MULTI calls can not be nested");
    ctx.client.transaction = { queue: [], aborted: false, bytes: 0, gates: 0, flagBits: 0 };
    ctx.reply.ok();
  },
);
