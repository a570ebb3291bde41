import { defineCommand, key, many } from "../spec.js";

/** WATCH: the next EXEC answers null if one of these keys changes before. */
export const watch = defineCommand(
  {
    name: "WATCH",
    group: "transactions",
    since: "2.2.0",
    summary: "Monitors changes to keys to determine the execution of a transaction.",
    complexity: "O(1) for every key.",
    flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
    args: [many(key("key", "RO"))],
  },
  (ctx, argv) => {
    const { client, db, reply, transactions } = ctx;
    if (client.transaction !== null) return reply.error("ERR WATCH inside MULTI is not allowed");
    // Once a watched key was touched EXEC fails anyway, so there is nothing more to watch for.
    if (!client.watchDirty) for (let i = 1; i < argv.count; i++) transactions.watch(client, db, argv, i);
    reply.ok();
  },
);
