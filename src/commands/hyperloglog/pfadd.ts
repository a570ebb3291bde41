import { NotifyClass } from "../../keyspace/notify.js";
import { Raise } from "../../structures/hyperloglog/hyperloglog-editor.js";
import { defineCommand, key, many, optional, string } from "../spec.js";
import { CORRUPTED, openHyperLogLog, sparseLimit, storeHyperLogLog } from "./hyperloglog-value.js";

/** PFADD: adds elements, and answers whether that changed anything. */
export const pfadd = defineCommand(
  {
    name: "PFADD",
    group: "hyperloglog",
    since: "2.8.9",
    summary: "Adds elements to a HyperLogLog key. Creates the key if it doesn't exist.",
    complexity: "O(1) to add every element.",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    args: [key("key", "RW INSERT"), optional(many(string("element")))],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { hyperloglog } = keyspace;
    const ref = db.lookupWrite(argv, 1);
    let changes = 0;
    if (ref === 0) {
      hyperloglog.create(sparseLimit(ctx));
      changes = 1;
    } else if (!openHyperLogLog(ctx, argv, 1, ref)) return;

    for (let i = 2; i < argv.count; i++) {
      const raise = hyperloglog.add(argv.source, argv.offset[i]!, argv.length[i]!);
      if (raise === Raise.BROKEN) return reply.error(CORRUPTED);
      changes += raise;
    }
    if (changes > 0) {
      hyperloglog.invalidate();
      storeHyperLogLog(ctx, argv, 1, ref);
      keyspace.dirty += changes - 1;
      db.changed(argv, 1, NotifyClass.STRING, "pfadd");
    }
    reply.integer(changes > 0 ? 1 : 0);
  },
);
