/** Where the result of a command with a destination goes. */
import type { Argv } from "../bytes/argv.js";
import { NotifyClass } from "../keyspace/notify.js";
import type { OpenValue } from "../keyspace/open-value.js";
import type { Context } from "./context.js";

/** Makes a value of `count` elements that was begun the value of argument 1, or removes that key when it is empty; reports and replies. */
export function storeResult(
  ctx: Context,
  argv: Argv,
  slot: OpenValue,
  count: number,
  notifyClass: NotifyClass,
  event: string,
): void {
  const { db, reply } = ctx;
  if (count === 0) {
    db.abandon(slot);
    return storeNothing(ctx, argv);
  }
  db.place(slot);
  db.changed(argv, 1, notifyClass, event);
  reply.integer(count);
}

/** Removes the key of argument 1, because the result is empty, and replies so. */
export function storeNothing(ctx: Context, argv: Argv): void {
  removeDestination(ctx, argv, 1);
  ctx.reply.integer(0);
}

/** A result without elements removes the key that should get it. */
export function removeDestination({ db }: Context, argv: Argv, i: number): void {
  if (db.remove(argv, i)) db.changed(argv, i, NotifyClass.GENERIC, "del");
}
