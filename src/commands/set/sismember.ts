import { Opened } from "../open-collection.js";
import { defineCommand, key, many, string } from "../spec.js";
import { openForReading } from "./set-value.js";

/** SISMEMBER: whether a set has a member. */
export const sismember = defineCommand(
  {
    name: "SISMEMBER",
    group: "set",
    since: "1.0.0",
    summary: "Determines whether a member belongs to a set.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO"), string("member")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    const isMember =
      opened === Opened.FOUND && keyspace.types.sets.has(keyspace.view, argv.source, argv.offset[2]!, argv.length[2]!);
    reply.integer(isMember ? 1 : 0);
  },
);

/** SMISMEMBER: which of several members a set has. */
export const smismember = defineCommand(
  {
    name: "SMISMEMBER",
    group: "set",
    since: "6.2.0",
    summary: "Determines whether multiple members belong to a set.",
    complexity: "O(N) where N is the number of elements being checked for membership",
    flags: ["readonly", "fast"],
    args: [key("key", "RO ACCESS"), many(string("member"))],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { sets } = keyspace.types;
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    reply.array(argv.count - 2);
    for (let i = 2; i < argv.count; i++) {
      const isMember =
        opened === Opened.FOUND && sets.has(keyspace.view, argv.source, argv.offset[i]!, argv.length[i]!);
      reply.integer(isMember ? 1 : 0);
    }
  },
);
