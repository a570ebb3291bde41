import type { Argv } from "../../bytes/argv.js";
import { globMatcher } from "../../bytes/glob.js";
import { SYNTAX_ERROR } from "../../protocol/errors.js";
import type { CommandEntry } from "../command-entry.js";
import { defineCommand, oneOf, pattern, string } from "../spec.js";

/** COMMAND LIST: full names of commands and subcommands, all or those that pass a filter. */
export const commandList = defineCommand(
  {
    name: "LIST",
    group: "server",
    since: "7.0.0",
    summary: "Returns a list of command names.",
    complexity: "O(N) where N is the total number of Redis commands",
    flags: ["loading", "stale", "sentinel"],
    acl: ["connection"],
    tips: ["nondeterministic_output_order"],
    args: [
      oneOf(
        "filterby",
        [
          string("module-name", { token: "MODULE" }),
          string("category", { token: "ACLCAT" }),
          pattern("pattern", { token: "PATTERN" }),
        ],
        { token: "FILTERBY" },
      ),
    ],
  },
  ({ commands, reply }, argv) => {
    const passes = listFilter(argv);
    if (passes === null) return reply.error(SYNTAX_ERROR);
    const mark = reply.begin();
    let count = 0;
    for (const entry of commands.entries()) {
      if (!passes(entry)) continue;
      reply.bulkText(entry.name);
      count++;
    }
    reply.endArray(mark, count);
  },
);

/** What the arguments ask for, or null on a syntax error. */
function listFilter(argv: Argv): ((entry: CommandEntry) => boolean) | null {
  if (argv.count === 2) return () => true;
  if (argv.count !== 5 || !argv.is(2, "FILTERBY")) return null;
  // There are no modules, so no command belongs to one.
  if (argv.is(3, "MODULE")) return () => false;
  if (argv.is(3, "ACLCAT")) {
    const category = argv.latin1(4).toLowerCase();
    return (entry) => entry.facts.aclCategories.some((own) => own === category);
  }
  if (!argv.is(3, "PATTERN")) return null;
  const matches = globMatcher(argv.latin1(4), true);
  return (entry) => matches(entry.name);
}
