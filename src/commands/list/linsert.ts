import { NotifyClass } from "../../keyspace/notify.js";
import { SYNTAX_ERROR } from "../../protocol/errors.js";
import { Opened } from "../open-collection.js";
import { defineCommand, flag, key, oneOf, string } from "../spec.js";
import { openForWriting } from "./list-value.js";

/** LINSERT: adds an element next to the first one that equals another. */
export const linsert = defineCommand(
  {
    name: "LINSERT",
    group: "list",
    since: "2.2.0",
    summary: "Inserts an element before or after another element in a list.",
    complexity:
      "O(N) where N is the number of elements to traverse before seeing the value pivot. This means that inserting somewhere on the left end on the list (head) can be considered O(1) and inserting somewhere on the right end (tail) is O(N).",
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [
      key("key", "RW INSERT"),
      oneOf("where", [flag("BEFORE"), flag("AFTER")], { optional: false }),
      string("pivot"),
      string("element"),
    ],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { slot } = keyspace;
    const { lists } = keyspace.types;
    const isAfter = argv.is(2, "AFTER");
    if (!isAfter && !argv.is(2, "BEFORE")) return reply.error(SYNTAX_ERROR);
    const opened = openForWriting(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) return reply.integer(0);
    lists.prepare(slot, argv.length[4]!, 1);
    lists.seek(slot, 0, lists.cursor);
    if (!lists.find(lists.cursor, argv.source, argv.offset[3]!, argv.length[3]!)) return reply.integer(-1);
    lists.insert(slot, lists.cursor, isAfter, argv.source, argv.offset[4]!, argv.length[4]!);
    const count = lists.count(slot);
    db.changed(argv, 1, NotifyClass.LIST, "linsert");
    reply.integer(count);
  },
);
