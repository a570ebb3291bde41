import { defineCommand, key } from "../spec.js";
import { lookupQuietly } from "./quiet-lookup.js";

/** EXISTS: how many of the keys exist; a key given twice counts twice. */
export const exists = defineCommand(
  {
    name: "EXISTS",
    group: "generic",
    since: "1.0.0",
    summary: "Determines whether one or more keys exist.",
    complexity: "O(N) where N is the number of keys to check.",
    flags: ["readonly", "fast"],
    tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
    history: [["3.0.3", "Accepts multiple `key` arguments."]],
    args: [key("key", "RO", { multiple: true })],
  },
  (ctx, argv) => {
    let count = 0;
    for (let i = 1; i < argv.count; i++) if (lookupQuietly(ctx, argv, i) !== 0) count++;
    ctx.reply.integer(count);
  },
);
