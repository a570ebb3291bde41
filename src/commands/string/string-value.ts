/** Reading and writing of whole string values, as several commands of this group share it. */
import type { Argv } from "../../bytes/argv.js";
import { LOOK_AHEAD } from "../../keyspace/database.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { STRING_TOO_LONG, WRONG_TYPE } from "../../protocol/errors.js";
import { ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";

/** Replies with the string at a key, or null when there is none; false when an error was replied instead. */
export function replyString(ctx: Context, argv: Argv, i: number): boolean {
  const { db, reply } = ctx;
  const ref = db.lookupRead(argv, i);
  if (ref === 0) {
    reply.null();
    return true;
  }
  if (db.type(ref) !== ValueType.STRING) {
    reply.error(WRONG_TYPE);
    return false;
  }
  const { value } = ctx.keyspace;
  db.loadString(ref, value);
  replyBytes(ctx, 0, value.length);
  return true;
}

/** Parts of values from this length on are lent for as long as they are being sent, where that is possible. */
const LEAST_LENT = 1048576;

/** Replies with `length` bytes from `start` on of the string in `ctx.keyspace.value`. */
export function replyBytes({ keyspace, reply }: Context, start: number, length: number): void {
  const { value } = keyspace;
  const loan = length < LEAST_LENT ? null : value.lend(start, length);
  if (loan !== null) reply.bulkLoan(loan);
  else reply.bulk(value.region, value.offset + start, length);
}

/** Stores argument `valueAt` under argument `keyAt`, whatever was there, and reports it. */
export function storeArgument(ctx: Context, argv: Argv, keyAt: number, valueAt: number, expireAtMs: number): void {
  const { db } = ctx;
  if (argv.long === null || !db.adoptString(argv, keyAt, valueAt, expireAtMs))
    db.setString(argv, keyAt, argv.source, argv.offset[valueAt]!, argv.length[valueAt]!, expireAtMs);
  db.changed(argv, keyAt, NotifyClass.STRING, "set");
}

/** Stores as `storeArgument`, with an expiry, ms since 1970. It is repeated as SET with that. */
export function storeExpiring(ctx: Context, argv: Argv, valueAt: number, expireAtMs: number): void {
  const { effects } = ctx;
  storeArgument(ctx, argv, 1, valueAt, expireAtMs);
  ctx.db.notify(NotifyClass.GENERIC, "expire", argv, 1);
  if (!effects.isOn) return;
  effects.instead("SET", 5).argument(argv, 1).argument(argv, valueAt).text("PXAT").integer(expireAtMs);
}

/** Stores all pairs of arguments, and reports each; when memory runs out half-way, the first ones are what is repeated. */
export function storeAll(ctx: Context, argv: Argv): void {
  let i = 1;
  try {
    for (; i < argv.count; i += 2) {
      if ((i - 1) % (2 * LOOK_AHEAD) === 0) ctx.db.lookAhead(argv, i, 2);
      storeArgument(ctx, argv, i, i + 1, 0);
    }
  } finally {
    ctx.effects.doneWords = i;
  }
}

/** True when a string may become this long; otherwise the error is replied. */
export function checkStringLength(ctx: Context, length: number): boolean {
  if (length <= ctx.config.number("proto-max-bulk-len")) return true;
  ctx.reply.error(STRING_TOO_LONG);
  return false;
}
