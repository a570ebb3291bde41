import { EXEC_ABORTED } from "../../protocol/errors.js";
import { defineCommand } from "../spec.js";

/** EXEC: runs what was queued, unless a queued command was refused or a watched key changed. */
export const exec = defineCommand(
  {
    name: "EXEC",
    group: "transactions",
    since: "1.2.0",
    summary: "Executes all commands in a transaction.",
    complexity: "Depends on commands in the transaction",
    flags: ["noscript", "loading", "stale", "skip_slowlog"],
  },
  (ctx) => {
    const { client, reply, transactions } = ctx;
    if (client.transaction === null) return reply.error("ERR EXEC without MULTI");
    if (client.transaction.aborted) {
      transactions.discard(client);
      return reply.error(EXEC_ABORTED);
    }
    transactions.exec(client);
  },
);
