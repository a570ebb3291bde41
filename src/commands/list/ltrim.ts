import { NOT_AN_INTEGER } from "../../protocol/errors.js";
import { indexArgument, startIndex } from "../index-range.js";
import { Opened } from "../open-collection.js";
import { defineCommand, integer, key } from "../spec.js";
import { elementsRemoved, openForWriting } from "./list-value.js";

/** LTRIM: keeps the elements between two indexes, both included and counted from the tail when negative. */
export const ltrim = defineCommand(
  {
    name: "LTRIM",
    group: "list",
    since: "1.0.0",
    summary: "Removes elements from both ends a list. Deletes the list if all elements were trimmed.",
    complexity: "O(N) where N is the number of elements to be removed by the operation.",
    flags: ["write"],
    effect: "as sent",
    args: [key("key", "RW DELETE"), integer("start"), integer("stop")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { slot } = keyspace;
    const { lists } = keyspace.types;
    const first = indexArgument(argv, 2);
    const last = indexArgument(argv, 3);
    if (Number.isNaN(first) || Number.isNaN(last)) return reply.error(NOT_AN_INTEGER);
    const opened = openForWriting(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.FOUND) {
      const length = lists.count(slot);
      const start = startIndex(first, length);
      const stop = Math.min(length - 1, last < 0 ? length + last : last);
      const fromHead = start > stop ? length : start;
      const fromTail = start > stop ? 0 : length - 1 - stop;
      lists.remove(slot, fromHead, false);
      lists.remove(slot, fromTail, true);
      elementsRemoved(ctx, argv, 1, fromHead + fromTail, "ltrim");
    }
    reply.ok();
  },
);
