import { defineCommand } from "../spec.js";

/** COMMAND COUNT: number of commands, subcommands not counted. */
export const commandCount = defineCommand(
  {
    name: "COUNT",
    group: "server",
    since: "2.8.13",
    summary: "Returns a count of commands.",
    complexity: "O(1)",
    flags: ["loading", "stale", "sentinel"],
    acl: ["connection"],
  },
  (ctx) => ctx.reply.integer(ctx.commands.size),
);
