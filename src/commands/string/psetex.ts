import { defineCommand, integer, key, string } from "../spec.js";
import { absoluteExpiry, StringOption } from "./expiry-options.js";
import { storeExpiring } from "./string-value.js";

/** PSETEX: SET with PX. */
export const psetex = defineCommand(
  {
    name: "PSETEX",
    group: "string",
    since: "2.6.0",
    summary:
      "Sets both string value and expiration time in milliseconds of a key. The key is created if it doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "denyoom"],
    effect: "rewritten",
    brief: true,
    deprecatedSince: "2.6.12",
    replacedBy: "`SET` with the `PX` argument",
    docFlags: ["deprecated"],
    args: [key("key", "OW UPDATE"), integer("milliseconds"), string("value")],
  },
  (ctx, argv) => {
    const expireAtMs = absoluteExpiry(ctx, argv, 2, StringOption.PX);
    if (expireAtMs === 0) return;
    storeExpiring(ctx, argv, 3, expireAtMs);
    ctx.reply.ok();
  },
);
