import { Opened } from "../open-collection.js";
import { defineCommand, key } from "../spec.js";
import { openForReading } from "./list-value.js";

/** LLEN: the number of elements of a list. */
export const llen = defineCommand(
  {
    name: "LLEN",
    group: "list",
    since: "1.0.0",
    summary: "Returns the length of a list.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const opened = openForReading(ctx, argv, 1);
    if (opened !== Opened.REFUSED) {
      reply.integer(opened === Opened.NONE ? 0 : keyspace.types.lists.count(keyspace.view));
    }
  },
);
