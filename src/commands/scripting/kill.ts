/** Ending what runs for too long: SCRIPT KILL, FUNCTION KILL. */

import type { ServiceContext } from "../context.js";
import { defineCommand } from "../spec.js";

/** SCRIPT KILL: ends the running script. */
export const scriptKill = defineCommand(
  {
    name: "KILL",
    group: "scripting",
    since: "2.6.0",
    summary: "Terminates a server-side Lua script during execution.",
    complexity: "O(1)",
    flags: ["noscript", "allow_busy"],
    tips: ["request_policy:all_shards", "response_policy:one_succeeded"],
  },
  nothingRuns,
);

/** FUNCTION KILL: ends the running function. */
export const functionKill = defineCommand(
  {
    name: "KILL",
    group: "scripting",
    since: "7.0.0",
    summary: "Terminates a function during execution.",
    complexity: "O(1)",
    flags: ["noscript", "allow_busy"],
    tips: ["request_policy:all_shards", "response_policy:one_succeeded"],
  },
  nothingRuns,
);

function nothingRuns({ reply }: Pick<ServiceContext, "reply">): void {
  reply.error("NOTBUSY No scripts in execution right now.");
}
