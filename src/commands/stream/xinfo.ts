import { replyHelp } from "../command-errors.js";
import { defineCommand, defineContainer } from "../spec.js";
import { xinfoConsumers, xinfoGroups } from "./xinfo-groups.js";
import { xinfoStream } from "./xinfo-stream.js";

const xinfoHelp = defineCommand(
  {
    name: "HELP",
    group: "stream",
    since: "5.0.0",
    summary: "Returns helpful text about the different subcommands.",
    complexity: "O(1)",
    flags: ["loading", "stale"],
  },
  ({ reply }) =>
    replyHelp(reply, "XINFO", [
      "CONSUMERS <key> <groupname>",
      "    Show consumers of <groupname>.",
      "GROUPS <key>",
      "    Show the stream consumer groups.",
      "STREAM <key> [FULL [COUNT <count>]",
      "    Show information about the stream.",
    ]),
);

/** XINFO: what streams, groups and consumers know of themselves. */
export const xinfo = defineContainer({
  name: "XINFO",
  group: "stream",
  since: "5.0.0",
  summary: "A container for stream introspection commands.",
  complexity: "Depends on subcommand.",
  flags: [],
  subcommands: [xinfoConsumers, xinfoGroups, xinfoHelp, xinfoStream],
});
