import { NotifyClass } from "../../keyspace/notify.js";
import { INDEX_OUT_OF_RANGE, NO_SUCH_KEY, NOT_AN_INTEGER } from "../../protocol/errors.js";
import { indexArgument } from "../index-range.js";
import { Opened } from "../open-collection.js";
import { defineCommand, integer, key, string } from "../spec.js";
import { openForWriting } from "./list-value.js";

/** LSET: gives the element with an index another value. */
export const lset = defineCommand(
  {
    name: "LSET",
    group: "list",
    since: "1.0.0",
    summary: "Sets the value of an element in a list by its index.",
    complexity:
      "O(N) where N is the length of the list. Setting either the first or the last element of the list is O(1).",
    flags: ["write", "denyoom"],
    effect: "as sent",
    brief: true,
    args: [key("key", "RW UPDATE"), integer("index"), string("element")],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { slot } = keyspace;
    const { lists } = keyspace.types;
    const opened = openForWriting(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) return reply.error(NO_SUCH_KEY);
    let index = indexArgument(argv, 2);
    if (Number.isNaN(index)) return reply.error(NOT_AN_INTEGER);
    lists.prepare(slot, argv.length[3]!, 1);
    const count = lists.count(slot);
    if (index < 0) index += count;
    if (index < 0 || index >= count) return reply.error(INDEX_OUT_OF_RANGE);
    lists.set(slot, index, argv.source, argv.offset[3]!, argv.length[3]!);
    lists.shrink(slot);
    db.changed(argv, 1, NotifyClass.LIST, "lset");
    reply.ok();
  },
);
