/** What SINTER, SUNION and SDIFF and their STORE forms share. */
import type { Argv } from "../../bytes/argv.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { OpenValue } from "../../keyspace/open-value.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { openForReading, replyMembers } from "./set-value.js";

/**
 * Lets the sets at arguments [from, to) take part in `sets.algebra`, in this order. Returns a bit mask of Missing, or -1 when the
 * error was replied: some key holds no set.
 */
export function addOperands(ctx: Context, argv: Argv, from: number, to: number): number {
  const { slot, types } = ctx.keyspace;
  const { algebra } = types.sets;
  let missing = 0;
  algebra.clear();
  for (let i = from; i < to; i++) {
    const opened = openForReading(ctx, argv, i);
    if (opened === Opened.REFUSED) return -1;
    if (opened === Opened.FOUND) algebra.add(slot);
    else missing |= i === from ? Missing.FIRST | Missing.ANY : Missing.ANY;
  }
  return missing;
}

/** Which of the keys do not exist. */
export const enum Missing {
  FIRST = 1,
  ANY = 2,
}

/** Makes the set that was begun the value of argument 1, or removes that key when the set is empty; reports and replies. */
export function store(ctx: Context, argv: Argv, slot: OpenValue, event: string): void {
  const { db, reply } = ctx;
  const size = ctx.keyspace.types.sets.count(slot);
  if (size === 0) {
    db.abandon(slot);
    return storeNothing(ctx, argv);
  }
  db.place(slot);
  db.changed(argv, 1, NotifyClass.SET, event);
  reply.integer(size);
}

/** Removes the key at argument 1, because the result is empty. */
export function storeNothing({ db, reply }: Context, argv: Argv): void {
  if (db.remove(argv, 1)) db.changed(argv, 1, NotifyClass.GENERIC, "del");
  reply.integer(0);
}

/** Replies with a set that was begun, and frees it. */
export function replyTemporary(ctx: Context, slot: OpenValue): void {
  ctx.reply.set(ctx.keyspace.types.sets.count(slot));
  replyMembers(ctx, slot);
  ctx.db.abandon(slot);
}
