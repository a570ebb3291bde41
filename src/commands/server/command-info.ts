import { defineCommand, string } from "../spec.js";
import { replyInfo } from "./command-reply.js";

/** COMMAND INFO: details about the named commands, null for names there are none of, or about all. */
export const commandInfo = defineCommand(
  {
    name: "INFO",
    group: "server",
    since: "2.8.13",
    summary: "Returns information about one, multiple or all commands.",
    complexity: "O(N) where N is the number of commands to look up",
    flags: ["loading", "stale", "sentinel"],
    acl: ["connection"],
    tips: ["nondeterministic_output_order"],
    history: [["7.0.0", "Allowed to be called with no argument to get info on all commands."]],
    args: [string("command-name", { optional: true, multiple: true })],
  },
  ({ commands, reply }, argv) => {
    if (argv.count === 2) {
      reply.array(commands.size);
      for (const entry of commands.commands()) replyInfo(reply, entry);
      return;
    }
    reply.array(argv.count - 2);
    for (let i = 2; i < argv.count; i++) replyInfo(reply, commands.byFullName(argv.latin1(i)));
  },
);
