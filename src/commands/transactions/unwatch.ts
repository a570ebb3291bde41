import { defineCommand } from "../spec.js";

/** UNWATCH: forgets all watched keys. */
export const unwatch = defineCommand(
  {
    name: "UNWATCH",
    group: "transactions",
    since: "2.2.0",
    summary: "Forgets about watched keys of a transaction.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  },
  (ctx) => {
    ctx.transactions.unwatch(ctx.client);
    ctx.client.watchDirty = false;
    ctx.reply.ok();
  },
);
