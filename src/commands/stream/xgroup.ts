import { replyHelp } from "../command-errors.js";
import { defineCommand, defineContainer } from "../spec.js";
import { xgroupCreateconsumer, xgroupDelconsumer } from "./xgroup-consumer.js";
import { xgroupCreate, xgroupSetid } from "./xgroup-create.js";
import { xgroupDestroy } from "./xgroup-destroy.js";

const xgroupHelp = defineCommand(
  {
    name: "HELP",
    group: "stream",
    since: "5.0.0",
    summary: "Returns helpful text about the different subcommands.",
    complexity: "O(1)",
    flags: ["loading", "stale"],
  },
  ({ reply }) =>
    replyHelp(reply, "XGROUP", [
      "CREATE <key> <groupname> <id|$> [option]",
      "    Create a new consumer group. Options are:",
      "    * MKSTREAM",
      "      Create the empty stream if it does not exist.",
      "    * ENTRIESREAD entries_read",
      "      Set the group's entries_read counter (internal use).",
      "CREATECONSUMER <key> <groupname> <consumer>",
      "    Create a new consumer in the specified group.",
      "DELCONSUMER <key> <groupname> <consumer>",
      "    Remove the specified consumer.",
      "DESTROY <key> <groupname>",
      "    Remove the specified group.",
      "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
      "    Set the current group ID and entries_read counter.",
    ]),
);

/** XGROUP: groups and their consumers. */
export const xgroup = defineContainer({
  name: "XGROUP",
  group: "stream",
  since: "5.0.0",
  summary: "A container for consumer groups commands.",
  complexity: "Depends on subcommand.",
  flags: [],
  subcommands: [xgroupCreate, xgroupCreateconsumer, xgroupDelconsumer, xgroupDestroy, xgroupHelp, xgroupSetid],
});
