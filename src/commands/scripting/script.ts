import { defineContainer } from "../spec.js";
import { scriptKill } from "./kill.js";
import { scriptExists, scriptFlush, scriptLoad } from "./script-cache.js";
import { scriptDebug } from "./script-debug.js";
import { scriptHelp } from "./script-help.js";

/** SCRIPT: the scripts kept for EVALSHA. */
export const script = defineContainer({
  name: "SCRIPT",
  group: "scripting",
  since: "2.6.0",
  summary: "A container for Lua scripts management commands.",
  complexity: "Depends on subcommand.",
  flags: [],
  subcommands: [scriptDebug, scriptExists, scriptFlush, scriptHelp, scriptKill, scriptLoad],
});
