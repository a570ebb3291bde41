import type { ServiceContext } from "../context.js";
import { defineCommand } from "../spec.js";
import { commandCount } from "./command-count.js";
import { commandDocs } from "./command-docs.js";
import { commandGetkeys, commandGetkeysandflags } from "./command-getkeys.js";
import { commandHelp } from "./command-help.js";
import { commandInfo } from "./command-info.js";
import { commandList } from "./command-list.js";
import { replyInfo } from "./command-reply.js";

/** COMMAND: details about all commands. */
export const command = defineCommand(
  {
    name: "COMMAND",
    group: "server",
    since: "2.8.13",
    summary: "Returns detailed information about all commands.",
    complexity: "O(N) where N is the total number of Redis commands",
    flags: ["loading", "stale", "sentinel"],
    acl: ["connection"],
    tips: ["nondeterministic_output_order"],
    arity: -1,
    subcommands: [
      commandCount,
      commandDocs,
      commandGetkeys,
      commandGetkeysandflags,
      commandHelp,
      commandInfo,
      commandList,
    ],
  },
  ({ commands, reply }: Pick<ServiceContext, "commands" | "reply">) => {
    reply.array(commands.size);
    for (const entry of commands.commands()) replyInfo(reply, entry);
  },
);
