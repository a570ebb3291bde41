import { SYNTAX_ERROR } from "../../protocol/errors.js";
import { defineCommand, flag, oneOf } from "../spec.js";

/** SHUTDOWN: saves unless told otherwise, and ends the server; there is a reply only when it goes on running. */
export const shutdown = defineCommand(
  {
    name: "SHUTDOWN",
    group: "server",
    since: "1.0.0",
    summary: "Synchronously saves the database(s) to disk and shuts down the Redis server.",
    complexity:
      "O(N) when saving, where N is the total number of keys in all databases when saving data, otherwise O(1)",
    flags: ["admin", "noscript", "loading", "stale", "no_multi", "sentinel", "allow_busy"],
    history: [["7.0.0", "Added the `NOW`, `FORCE` and `ABORT` modifiers."]],
    args: [
      oneOf("save-selector", [flag("NOSAVE"), flag("SAVE")]),
      flag("NOW", { since: "7.0.0" }),
      flag("FORCE", { since: "7.0.0" }),
      flag("ABORT", { since: "7.0.0" }),
    ],
  },
  (ctx, argv) => {
    const options = { save: null as boolean | null, now: false, force: false, abort: false };
    for (let i = 1; i < argv.count; i++) {
      if (argv.is(i, "NOSAVE") && options.save !== true) options.save = false;
      else if (argv.is(i, "SAVE") && options.save !== false) options.save = true;
      else if (argv.is(i, "NOW")) options.now = true;
      else if (argv.is(i, "FORCE")) options.force = true;
      else if (argv.is(i, "ABORT")) options.abort = true;
      else return ctx.reply.error(SYNTAX_ERROR);
    }
    if (options.abort && (options.save !== null || options.now || options.force)) {
      return ctx.reply.error(SYNTAX_ERROR);
    }
    const error = ctx.lifecycle.shutdown(options);
    if (error !== null) ctx.reply.error(error);
    else if (options.abort) ctx.reply.ok();
  },
);
