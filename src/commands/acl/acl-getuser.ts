import type { ReplyWriter } from "../../protocol/reply-writer.js";
import type { AclSelectorDescription } from "../acl-context.js";
import { defineCommand, string } from "../spec.js";

/** ACL GETUSER: the rules of a user, one thing after the other. */
export const aclGetuser = defineCommand(
  {
    name: "GETUSER",
    group: "server",
    since: "6.0.0",
    summary: "Lists the ACL rules of a user.",
    complexity: "O(N). Where N is the number of password, command and pattern rules that the user has.",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
    history: [
      ["6.2.0", "Added Pub/Sub channel patterns."],
      [
        "7.0.0",
        "Added selectors and changed the format of key and channel patterns from a list to their rule representation.",
      ],
    ],
    secrets: (argv, hide) => {
      for (let i = 2; i < argv.count; i++) hide(i);
    },
    args: [string("username")],
  },
  ({ acl, reply }, argv) => {
    const user = acl.user(argv.latin1(2));
    if (user === null) return reply.null();
    const { flags, passwords, selectors } = user;
    reply.map(6);
    reply.bulkText("flags");
    reply.set(flags.length);
    for (const flag of flags) reply.bulkText(flag);
    reply.bulkText("passwords");
    reply.array(passwords.size);
    for (const hash of passwords) reply.bulkText(hash);
    replySelector(reply, selectors[0]!);
    reply.bulkText("selectors");
    reply.array(selectors.length - 1);
    for (const selector of selectors.slice(1)) {
      reply.map(3);
      replySelector(reply, selector);
    }
  },
);

function replySelector(reply: ReplyWriter, { commands, keys, channels }: AclSelectorDescription): void {
  for (const [name, rules] of Object.entries({ commands, keys, channels })) {
    reply.bulkText(name);
    reply.bulkLatin1(rules);
  }
}
