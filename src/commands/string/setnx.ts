import { defineCommand, key, string } from "../spec.js";
import { storeArgument } from "./string-value.js";

/** SETNX: SET with NX that answers 1 or 0. */
export const setnx = defineCommand(
  {
    name: "SETNX",
    group: "string",
    since: "1.0.0",
    summary: "Set the string value of a key only when the key doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    deprecatedSince: "2.6.12",
    replacedBy: "`SET` with the `NX` argument",
    docFlags: ["deprecated"],
    args: [key("key", "OW INSERT"), string("value")],
  },
  (ctx, argv) => {
    if (ctx.db.lookupWrite(argv, 1) !== 0) return ctx.reply.integer(0);
    storeArgument(ctx, argv, 1, 2, 0);
    ctx.reply.integer(1);
  },
);
