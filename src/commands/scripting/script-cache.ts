/** The scripts kept by their digests. */

import { defineCommand, flag, oneOf, string } from "../spec.js";
import { unavailable } from "../unavailable.js";
import { isFlush } from "./flush-type.js";

/** SCRIPT EXISTS: which digests are known. */
export const scriptExists = defineCommand(
  {
    name: "EXISTS",
    group: "scripting",
    since: "2.6.0",
    summary: "Determines whether server-side Lua scripts exist in the script cache.",
    complexity: "O(N) with N being the number of scripts to check (so checking a single script is an O(1) operation).",
    flags: ["noscript"],
    tips: ["request_policy:all_shards", "response_policy:agg_logical_and"],
    args: [string("sha1", { multiple: true })],
  },
  ({ reply }, argv) => {
    reply.array(argv.count - 2);
    for (let i = 2; i < argv.count; i++) reply.integer(0);
  },
);

/** SCRIPT FLUSH: forgets all scripts. */
export const scriptFlush = defineCommand(
  {
    name: "FLUSH",
    group: "scripting",
    since: "2.6.0",
    summary: "Removes all server-side Lua scripts from the script cache.",
    complexity: "O(N) with N being the number of scripts in cache",
    flags: ["noscript"],
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
    history: [["6.2.0", "Added the `ASYNC` and `SYNC` flushing mode modifiers."]],
    args: [oneOf("flush-type", [flag("ASYNC"), flag("SYNC")], { since: "6.2.0" })],
  },
  ({ reply }, argv) => {
    if (!isFlush(argv)) return reply.error("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
    reply.ok();
  },
);

/** SCRIPT LOAD: keeps a script without running it. */
export const scriptLoad = defineCommand(
  {
    name: "LOAD",
    group: "scripting",
    since: "2.6.0",
    summary: "Loads a server-side Lua script to the script cache.",
    complexity: "O(N) with N being the length in bytes of the script body.",
    flags: ["noscript", "stale"],
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
    args: [string("script")],
  },
  unavailable,
);
