import { NotifyClass } from "../../keyspace/notify.js";
import { SAME_OBJECT, SYNTAX_ERROR } from "../../protocol/errors.js";
import { defineCommand, flag, integer, key } from "../spec.js";
import { databaseArgument } from "./database-argument.js";

/** COPY: copies a key's value and expiry to another key, of this database or another. */
export const copy = defineCommand(
  {
    name: "COPY",
    group: "generic",
    since: "6.2.0",
    summary: "Copies the value of a key to a new key.",
    complexity: "O(N) worst case for collections, where N is the number of nested items. O(1) for string values.",
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [
      key("source", "RO ACCESS"),
      key("destination", "OW UPDATE"),
      integer("destination-db", { token: "DB", optional: true }),
      flag("REPLACE"),
    ],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    let target = db;
    let replaces = false;
    for (let i = 3; i < argv.count; i++) {
      if (argv.is(i, "REPLACE")) {
        replaces = true;
      } else if (argv.is(i, "DB") && i + 1 < argv.count) {
        const named = databaseArgument(ctx, argv, ++i);
        if (named === null) return;
        target = named;
      } else {
        return reply.error(SYNTAX_ERROR);
      }
    }
    if (target === db && argv.areEqual(1, 2)) return reply.error(SAME_OBJECT);
    if (db.lookupRead(argv, 1) === 0) return reply.integer(0);
    if (target.lookupWrite(argv, 2) !== 0 && !replaces) return reply.integer(0);
    db.copyEntry(argv, 1, target, 2);
    target.changed(argv, 2, NotifyClass.GENERIC, "copy_to");
    reply.integer(1);
  },
);
