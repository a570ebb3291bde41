import { NotifyClass } from "../../keyspace/notify.js";
import { defineCommand, key, many, string } from "../spec.js";
import { areIds, idArgument, writeHead } from "./stream-value.js";

/** XDEL: removes entries by ID. */
export const xdel = defineCommand(
  {
    name: "XDEL",
    group: "stream",
    since: "5.0.0",
    summary: "Returns the number of messages after removing them from a stream.",
    complexity: "O(1) for each single item to delete in the stream, regardless of the stream size.",
    flags: ["write", "fast"],
    effect: "as sent",
    args: [key("key", "RW DELETE"), many(string("ID"))],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { streams } = keyspace.types;
    const head = writeHead(ctx, argv, 1);
    if (head < 0) return;
    if (head === 0) return reply.integer(0);
    if (!areIds(ctx, argv, 2, argv.count, streams.id)) return;
    let removed = 0;
    for (let i = 2; i < argv.count; i++) {
      idArgument(ctx, argv, i, streams.id);
      if (streams.remove(head, streams.id)) removed++;
    }
    if (removed > 0) {
      keyspace.dirty += removed - 1;
      db.changed(argv, 1, NotifyClass.STREAM, "xdel");
    }
    reply.integer(removed);
  },
);
