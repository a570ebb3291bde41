import { SYNTAX_ERROR } from "../../protocol/errors.js";
import { defineCommand } from "../spec.js";
import { flushHistory, flushMode, flushTypeArgument } from "./flush-mode.js";

/** FLUSHALL: empties all databases. */
export const flushall = defineCommand(
  {
    name: "FLUSHALL",
    group: "server",
    since: "1.0.0",
    summary: "Removes all keys from all databases.",
    complexity: "O(N) where N is the total number of keys in all databases",
    flags: ["write"],
    effect: "as sent",
    acl: ["keyspace", "dangerous"],
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
    history: flushHistory,
    args: [flushTypeArgument],
  },
  (ctx, argv) => {
    const { keyspace } = ctx;
    const mode = flushMode(ctx, argv);
    if (mode === null) return ctx.reply.error(SYNTAX_ERROR);
    keyspace.listener.flushing(null);
    let removed = 0;
    for (const db of keyspace.used()) removed += db.clear(mode === "async");
    keyspace.dirty += removed + 1;
    ctx.reply.ok();
  },
);
