import { defineCommand, key } from "../spec.js";
import { lookupSilently } from "./quiet-lookup.js";

/** OBJECT ENCODING. */
export const objectEncoding = defineCommand(
  {
    name: "ENCODING",
    group: "generic",
    since: "2.2.3",
    summary: "Returns the internal encoding of a Redis object.",
    complexity: "O(1)",
    flags: ["readonly"],
    tips: ["nondeterministic_output"],
    args: [key("key", "RO")],
  },
  (ctx, argv) => {
    const ref = lookupSilently(ctx, argv, 2);
    if (ref === 0) return ctx.reply.null();
    ctx.reply.bulkText(ctx.db.encodingName(ref));
  },
);
