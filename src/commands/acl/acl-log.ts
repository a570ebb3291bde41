import { NOT_AN_INTEGER } from "../../protocol/errors.js";
import type { ReplyWriter } from "../../protocol/reply-writer.js";
import type { AclLogEntry } from "../acl-context.js";
import { subcommandSyntaxError } from "../command-errors.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, flag, integer, oneOf } from "../spec.js";

const DEFAULT_COUNT = 10;

/** ACL LOG: what was refused lately, the newest first; RESET forgets it. */
export const aclLog = defineCommand(
  {
    name: "LOG",
    group: "server",
    since: "6.0.0",
    summary: "Lists recent security events generated due to ACL rules.",
    complexity: "O(N) with N being the number of entries shown.",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
    history: [["7.2.0", "Added entry ID, timestamp created, and timestamp last updated."]],
    args: [oneOf("operation", [integer("count"), flag("RESET")])],
  },
  ({ acl, nowMs, reply }, argv) => {
    if (argv.count > 3) return reply.error(subcommandSyntaxError(argv, "ACL"));
    if (argv.count === 3 && argv.is(2, "RESET")) {
      acl.resetLog();
      return reply.ok();
    }
    const count = argv.count === 3 ? integerArgument(argv, 2) : DEFAULT_COUNT;
    if (count === null) return reply.error(NOT_AN_INTEGER);
    const entries = acl.logEntries(Math.max(0, count));
    reply.array(entries.length);
    for (const entry of entries) replyEntry(reply, entry, nowMs);
  },
);

function replyEntry(reply: ReplyWriter, entry: AclLogEntry, nowMs: number): void {
  const text = (name: string, value: string): void => {
    reply.bulkText(name);
    reply.bulkLatin1(value);
  };
  const number = (name: string, value: number): void => {
    reply.bulkText(name);
    reply.integer(value);
  };
  reply.map(10);
  number("count", entry.count);
  text("reason", entry.reason);
  text("context", entry.context);
  text("object", entry.object);
  text("username", entry.userName);
  reply.bulkText("age-seconds");
  reply.double((nowMs - entry.updatedMs) / 1000);
  text("client-info", entry.clientInfo);
  number("entry-id", entry.id);
  number("timestamp-created", entry.createdMs);
  number("timestamp-last-updated", entry.updatedMs);
}
