/** Reading and writing of strings as bitmaps, as several commands of this group share it. Bit 0 is the first byte's highest. */
import type { Argv } from "../../bytes/argv.js";
import { parseInteger } from "../../bytes/integer.js";
import { WRONG_TYPE } from "../../protocol/errors.js";
import { ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";

export const BIT_OFFSET_INVALID = "ERR bit offset is not an integer or out of range";

const HASH = 0x23;

/**
 * Argument i as a bit offset that a string may have, or -1. With `bits`, "#3" means the third field of so many bits.
 */
export function bitOffsetArgument(ctx: Context, argv: Argv, i: number, bits = 0): number {
  const { source } = argv;
  let offset = argv.offset[i]!;
  let length = argv.length[i]!;
  const isCounted = bits > 0 && length > 0 && source.u8[offset] === HASH;
  if (isCounted) {
    offset++;
    length--;
  }
  const value = parseInteger(source, offset, length) * (isCounted ? bits : 1);
  // NaN fails as well.
  return value >= 0 && Math.floor(value / 8) < ctx.config.number("proto-max-bulk-len") ? value : -1;
}

/** What positions are counted in: the number of bits. */
export const enum BitUnit {
  BIT = 1,
  BYTE = 8,
}

/** BYTE or BIT, 0 when argument i is neither. */
export function unitArgument(argv: Argv, i: number): BitUnit | 0 {
  if (argv.is(i, "BIT")) return BitUnit.BIT;
  return argv.is(i, "BYTE") ? BitUnit.BYTE : 0;
}

/**
 * Shows string 1 for reading in `ctx.keyspace.value`. When there is none, or no string, the reply is `absent` or the
 * error, and the result false.
 */
export function loadBitmap(ctx: Context, argv: Argv, absent = 0): boolean {
  const { db } = ctx;
  const ref = db.lookupRead(argv, 1);
  if (ref === 0) ctx.reply.integer(absent);
  else if (db.type(ref) !== ValueType.STRING) ctx.reply.error(WRONG_TYPE);
  else {
    db.loadString(ref, ctx.keyspace.value);
    return true;
  }
  return false;
}

/** As `loadBitmap`, but a key that does not exist is shown as an empty string. */
export function loadBitmapOrEmpty(ctx: Context, argv: Argv): boolean {
  const { db } = ctx;
  const { value } = ctx.keyspace;
  const ref = db.lookupRead(argv, 1);
  value.length = 0;
  if (ref === 0) return true;
  if (db.type(ref) !== ValueType.STRING) {
    ctx.reply.error(WRONG_TYPE);
    return false;
  }
  db.loadString(ref, value);
  return true;
}

/**
 * Makes string 1 long enough to hold some bits, and shows these for writing in `ctx.keyspace.value`. Returns its old length,
 * 0 when it was made, or -1 when an error was replied.
 */
export function growBitmap(ctx: Context, argv: Argv, firstBit: number, lastBit: number): number {
  const { db } = ctx;
  const { value } = ctx.keyspace;
  const ref = db.lookupWrite(argv, 1);
  let oldLength = 0;
  if (ref !== 0) {
    if (db.type(ref) !== ValueType.STRING) {
      ctx.reply.error(WRONG_TYPE);
      return -1;
    }
    const firstByte = Math.floor(firstBit / 8);
    db.editString(ref, firstByte, Math.floor(lastBit / 8) + 1 - firstByte, value);
    oldLength = value.length;
  }
  db.resizeString(argv, 1, ref, Math.max(oldLength, Math.floor(lastBit / 8) + 1), value);
  return oldLength;
}
