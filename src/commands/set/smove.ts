import { NotifyClass } from "../../keyspace/notify.js";
import { Opened } from "../open-collection.js";
import { defineCommand, key, string } from "../spec.js";
import { beginWithMember, openForWriting } from "./set-value.js";

/** SMOVE: moves a member from one set to another. */
export const smove = defineCommand(
  {
    name: "SMOVE",
    group: "set",
    since: "1.0.0",
    summary: "Moves a member from one set to another.",
    complexity: "O(1)",
    flags: ["write", "fast"],
    effect: "as sent",
    args: [key("source", "RW ACCESS DELETE"), key("destination", "RW INSERT"), string("member")],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { slot, secondSlot } = keyspace;
    const { sets } = keyspace.types;
    const { source } = argv;
    const offset = argv.offset[3]!;
    const length = argv.length[3]!;
    const from = openForWriting(ctx, argv, 1);
    if (from === Opened.REFUSED) return;
    if (from === Opened.NONE) {
      // Redis looks at the destination all the same, which may have expired.
      db.lookupWrite(argv, 2);
      return reply.integer(0);
    }
    const opened = openForWriting(ctx, argv, 2, secondSlot);
    if (opened === Opened.REFUSED) return;
    if (!sets.has(slot, source, offset, length)) return reply.integer(0);
    if (argv.areEqual(1, 2)) return reply.integer(1);

    // First what may run out of memory. It may give the source's entry another place.
    let isNew = true;
    if (opened === Opened.FOUND) {
      isNew = sets.add(secondSlot, source, offset, length);
    } else {
      beginWithMember(ctx, argv, 2, 3, 1, secondSlot);
      db.place(secondSlot, true);
    }
    db.edit(argv, 1, db.peek(argv, 1), slot);
    const isLast = sets.count(slot) === 1;
    if (isLast) db.remove(argv, 1);
    else sets.remove(slot, source, offset, length);
    db.changed(argv, 1, NotifyClass.SET, "srem");
    if (isLast) db.notify(NotifyClass.GENERIC, "del", argv, 1);
    if (opened === Opened.NONE) db.notify(NotifyClass.NEW, "new", argv, 2);
    if (isNew) db.changed(argv, 2, NotifyClass.SET, "sadd");
    reply.integer(1);
  },
);
