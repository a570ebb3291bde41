/**
 * What INCR, DECR, INCRBY and DECRBY do. Safe integers are added as numbers; only near the ends of the 64-bit range do
 * bigints come in. A stored integer that keeps its number of digits is overwritten where it lies.
 */
import type { Argv } from "../../bytes/argv.js";
import { digitCount, parseInt64, parseInteger, writeInt64, writeInteger } from "../../bytes/integer.js";
import { KEEP_TTL } from "../../keyspace/database.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { INCREMENT_OVERFLOW, NOT_AN_INTEGER, WRONG_TYPE } from "../../protocol/errors.js";
import { Encoding, ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Adds a safe integer to the number at key 1 and replies with the sum. */
export function increment(ctx: Context, argv: Argv, delta: number): void {
  const { db, keyspace } = ctx;
  const ref = db.lookupWrite(argv, 1);
  let sum = delta;
  if (ref !== 0) {
    if (db.type(ref) !== ValueType.STRING) return ctx.reply.error(WRONG_TYPE);
    const { value } = keyspace;
    db.loadString(ref, value);
    // NaN when the value is no safe integer.
    sum = parseInteger(value.region, value.offset, value.length) + delta;
    if (!Number.isSafeInteger(sum)) return incrementExactly(ctx, argv, ref, BigInt(delta));
    if (digitCount(sum) === value.length && db.encoding(ref) === Encoding.INT) {
      db.editString(ref, 0, value.length, value);
      writeInteger(value.region, value.offset, sum);
      db.changed(argv, 1, NotifyClass.STRING, "incrby");
      return ctx.reply.integer(sum);
    }
  }
  const length = writeInteger(keyspace.scratch, 0, sum);
  if (ref === 0) db.createString(argv, 1, keyspace.scratch, 0, length, Encoding.INT);
  else db.setString(argv, 1, keyspace.scratch, 0, length, KEEP_TTL, Encoding.INT);
  db.changed(argv, 1, NotifyClass.STRING, "incrby");
  ctx.reply.integer(sum);
}

/** `increment` by any 64-bit integer. */
export function incrementBig(ctx: Context, argv: Argv, delta: bigint): void {
  const ref = ctx.db.lookupWrite(argv, 1);
  if (ref !== 0 && ctx.db.type(ref) !== ValueType.STRING) return ctx.reply.error(WRONG_TYPE);
  incrementExactly(ctx, argv, ref, delta);
}

function incrementExactly(ctx: Context, argv: Argv, ref: number, delta: bigint): void {
  const { db, keyspace, reply } = ctx;
  let old: bigint | null = 0n;
  if (ref !== 0) {
    const { value } = keyspace;
    db.loadString(ref, value);
    old = parseInt64(value.region, value.offset, value.length);
  }
  if (old === null) return reply.error(NOT_AN_INTEGER);
  const sum = old + delta;
  if (sum < INT64_MIN || sum > INT64_MAX) return reply.error(INCREMENT_OVERFLOW);
  const length = writeInt64(keyspace.scratch, 0, sum);
  db.setString(argv, 1, keyspace.scratch, 0, length, KEEP_TTL, Encoding.INT);
  db.changed(argv, 1, NotifyClass.STRING, "incrby");
  reply.bigInteger(sum);
}
