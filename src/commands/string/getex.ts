import type { Argv } from "../../bytes/argv.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { SYNTAX_ERROR, WRONG_TYPE } from "../../protocol/errors.js";
import { ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { defineCommand, flag, integer, key, oneOf, unixTime } from "../spec.js";
import { absoluteExpiry, parseStringOptions, StringOption } from "./expiry-options.js";
import { replyBytes } from "./string-value.js";

/** GETEX: GET that also sets or removes the expiry. */
export const getex = defineCommand(
  {
    name: "GETEX",
    group: "string",
    since: "6.2.0",
    summary: "Returns the string value of a key after setting its expiration time.",
    complexity: "O(1)",
    flags: ["write", "fast"],
    effect: "rewritten",
    args: [
      key("key", "RW ACCESS UPDATE", { keyNotes: "RW and UPDATE because it changes the TTL" }),
      oneOf("expiration", [
        integer("seconds", { token: "EX" }),
        integer("milliseconds", { token: "PX" }),
        unixTime("unix-time-seconds", { token: "EXAT" }),
        unixTime("unix-time-milliseconds", { token: "PXAT" }),
        flag("PERSIST"),
      ]),
    ],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    const parsed = parseStringOptions(argv, 2, StringOption.OF_GETEX);
    if (parsed < 0) return reply.error(SYNTAX_ERROR);
    const options = parsed % StringOption.VALUE_UNIT;
    const ref = db.lookupRead(argv, 1);
    if (ref === 0) return reply.null();
    if (db.type(ref) !== ValueType.STRING) return reply.error(WRONG_TYPE);

    let expireAtMs = 0;
    if ((options & StringOption.TIMED) !== 0) {
      expireAtMs = absoluteExpiry(ctx, argv, Math.floor(parsed / StringOption.VALUE_UNIT), options);
      if (expireAtMs === 0) return;
    }
    const isPast = ctx.keyspace.isPast(expireAtMs) && (options & (StringOption.EXAT | StringOption.PXAT)) !== 0;
    // The change comes before the reply, since it can run out of memory, but a removal only after it.
    if (!isPast) changeExpiry(ctx, argv, options, expireAtMs);
    const { value } = ctx.keyspace;
    db.loadString(db.peek(argv, 1), value);
    replyBytes(ctx, 0, value.length);
    if (isPast) {
      db.remove(argv, 1);
      db.changed(argv, 1, NotifyClass.GENERIC, "del");
      if (ctx.effects.isOn) ctx.effects.instead("DEL", 2).argument(argv, 1);
    }
  },
);

/** Sets the new expiry, or removes the old one if there is any. */
function changeExpiry(ctx: Context, argv: Argv, options: number, expireAtMs: number): void {
  const { db, effects } = ctx;
  if (expireAtMs !== 0) {
    db.setExpire(argv, 1, expireAtMs);
    db.changed(argv, 1, NotifyClass.GENERIC, "expire");
    if (effects.isOn) effects.instead("PEXPIREAT", 3).argument(argv, 1).integer(expireAtMs);
  } else if ((options & StringOption.PERSIST) !== 0 && db.expireAt(db.peek(argv, 1)) !== 0) {
    db.setExpire(argv, 1, 0);
    db.changed(argv, 1, NotifyClass.GENERIC, "persist");
    if (effects.isOn) effects.instead("PERSIST", 2).argument(argv, 1);
  }
}
