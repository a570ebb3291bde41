import { defineCommand, key } from "../spec.js";
import { lookupSilently } from "./quiet-lookup.js";

const NO_LFU =
  "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between " +
  "policies at runtime LRU and LFU data will take some time to adjust.";

/** OBJECT FREQ: the logarithmic access counter of LFU eviction. */
export const objectFreq = defineCommand(
  {
    name: "FREQ",
    group: "generic",
    since: "4.0.0",
    summary: "Returns the logarithmic access frequency counter of a Redis object.",
    complexity: "O(1)",
    flags: ["readonly"],
    tips: ["nondeterministic_output"],
    args: [key("key", "RO")],
  },
  (ctx, argv) => {
    const ref = lookupSilently(ctx, argv, 2);
    if (ref === 0) return ctx.reply.null();
    if (!ctx.keyspace.isLfu) return ctx.reply.error(NO_LFU);
    ctx.reply.integer(ctx.db.frequency(ref));
  },
);
