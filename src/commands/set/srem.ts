import { NotifyClass } from "../../keyspace/notify.js";
import { Opened } from "../open-collection.js";
import { defineCommand, key, many, string } from "../spec.js";
import { openForWriting } from "./set-value.js";

/** SREM: removes members, and the key with the last of them. */
export const srem = defineCommand(
  {
    name: "SREM",
    group: "set",
    since: "1.0.0",
    summary: "Removes one or more members from a set. Deletes the set if the last member was removed.",
    complexity: "O(N) where N is the number of members to be removed.",
    flags: ["write", "fast"],
    effect: "as sent",
    history: [["2.4.0", "Accepts multiple `member` arguments."]],
    args: [key("key", "RW DELETE"), many(string("member"))],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { slot } = keyspace;
    const { sets } = keyspace.types;
    const opened = openForWriting(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) return reply.integer(0);

    let left = sets.count(slot);
    const before = left;
    for (let i = 2; i < argv.count && left > 0; i++) {
      if (sets.remove(slot, argv.source, argv.offset[i]!, argv.length[i]!)) left--;
    }
    const removed = before - left;
    if (removed > 0) {
      if (left === 0) db.remove(argv, 1);
      keyspace.dirty += removed - 1;
      db.changed(argv, 1, NotifyClass.SET, "srem");
      if (left === 0) db.notify(NotifyClass.GENERIC, "del", argv, 1);
    }
    reply.integer(removed);
  },
);
