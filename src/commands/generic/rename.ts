import type { Argv } from "../../bytes/argv.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { NO_SUCH_KEY } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { defineCommand, key } from "../spec.js";

/** RENAME: gives a key another name, overwriting what had it. */
export const rename = defineCommand(
  {
    name: "RENAME",
    group: "generic",
    since: "1.0.0",
    summary: "Renames a key and overwrites the destination.",
    complexity: "O(1)",
    flags: ["write"],
    effect: "as sent",
    args: [key("key", "RW ACCESS DELETE"), key("newkey", "OW UPDATE")],
  },
  (ctx, argv) => {
    if (renameKey(ctx, argv, false) !== null) ctx.reply.ok();
  },
);

/** RENAMENX: gives a key another name unless that is taken. */
export const renamenx = defineCommand(
  {
    name: "RENAMENX",
    group: "generic",
    since: "1.0.0",
    summary: "Renames a key only when the target key name doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "fast"],
    effect: "as sent",
    history: [["3.2.0", "The command no longer returns an error when source and destination names are the same."]],
    args: [key("key", "RW ACCESS DELETE"), key("newkey", "OW INSERT")],
  },
  (ctx, argv) => {
    const isRenamed = renameKey(ctx, argv, true);
    if (isRenamed !== null) ctx.reply.integer(isRenamed ? 1 : 0);
  },
);

/** True when done, false when nothing changed, null when there is no such key, which was replied. */
function renameKey(ctx: Context, argv: Argv, onlyIfFree: boolean): boolean | null {
  const { db } = ctx;
  if (db.lookupWrite(argv, 1) === 0) {
    ctx.reply.error(NO_SUCH_KEY);
    return null;
  }
  if (argv.areEqual(1, 2)) return false;
  if (db.lookupWrite(argv, 2) !== 0 && onlyIfFree) return false;
  db.moveEntry(argv, 1, db, 2);
  ctx.keyspace.listener.touched(db, argv, 1);
  db.touched(argv, 2);
  db.notify(NotifyClass.GENERIC, "rename_from", argv, 1);
  db.notify(NotifyClass.GENERIC, "rename_to", argv, 2);
  return true;
}
