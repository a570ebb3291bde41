import { defineCommand, key, many, string } from "../spec.js";
import { areIds, editFound, groupAt, idArgument, readHead } from "./stream-value.js";

/** XACK: entries are done and no longer pending. */
export const xack = defineCommand(
  {
    name: "XACK",
    group: "stream",
    since: "5.0.0",
    summary:
      "Returns the number of messages that were successfully acknowledged by the consumer group member of a stream.",
    complexity: "O(1) for each message ID processed.",
    flags: ["write", "fast"],
    effect: "as sent",
    args: [key("key", "RW UPDATE"), string("group"), many(string("ID"))],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { streams } = keyspace.types;
    const head = readHead(ctx, argv, 1);
    if (head < 0) return;
    const found = groupAt(ctx, head, argv, 2);
    if (found === 0) return reply.integer(0);
    if (!areIds(ctx, argv, 3, argv.count, streams.id)) return;
    const group = editFound(ctx, argv, 1, found);
    let acknowledged = 0;
    for (let i = 3; i < argv.count; i++) {
      idArgument(ctx, argv, i, streams.id);
      if (streams.groups.acknowledge(group, streams.id)) acknowledged++;
    }
    keyspace.dirty += acknowledged;
    reply.integer(acknowledged);
  },
);
