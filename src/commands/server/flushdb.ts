import { SYNTAX_ERROR } from "../../protocol/errors.js";
import { defineCommand } from "../spec.js";
import { flushHistory, flushMode, flushTypeArgument } from "./flush-mode.js";

/** FLUSHDB: empties the selected database. */
export const flushdb = defineCommand(
  {
    name: "FLUSHDB",
    group: "server",
    since: "1.0.0",
    summary: "Remove all keys from the current database.",
    complexity: "O(N) where N is the number of keys in the selected database",
    flags: ["write"],
    effect: "as sent",
    acl: ["keyspace", "dangerous"],
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
    history: flushHistory,
    args: [flushTypeArgument],
  },
  (ctx, argv) => {
    const mode = flushMode(ctx, argv);
    if (mode === null) return ctx.reply.error(SYNTAX_ERROR);
    ctx.keyspace.listener.flushing(ctx.db);
    // One more than was removed: flushing an empty database is passed on to replicas and the AOF as well.
    ctx.keyspace.dirty += ctx.db.clear(mode === "async") + 1;
    ctx.reply.ok();
  },
);
