import { defineCommand, key, string } from "../spec.js";
import { replyString, storeArgument } from "./string-value.js";

/** GETSET: SET that answers the old value. */
export const getset = defineCommand(
  {
    name: "GETSET",
    group: "string",
    since: "1.0.0",
    summary: "Returns the previous string value of a key after setting it to a new value.",
    complexity: "O(1)",
    flags: ["write", "denyoom", "fast"],
    effect: "rewritten",
    deprecatedSince: "6.2.0",
    replacedBy: "`SET` with the `!GET` argument",
    docFlags: ["deprecated"],
    args: [key("key", "RW ACCESS UPDATE"), string("value")],
  },
  (ctx, argv) => {
    if (!replyString(ctx, argv, 1)) return;
    storeArgument(ctx, argv, 1, 2, 0);
    if (ctx.effects.isOn) ctx.effects.instead("SET", 3).argument(argv, 1).argument(argv, 2);
  },
);
