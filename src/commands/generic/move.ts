import { NotifyClass } from "../../keyspace/notify.js";
import { SAME_OBJECT } from "../../protocol/errors.js";
import { defineCommand, integer, key } from "../spec.js";
import { databaseArgument } from "./database-argument.js";

/** MOVE: moves a key to another database unless it exists there. */
export const move = defineCommand(
  {
    name: "MOVE",
    group: "generic",
    since: "1.0.0",
    summary: "Moves a key to another database.",
    complexity: "O(1)",
    flags: ["write", "fast"],
    effect: "as sent",
    args: [key("key", "RW ACCESS UPDATE"), integer("db")],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    const target = databaseArgument(ctx, argv, 2);
    if (target === null) return;
    if (target === db) return reply.error(SAME_OBJECT);
    if (db.lookupWrite(argv, 1) === 0 || target.lookupWrite(argv, 1) !== 0) return reply.integer(0);
    db.moveEntry(argv, 1, target, 1);
    ctx.keyspace.listener.touched(db, argv, 1);
    target.touched(argv, 1);
    db.notify(NotifyClass.GENERIC, "move_from", argv, 1);
    target.notify(NotifyClass.GENERIC, "move_to", argv, 1);
    reply.integer(1);
  },
);
