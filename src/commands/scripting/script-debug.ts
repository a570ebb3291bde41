import { defineCommand, flag, oneOf } from "../spec.js";
import { unavailable } from "../unavailable.js";

/** SCRIPT DEBUG: whether the next scripts are run step by step. */
export const scriptDebug = defineCommand(
  {
    name: "DEBUG",
    group: "scripting",
    since: "3.2.0",
    summary: "Sets the debug mode of server-side Lua scripts.",
    complexity: "O(1)",
    flags: ["noscript"],
    args: [oneOf("mode", [flag("YES"), flag("SYNC"), flag("NO")], { optional: false })],
  },
  (ctx, argv) => {
    if (argv.is(2, "NO")) ctx.reply.ok();
    else if (argv.is(2, "YES") || argv.is(2, "SYNC")) unavailable(ctx);
    else ctx.reply.error("ERR Use SCRIPT DEBUG YES/SYNC/NO");
  },
);
