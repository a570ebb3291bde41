import { defineCommand } from "../spec.js";

/** DISCARD: leaves MULTI, forgetting what was queued and watched. */
export const discard = defineCommand(
  {
    name: "DISCARD",
    group: "transactions",
    since: "2.0.0",
    summary: "Discards a transaction.",
    complexity: "O(N), when N is the number of queued commands",
    flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  },
  (ctx) => {
    if (ctx.client.transaction === null) return ctx.reply.error("ERR DISCARD without MULTI");
    ctx.transactions.discard(ctx.client);
    ctx.reply.ok();
  },
);
