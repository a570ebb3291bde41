/** Opening lists and reporting what was taken from them, as the commands of this group share it. */
import type { Argv } from "../../bytes/argv.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { OpenValue } from "../../keyspace/open-value.js";
import { ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { editCollection, type Opened, readCollection } from "../open-collection.js";
import { flag, oneOf } from "../spec.js";

/** Opens the list of argument `i` for reading, in `ctx.keyspace.view`. */
export function openForReading(ctx: Context, argv: Argv, i: number): Opened {
  return readCollection(ctx, ctx.db.lookupRead(argv, i), ValueType.LIST);
}

/** Opens the list of argument `i` for changing it. */
export function openForWriting(ctx: Context, argv: Argv, i: number, slot: OpenValue = ctx.keyspace.slot): Opened {
  return editCollection(ctx, argv, i, ctx.db.lookupWrite(argv, i), ValueType.LIST, slot);
}

/** Reports that `count` elements of the open list of argument `i` were removed, and removes the key when none is left. */
export function elementsRemoved(ctx: Context, argv: Argv, i: number, count: number, event: string): void {
  const { db, keyspace } = ctx;
  const { lists } = keyspace.types;
  const isEmpty = lists.count(keyspace.slot) === 0;
  if (isEmpty) db.remove(argv, i);
  else lists.shrink(keyspace.slot);
  keyspace.dirty += count - 1;
  db.changed(argv, i, NotifyClass.LIST, event);
  if (isEmpty) db.notify(NotifyClass.GENERIC, "del", argv, i);
}

/** The argument LEFT or RIGHT. */
export const sideArgument = (name: string) => oneOf(name, [flag("LEFT"), flag("RIGHT")], { optional: false });

/** Argument `i` as a side: true for RIGHT, false for LEFT, null for anything else. */
export function isRight(argv: Argv, i: number): boolean | null {
  if (argv.is(i, "RIGHT")) return true;
  return argv.is(i, "LEFT") ? false : null;
}
