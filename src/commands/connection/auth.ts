import { NO_PASSWORD_SET, SYNTAX_ERROR, WRONG_PASSWORD } from "../../protocol/errors.js";
import { defineCommand, string } from "../spec.js";

/** AUTH: with a password alone, the user is "default". */
export const auth = defineCommand(
  {
    name: "AUTH",
    group: "connection",
    since: "1.0.0",
    summary: "Authenticates the connection.",
    complexity: "O(N) where N is the number of passwords defined for the user",
    flags: ["noscript", "loading", "stale", "fast", "no_auth", "sentinel", "allow_busy"],
    history: [["6.0.0", "Added ACL style (username and password)."]],
    secrets: (argv, hide) => {
      for (let i = 1; i < Math.min(argv.count, 3); i++) hide(i);
    },
    args: [string("username", { optional: true, since: "6.0.0" }), string("password")],
  },
  (ctx, argv) => {
    const { acl, client, reply } = ctx;
    if (argv.count > 3) return reply.error(SYNTAX_ERROR);
    if (argv.count === 2 && acl.isDefaultNopass) return reply.error(NO_PASSWORD_SET);
    const user = argv.count === 2 ? "default" : argv.latin1(1);
    const password = argv.bytes(argv.count - 1);
    if (!acl.authenticate(client, user, password, argv.latin1(0))) return reply.error(WRONG_PASSWORD);
    reply.ok();
  },
);
