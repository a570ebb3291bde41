import type { CommandEntry } from "../command-entry.js";
import { defineCommand, string } from "../spec.js";
import { replyDocs } from "./command-reply.js";

/** COMMAND DOCS: the documentation of the named commands, leaving out names there are none of, or of all. */
export const commandDocs = defineCommand(
  {
    name: "DOCS",
    group: "server",
    since: "7.0.0",
    summary: "Returns documentary information about one, multiple or all commands.",
    complexity: "O(N) where N is the number of commands to look up",
    flags: ["loading", "stale", "sentinel"],
    acl: ["connection"],
    tips: ["nondeterministic_output_order"],
    args: [string("command-name", { optional: true, multiple: true })],
  },
  ({ commands, reply }, argv) => {
    let entries = commands.commands();
    if (argv.count > 2) {
      const named: CommandEntry[] = [];
      for (let i = 2; i < argv.count; i++) {
        const entry = commands.byFullName(argv.latin1(i));
        if (entry !== null) named.push(entry);
      }
      entries = named;
    }
    reply.map(entries.length);
    for (const entry of entries) {
      reply.bulkText(entry.name);
      replyDocs(reply, entry);
    }
  },
);
