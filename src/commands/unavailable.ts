/** Commands that are declared in full, as ACL rules, `rename-command` and COMMAND need them, while what they do is not there yet. */
import type { Context } from "./context.js";

/** Answers for such a command, the same words for all. */
export function unavailable({ command, reply }: Context): void {
  reply.error(`ERR command '${command.name}' is not available yet`);
}
