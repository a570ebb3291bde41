/** Rules of ACL users over all commands, for tests and fuzzers without a server. */
import { commandGroups } from "../../src/commands/all.js";
import { CommandTable } from "../../src/commands/command-table.js";
import { NodeDigest } from "../../src/platform/digest.js";
import type { User } from "../../src/server/acl/user.js";
import { UserRules } from "../../src/server/acl/user-rules.js";

/** The commands of a server, the rules over them, and what was warned of. */
export function aclRules(): { table: CommandTable; rules: UserRules; warnings: string[] } {
  const table = new CommandTable(...commandGroups);
  const warnings: string[] = [];
  const rules = new UserRules({ table, digest: new NodeDigest(), warn: (message) => warnings.push(message) });
  return { table, rules, warnings };
}

/** What is left of a user when its name is: everything it may do. Two users with the same are the same. */
export function userState(user: User): unknown {
  return {
    flags: user.flags,
    passwords: [...user.passwords],
    isUnrestricted: user.isUnrestricted,
    selectors: user.selectors.map((selector) => ({
      allowed: [...selector.allowed],
      startsFromAll: selector.startsFromAll,
      commandRules: selector.commandRules.words,
      firstArgs: [...(selector.firstArgs ?? [])]
        .map(([id, words]) => [id, [...words]] as const)
        .sort(([a], [b]) => a - b),
      allKeys: selector.allKeys,
      keys: selector.keyPatterns.items.map(({ rule }) => rule),
      allChannels: selector.allChannels,
      channels: selector.channelPatterns.items.map(({ text }) => text),
    })),
  };
}
