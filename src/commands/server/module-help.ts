import { replyHelp } from "../command-errors.js";
import { defineCommand } from "../spec.js";

/** MODULE HELP. */
export const moduleHelp = defineCommand(
  {
    name: "HELP",
    group: "server",
    since: "5.0.0",
    summary: "Returns helpful text about the different subcommands.",
    complexity: "O(1)",
    flags: ["loading", "stale"],
  },
  ({ reply }) =>
    replyHelp(reply, "MODULE", [
      "LIST",
      "    Return a list of loaded modules.",
      "LOAD <path> [<arg> ...]",
      "    Load a module library from <path>, passing to it any optional arguments.",
      "LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
      "    Load a module library from <path>, while passing it module configurations and optional arguments.",
      "UNLOAD <name>",
      "    Unload a module.",
    ]),
);
