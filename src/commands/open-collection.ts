/** Opening the collection at a key, as the commands of all types do it. */
import type { Argv } from "../bytes/argv.js";
import { WRONG_TYPE } from "../protocol/errors.js";
import type { ValueType } from "../structures/entry/entry.js";
import type { Context } from "./context.js";

/** What opening a collection comes to. */
export const enum Opened {
  /** The key holds something else; the error was replied. */
  REFUSED = -1,
  NONE = 0,
  FOUND = 1,
}

/** Opens the collection at an entry (0: none) in `view`, for reading. */
export function readCollection(ctx: Context, ref: number, type: ValueType, view = ctx.keyspace.view): Opened {
  const opened = openable(ctx, ref, type);
  if (opened === Opened.FOUND) ctx.db.read(ref, view);
  return opened;
}

/** Opens the collection of argument `i` in `slot`, where a look-up has returned `ref` (0: none), for changing it. */
export function editCollection(
  ctx: Context,
  argv: Argv,
  i: number,
  ref: number,
  type: ValueType,
  slot = ctx.keyspace.slot,
): Opened {
  const opened = openable(ctx, ref, type);
  if (opened === Opened.FOUND) ctx.db.edit(argv, i, ref, slot);
  return opened;
}

function openable({ db, reply }: Context, ref: number, type: ValueType): Opened {
  if (ref === 0) return Opened.NONE;
  if (db.type(ref) === type) return Opened.FOUND;
  reply.error(WRONG_TYPE);
  return Opened.REFUSED;
}
