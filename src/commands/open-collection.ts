/** Opening the collection at a key, as the commands of all types do it. */
import type { Argv } from "../bytes/argv.js";
import type { OpenValue } from "../keyspace/open-value.js";
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

/** Opens the collection of argument `i` in `slot`, where a look-up has returned `ref` (0: none). */
export function openCollection(
  ctx: Context,
  argv: Argv,
  i: number,
  ref: number,
  type: ValueType,
  slot: OpenValue = ctx.keyspace.slot,
): Opened {
  if (ref === 0) return Opened.NONE;
  if (ctx.db.type(ref) !== type) {
    ctx.reply.error(WRONG_TYPE);
    return Opened.REFUSED;
  }
  ctx.db.open(argv, i, ref, slot);
  return Opened.FOUND;
}
