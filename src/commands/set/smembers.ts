import { Opened } from "../open-collection.js";
import { defineCommand, key } from "../spec.js";
import { openForReading, replyMembers } from "./set-value.js";

/** SCARD: the number of members. */
export const scard = defineCommand(
  {
    name: "SCARD",
    group: "set",
    since: "1.0.0",
    summary: "Returns the number of members in a set.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    reply.integer(opened === Opened.NONE ? 0 : keyspace.types.sets.count(keyspace.view));
  },
);

/** SMEMBERS: all members. */
export const smembers = defineCommand(
  {
    name: "SMEMBERS",
    group: "set",
    since: "1.0.0",
    summary: "Returns all members of a set.",
    complexity: "O(N) where N is the set cardinality.",
    flags: ["readonly"],
    brief: true,
    tips: ["nondeterministic_output_order"],
    args: [key("key", "RO ACCESS")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) return reply.set(0);
    reply.set(keyspace.types.sets.count(keyspace.view));
    replyMembers(ctx, keyspace.view);
  },
);
