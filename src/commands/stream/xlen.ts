import { defineCommand, key } from "../spec.js";
import { readHead } from "./stream-value.js";

/** XLEN: the number of entries. */
export const xlen = defineCommand(
  {
    name: "XLEN",
    group: "stream",
    since: "5.0.0",
    summary: "Return the number of messages in a stream.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO")],
  },
  (ctx, argv) => {
    const head = readHead(ctx, argv, 1);
    if (head >= 0) ctx.reply.integer(head === 0 ? 0 : ctx.keyspace.types.streams.length(head));
  },
);
