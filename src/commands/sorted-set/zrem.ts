import { NotifyClass } from "../../keyspace/notify.js";
import { Opened } from "../open-collection.js";
import { openForWriting } from "../sorted-set-value.js";
import { defineCommand, key, many, string } from "../spec.js";

/** ZREM: removes members. */
export const zrem = defineCommand(
  {
    name: "ZREM",
    group: "sorted-set",
    since: "1.2.0",
    summary: "Removes one or more members from a sorted set. Deletes the sorted set if all members were removed.",
    complexity:
      "O(M*log(N)) with N being the number of elements in the sorted set and M the number of elements to be removed.",
    flags: ["write", "fast"],
    effect: "as sent",
    history: [["2.4.0", "Accepts multiple elements."]],
    args: [key("key", "RW DELETE"), many(string("member"))],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { slot } = keyspace;
    const { sortedSets } = keyspace.types;
    const opened = openForWriting(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) return reply.integer(0);
    let left = sortedSets.count(slot);
    let removed = 0;
    for (let i = 2; i < argv.count && left > 0; i++) {
      if (!sortedSets.remove(slot, argv.source, argv.offset[i]!, argv.length[i]!)) continue;
      removed++;
      left--;
    }
    if (removed > 0) {
      if (left === 0) db.remove(argv, 1);
      keyspace.dirty += removed - 1;
      db.changed(argv, 1, NotifyClass.ZSET, "zrem");
      if (left === 0) db.notify(NotifyClass.GENERIC, "del", argv, 1);
    }
    reply.integer(removed);
  },
);
