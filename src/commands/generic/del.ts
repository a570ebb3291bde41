import type { Argv } from "../../bytes/argv.js";
import { LOOK_AHEAD } from "../../keyspace/database.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { Context } from "../context.js";
import { defineCommand, key } from "../spec.js";

/** DEL: removes keys. */
export const del = defineCommand(
  {
    name: "DEL",
    group: "generic",
    since: "1.0.0",
    summary: "Deletes one or more keys.",
    complexity:
      "O(N) where N is the number of keys that will be removed. When a key to remove holds a value other than a string, the individual complexity for this key is O(M) where M is the number of elements in the list, set, sorted set or hash. Removing a single key that holds a string value is O(1).",
    flags: ["write"],
    effect: "as sent",
    brief: true,
    tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
    args: [key("key", "RM DELETE", { multiple: true })],
  },
  removeKeys,
);

/** UNLINK: removes keys. Large values are freed in slices either way, so there is no difference to DEL. */
export const unlink = defineCommand(
  {
    name: "UNLINK",
    group: "generic",
    since: "4.0.0",
    summary: "Asynchronously deletes one or more keys.",
    complexity:
      "O(1) for each key removed regardless of its size. Then the command does O(N) work in a different thread in order to reclaim memory, where N is the number of allocations the deleted objects where composed of.",
    flags: ["write", "fast"],
    effect: "as sent",
    tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
    args: [key("key", "RM DELETE", { multiple: true })],
  },
  removeKeys,
);

function removeKeys(ctx: Context, argv: Argv): void {
  const { db } = ctx;
  let removed = 0;
  for (let i = 1; i < argv.count; i++) {
    if ((i - 1) % LOOK_AHEAD === 0) db.lookAhead(argv, i, 1);
    if (!db.remove(argv, i)) continue;
    db.changed(argv, i, NotifyClass.GENERIC, "del");
    removed++;
  }
  ctx.reply.integer(removed);
}
