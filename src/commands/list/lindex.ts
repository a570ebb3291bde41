import { NOT_AN_INTEGER } from "../../protocol/errors.js";
import { indexArgument } from "../index-range.js";
import { Opened } from "../open-collection.js";
import { defineCommand, integer, key } from "../spec.js";
import { openForReading } from "./list-value.js";
import { replyElement } from "./range-reply.js";

/** LINDEX: the element with an index, counted from the tail when negative. */
export const lindex = defineCommand(
  {
    name: "LINDEX",
    group: "list",
    since: "1.0.0",
    summary: "Returns an element from a list by its index.",
    complexity:
      "O(N) where N is the number of elements to traverse to get to the element at index. This makes asking for the first or the last element of the list O(1).",
    flags: ["readonly"],
    brief: true,
    args: [key("key", "RO ACCESS"), integer("index")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { lists } = keyspace.types;
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) return reply.null();
    let index = indexArgument(argv, 2);
    if (Number.isNaN(index)) return reply.error(NOT_AN_INTEGER);
    const count = lists.count(keyspace.view);
    if (index < 0) index += count;
    if (index < 0 || index >= count) return reply.null();
    lists.seek(keyspace.view, index, lists.cursor);
    replyElement(reply, lists.cursor.region, lists.cursor.at, lists.view);
  },
);
