import { replyHelp } from "../command-errors.js";
import { defineCommand } from "../spec.js";

/** CONFIG HELP. */
export const configHelp = defineCommand(
  {
    name: "HELP",
    group: "server",
    since: "5.0.0",
    summary: "Returns helpful text about the different subcommands.",
    complexity: "O(1)",
    flags: ["loading", "stale"],
  },
  ({ reply }) =>
    replyHelp(reply, "CONFIG", [
      "GET <pattern>",
      "    Return parameters matching the glob-like <pattern> and their values.",
      "SET <directive> <value>",
      "    Set the configuration <directive> to <value>.",
      "RESETSTAT",
      "    Reset statistics reported by the INFO command.",
      "REWRITE",
      "    Rewrite the configuration file.",
    ]),
);
