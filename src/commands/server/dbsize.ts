import { defineCommand } from "../spec.js";

/** DBSIZE: number of keys in the selected database. */
export const dbsize = defineCommand(
  {
    name: "DBSIZE",
    group: "server",
    since: "1.0.0",
    summary: "Returns the number of keys in the database.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    acl: ["keyspace"],
    tips: ["request_policy:all_shards", "response_policy:agg_sum"],
  },
  (ctx) => ctx.reply.integer(ctx.db.size),
);
