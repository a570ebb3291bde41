import { defineCommand, key } from "../spec.js";

/** TOUCH: refreshes the access times of keys, even for a client in CLIENT NO-TOUCH mode. */
export const touch = defineCommand(
  {
    name: "TOUCH",
    group: "generic",
    since: "3.2.1",
    summary:
      "Returns the number of existing keys out of those specified after updating the time they were last accessed.",
    complexity: "O(N) where N is the number of keys that will be touched.",
    flags: ["readonly", "fast"],
    tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
    args: [key("key", "RO", { multiple: true })],
  },
  (ctx, argv) => {
    const { keyspace } = ctx;
    const touchOnAccess = keyspace.touchOnAccess;
    keyspace.touchOnAccess = true;
    let count = 0;
    for (let i = 1; i < argv.count; i++) if (ctx.db.lookupRead(argv, i) !== 0) count++;
    keyspace.touchOnAccess = touchOnAccess;
    ctx.reply.integer(count);
  },
);
