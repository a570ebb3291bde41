import { wrongArgumentCount } from "../../protocol/errors.js";
import { defineCommand, string } from "../spec.js";

/** ACL DRYRUN: whether a user could run a command. */
export const aclDryrun = defineCommand(
  {
    name: "DRYRUN",
    group: "server",
    since: "7.0.0",
    summary: "Simulates the execution of a command by a user, without executing the command.",
    complexity: "O(1).",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
    args: [string("username"), string("command"), string("arg", { optional: true, multiple: true })],
  },
  ({ acl, commands, reply }, argv) => {
    const name = argv.latin1(2);
    if (acl.user(name) === null) return reply.error(`ERR User '${argv.cString(2)}' not found`);
    const call = argv.copy(3);
    const command = commands.lookup(call);
    if (command === null) return reply.error(`ERR Command '${argv.cString(3)}' not found`);
    if (!command.acceptsCount(call.count)) return reply.error(wrongArgumentCount(command.name));
    const refusal = acl.dryRun(name, command, call);
    if (refusal === null) reply.ok();
    else reply.bulkLatin1(refusal);
  },
);
