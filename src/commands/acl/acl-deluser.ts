import { defineCommand, many, string } from "../spec.js";

/** ACL DELUSER: deletes users and closes their connections. */
export const aclDeluser = defineCommand(
  {
    name: "DELUSER",
    group: "server",
    since: "6.0.0",
    summary: "Deletes ACL users, and terminates their connections.",
    complexity: "O(1) amortized time considering the typical user.",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
    secrets: (argv, hide) => {
      for (let i = 2; i < argv.count; i++) hide(i);
    },
    args: [many(string("username"))],
  },
  ({ acl, reply }, argv) => {
    const names: string[] = [];
    for (let i = 2; i < argv.count; i++) names.push(argv.latin1(i));
    if (names.includes("default")) return reply.error("ERR The 'default' user cannot be removed");
    reply.integer(acl.deleteUsers(names));
  },
);
