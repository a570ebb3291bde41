import { subcommandSyntaxError } from "../command-errors.js";
import { ACL_CATEGORIES } from "../flag-bits.js";
import { defineCommand, string } from "../spec.js";

/** ACL CAT: the categories of commands, or the commands of one. */
export const aclCat = defineCommand(
  {
    name: "CAT",
    group: "server",
    since: "6.0.0",
    summary: "Lists the ACL categories, or the commands inside a category.",
    complexity: "O(1) since the categories and commands are a fixed set.",
    flags: ["noscript", "loading", "stale", "sentinel"],
    args: [string("category", { optional: true })],
  },
  ({ commands, reply }, argv) => {
    if (argv.count > 3) return reply.error(subcommandSyntaxError(argv, "ACL"));
    if (argv.count === 2) {
      reply.array(ACL_CATEGORIES.length);
      for (const category of ACL_CATEGORIES) reply.bulkText(category);
      return;
    }
    const category = ACL_CATEGORIES.find((known) => argv.is(2, known.toUpperCase()));
    if (category === undefined) return reply.error(`ERR Unknown category '${argv.cString(2).slice(0, 128)}'`);
    const found = [...commands.declaredEntries()].filter((entry) => entry.facts.aclCategories.includes(category));
    reply.array(found.length);
    for (const { name } of found) reply.bulkText(name);
  },
);
