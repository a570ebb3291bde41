import { defineCommand, key } from "../spec.js";
import { lookupSilently } from "./quiet-lookup.js";

const LFU =
  "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at " +
  "runtime LRU and LFU data will take some time to adjust.";

/** OBJECT IDLETIME: seconds since the last access. */
export const objectIdletime = defineCommand(
  {
    name: "IDLETIME",
    group: "generic",
    since: "2.2.3",
    summary: "Returns the time since the last access to a Redis object.",
    complexity: "O(1)",
    flags: ["readonly"],
    tips: ["nondeterministic_output"],
    args: [key("key", "RO")],
  },
  (ctx, argv) => {
    const ref = lookupSilently(ctx, argv, 2);
    if (ref === 0) return ctx.reply.null();
    if (ctx.keyspace.isLfu) return ctx.reply.error(LFU);
    ctx.reply.integer(ctx.db.idleSeconds(ref));
  },
);
