/** ACL LIST and ACL USERS: all users, with their rules or only their names. */
import { defineCommand } from "../spec.js";

/** ACL LIST: each user as a line of an ACL file. */
export const aclList = defineCommand(
  {
    name: "LIST",
    group: "server",
    since: "6.0.0",
    summary: "Dumps the effective rules in ACL file format.",
    complexity: "O(N). Where N is the number of configured users.",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  },
  ({ acl, reply }) => {
    const users = acl.users();
    reply.array(users.length);
    for (const { name, rules } of users) reply.bulkLatin1(`user ${name} ${rules.join(" ")}`);
  },
);

/** ACL USERS: the names. */
export const aclUsers = defineCommand(
  {
    name: "USERS",
    group: "server",
    since: "6.0.0",
    summary: "Lists all ACL users.",
    complexity: "O(N). Where N is the number of configured users.",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  },
  ({ acl, reply }) => {
    const users = acl.users();
    reply.array(users.length);
    for (const { name } of users) reply.bulkLatin1(name);
  },
);
