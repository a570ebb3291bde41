import { NOT_AN_INTEGER } from "../../protocol/errors.js";
import { indexArgument, startIndex } from "../index-range.js";
import { Opened } from "../open-collection.js";
import { defineCommand, integer, key } from "../spec.js";
import { openForReading } from "./list-value.js";
import { replyRange } from "./range-reply.js";

/** LRANGE: the elements between two indexes, both included and counted from the tail when negative. */
export const lrange = defineCommand(
  {
    name: "LRANGE",
    group: "list",
    since: "1.0.0",
    summary: "Returns a range of elements from a list.",
    complexity:
      "O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end (HEAD or TAIL) for large lists; and N is the number of elements in the specified range.",
    flags: ["readonly"],
    brief: true,
    args: [key("key", "RO ACCESS"), integer("start"), integer("stop")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const first = indexArgument(argv, 2);
    const last = indexArgument(argv, 3);
    if (Number.isNaN(first) || Number.isNaN(last)) return reply.error(NOT_AN_INTEGER);
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) return reply.array(0);
    const length = keyspace.types.lists.count(keyspace.view);
    const start = startIndex(first, length);
    const stop = Math.min(length - 1, last < 0 ? length + last : last);
    if (start > stop) return reply.array(0);
    replyRange(ctx, keyspace.view, start, stop - start + 1, false);
  },
);
