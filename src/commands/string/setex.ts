import { defineCommand, integer, key, string } from "../spec.js";
import { absoluteExpiry, StringOption } from "./expiry-options.js";
import { storeExpiring } from "./string-value.js";

/** SETEX: SET with EX. */
export const setex = defineCommand(
  {
    name: "SETEX",
    group: "string",
    since: "2.0.0",
    summary: "Sets the string value and expiration time of a key. Creates the key if it doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "denyoom"],
    effect: "rewritten",
    brief: true,
    deprecatedSince: "2.6.12",
    replacedBy: "`SET` with the `EX` argument",
    docFlags: ["deprecated"],
    args: [key("key", "OW UPDATE"), integer("seconds"), string("value")],
  },
  (ctx, argv) => {
    const expireAtMs = absoluteExpiry(ctx, argv, 2, StringOption.EX);
    if (expireAtMs === 0) return;
    storeExpiring(ctx, argv, 3, expireAtMs);
    ctx.reply.ok();
  },
);
