import { defineCommand, key } from "../spec.js";
import { lookupQuietly } from "./quiet-lookup.js";
import { typeName } from "./type-name.js";

/** TYPE: the type of a key's value, "none" when there is no such key. */
export const type = defineCommand(
  {
    name: "TYPE",
    group: "generic",
    since: "1.0.0",
    summary: "Determines the type of value stored at a key.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO")],
  },
  (ctx, argv) => {
    const ref = lookupQuietly(ctx, argv, 1);
    ctx.reply.simple(ref === 0 ? "none" : typeName(ctx.db.type(ref)));
  },
);
