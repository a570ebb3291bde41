import { Opened } from "../open-collection.js";
import { openForReading } from "../sorted-set-value.js";
import { defineCommand, key, many, string } from "../spec.js";

/** ZSCORE: the score of a member. */
export const zscore = defineCommand(
  {
    name: "ZSCORE",
    group: "sorted-set",
    since: "1.2.0",
    summary: "Returns the score of a member in a sorted set.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO ACCESS"), string("member")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { sortedSets } = keyspace.types;
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE || !sortedSets.find(keyspace.view, argv.source, argv.offset[2]!, argv.length[2]!))
      return reply.null();
    reply.double(sortedSets.score);
  },
);

/** ZMSCORE: the scores of several members. */
export const zmscore = defineCommand(
  {
    name: "ZMSCORE",
    group: "sorted-set",
    since: "6.2.0",
    summary: "Returns the score of one or more members in a sorted set.",
    complexity: "O(N) where N is the number of members being requested.",
    flags: ["readonly", "fast"],
    args: [key("key", "RO ACCESS"), many(string("member"))],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { sortedSets } = keyspace.types;
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    reply.array(argv.count - 2);
    for (let i = 2; i < argv.count; i++) {
      const isThere =
        opened === Opened.FOUND && sortedSets.find(keyspace.view, argv.source, argv.offset[i]!, argv.length[i]!);
      if (isThere) reply.double(sortedSets.score);
      else reply.null();
    }
  },
);

/** ZCARD: the number of members. */
export const zcard = defineCommand(
  {
    name: "ZCARD",
    group: "sorted-set",
    since: "1.2.0",
    summary: "Returns the number of members in a sorted set.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    reply.integer(opened === Opened.NONE ? 0 : keyspace.types.sortedSets.count(keyspace.view));
  },
);
