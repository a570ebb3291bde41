import { defineContainer } from "../spec.js";
import { functionDump, functionRestore } from "./function-dump.js";
import { functionHelp } from "./function-help.js";
import { functionDelete, functionFlush, functionList, functionLoad } from "./function-libraries.js";
import { functionStats } from "./function-stats.js";
import { functionKill } from "./kill.js";

/** FUNCTION: libraries of functions that run in the server. */
export const functionCommand = defineContainer({
  name: "FUNCTION",
  group: "scripting",
  since: "7.0.0",
  summary: "A container for function commands.",
  complexity: "Depends on subcommand.",
  flags: [],
  subcommands: [
    functionDelete,
    functionDump,
    functionFlush,
    functionHelp,
    functionKill,
    functionList,
    functionLoad,
    functionRestore,
    functionStats,
  ],
});
