import { NotifyClass } from "../../keyspace/notify.js";
import { defineCommand, key, many, optional } from "../spec.js";
import { CORRUPTED, loadHyperLogLog, openHyperLogLog, sparseLimit, storeHyperLogLog } from "./hyperloglog-value.js";

/** PFMERGE: makes a HyperLogLog the union of itself and others. It becomes dense when one of them is. */
export const pfmerge = defineCommand(
  {
    name: "PFMERGE",
    group: "hyperloglog",
    since: "2.8.9",
    summary: "Merges one or more HyperLogLog values into a single key.",
    complexity: "O(N) to merge N HyperLogLogs, but with high constant times.",
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [key("destkey", "RW ACCESS INSERT"), optional(many(key("sourcekey", "RO ACCESS")))],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    const { value, hyperloglog } = ctx.keyspace;
    const { union } = hyperloglog;
    union.clear();
    for (let i = 1; i < argv.count; i++) {
      const ref = db.lookupRead(argv, i);
      if (ref === 0) continue;
      if (!loadHyperLogLog(ctx, ref)) return;
      if (!union.add(value.region, value.offset, value.length)) return reply.error(CORRUPTED);
    }

    const ref = db.lookupWrite(argv, 1);
    if (ref === 0) hyperloglog.create(sparseLimit(ctx));
    else if (!openHyperLogLog(ctx, argv, 1, ref)) return;
    if (union.hasDense) hyperloglog.makeDense();
    hyperloglog.raiseAll(union.registers);
    hyperloglog.invalidate();
    storeHyperLogLog(ctx, argv, 1, ref);
    // The event is PFADD's: it is as if all elements had been added.
    db.changed(argv, 1, NotifyClass.STRING, "pfadd");
    reply.ok();
  },
);
