import { indexArgument } from "../index-range.js";
import { checkLong } from "../long-argument.js";
import { Opened } from "../open-collection.js";
import { defineCommand, integer, key, string } from "../spec.js";
import { elementsRemoved, openForWriting } from "./list-value.js";

/** LREM: removes elements that equal a value: all, or so many from the head, or (negative) from the tail. */
export const lrem = defineCommand(
  {
    name: "LREM",
    group: "list",
    since: "1.0.0",
    summary: "Removes elements from a list. Deletes the list if the last element was removed.",
    complexity: "O(N+M) where N is the length of the list and M is the number of elements removed.",
    flags: ["write"],
    effect: "as sent",
    args: [key("key", "RW DELETE"), integer("count"), string("element")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    if (!checkLong(ctx, argv, 2)) return;
    const count = indexArgument(argv, 2);
    const opened = openForWriting(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) return reply.integer(0);
    const limit = count === 0 ? Number.POSITIVE_INFINITY : Math.abs(count);
    const { lists } = keyspace.types;
    const removed = lists.removeEqual(keyspace.slot, limit, count < 0, argv.source, argv.offset[3]!, argv.length[3]!);
    if (removed > 0) elementsRemoved(ctx, argv, 1, removed, "lrem");
    reply.integer(removed);
  },
);
