import { defineCommand, string } from "../spec.js";

/** ACL SETUSER: creates or changes a user by rules, all of them or none. */
export const aclSetuser = defineCommand(
  {
    name: "SETUSER",
    group: "server",
    since: "6.0.0",
    summary: "Creates and modifies an ACL user and its rules.",
    complexity: "O(N). Where N is the number of rules provided.",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
    history: [
      ["6.2.0", "Added Pub/Sub channel patterns."],
      ["7.0.0", "Added selectors and key based permissions."],
    ],
    secrets: (argv, hide) => {
      for (let i = 2; i < argv.count; i++) hide(i);
    },
    args: [string("username"), string("rule", { optional: true, multiple: true })],
  },
  ({ acl, reply }, argv) => {
    const rules: string[] = [];
    for (let i = 3; i < argv.count; i++) rules.push(argv.latin1(i));
    const error = acl.setUser(argv.latin1(2), rules);
    if (error === null) reply.ok();
    else reply.error(error);
  },
);
