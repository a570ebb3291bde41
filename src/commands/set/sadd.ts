import type { Argv } from "../../bytes/argv.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { defineCommand, key, many, string } from "../spec.js";
import { beginWithMember, openForWriting } from "./set-value.js";

/** SADD: adds members, and makes the set when there is none. */
export const sadd = defineCommand(
  {
    name: "SADD",
    group: "set",
    since: "1.0.0",
    summary: "Adds one or more members to a set. Creates the key if it doesn't exist.",
    complexity:
      "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    history: [["2.4.0", "Accepts multiple `member` arguments."]],
    args: [key("key", "RW INSERT"), many(string("member"))],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { slot } = keyspace;
    const { sets } = keyspace.types;
    const opened = openForWriting(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) return createSet(ctx, argv);

    if (argv.count > 3) sets.expect(slot, argv.count - 2);
    let added = 0;
    let i = 2;
    try {
      for (; i < argv.count; i++) {
        if (sets.add(slot, argv.source, argv.offset[i]!, argv.length[i]!)) added++;
      }
    } finally {
      // Also when memory runs out half-way.
      if (added > 0) reportAdded(ctx, argv, added);
      ctx.effects.doneWords = i;
    }
    reply.integer(added);
  },
);

function createSet(ctx: Context, argv: Argv): void {
  const { db, keyspace } = ctx;
  const { slot } = keyspace;
  const { sets } = keyspace.types;
  beginWithMember(ctx, argv, 1, 2, argv.count - 2, slot);
  let added = 1;
  try {
    for (let i = 3; i < argv.count; i++) {
      if (sets.add(slot, argv.source, argv.offset[i]!, argv.length[i]!)) added++;
    }
  } catch (error) {
    db.abandon(slot);
    throw error;
  }
  db.place(slot);
  reportAdded(ctx, argv, added);
  ctx.reply.integer(added);
}

function reportAdded(ctx: Context, argv: Argv, added: number): void {
  ctx.keyspace.dirty += added - 1;
  ctx.db.changed(argv, 1, NotifyClass.SET, "sadd");
}
