/** What BITFIELD and BITFIELD_RO do: a list of operations is parsed first, then run in order. */
import type { Argv } from "../../bytes/argv.js";
import { parseInt64, parseInteger } from "../../bytes/integer.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { BIT_OFFSET_INVALID, bitOffsetArgument, growBitmap, loadBitmapOrEmpty } from "./bitmap-value.js";
import { type FieldType, fitField, type Overflow, readField, writeField } from "./field.js";

const TYPE_INVALID = "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.";
const OVERFLOW_INVALID = "ERR Invalid OVERFLOW type specified";

const INT64_MAX = 2n ** 63n - 1n;

/** GET, SET or INCRBY of one field. */
interface FieldOperation {
  readonly kind: "get" | "set" | "incrby";
  readonly type: FieldType;
  readonly bitOffset: number;
  /** What is stored or added. */
  readonly operand: bigint;
  readonly overflow: Overflow;
}

/** The operations from argument 2 on, or the text of an error. */
export function parseOperations(ctx: Context, argv: Argv): FieldOperation[] | string {
  const operations: FieldOperation[] = [];
  let overflow: Overflow = "wrap";
  for (let i = 2; i < argv.count; ) {
    const rest = argv.count - i - 1;
    if (argv.is(i, "OVERFLOW") && rest >= 1) {
      if (argv.is(i + 1, "WRAP")) overflow = "wrap";
      else if (argv.is(i + 1, "SAT")) overflow = "sat";
      else if (argv.is(i + 1, "FAIL")) overflow = "fail";
      else return OVERFLOW_INVALID;
      i += 2;
      continue;
    }
    let kind: FieldOperation["kind"];
    if (argv.is(i, "GET") && rest >= 2) kind = "get";
    else if (argv.is(i, "SET") && rest >= 3) kind = "set";
    else if (argv.is(i, "INCRBY") && rest >= 3) kind = "incrby";
    else return SYNTAX_ERROR;

    const type = typeArgument(argv, i + 1);
    if (type === null) return TYPE_INVALID;
    const bitOffset = bitOffsetArgument(ctx, argv, i + 2, type.bits);
    if (bitOffset < 0) return BIT_OFFSET_INVALID;
    let operand: bigint | null = 0n;
    if (kind !== "get") operand = parseInt64(argv.source, argv.offset[i + 3]!, argv.length[i + 3]!);
    if (operand === null) return NOT_AN_INTEGER;
    operations.push({ kind, type, bitOffset, operand, overflow });
    i += kind === "get" ? 3 : 4;
  }
  return operations;
}

function typeArgument(argv: Argv, i: number): FieldType | null {
  const offset = argv.offset[i]!;
  const sign = argv.length[i]! > 0 ? argv.source.u8[offset] : 0;
  const isSigned = sign === 0x69;
  if (!isSigned && sign !== 0x75) return null;
  const bits = parseInteger(argv.source, offset + 1, argv.length[i]! - 1);
  return bits >= 1 && bits <= (isSigned ? 64 : 63) ? { bits, isSigned } : null;
}

/** Runs operations that only read. */
export function readFields(ctx: Context, argv: Argv, operations: readonly FieldOperation[]): void {
  if (!loadBitmapOrEmpty(ctx, argv)) return;
  ctx.reply.array(operations.length);
  for (const { bitOffset, type } of operations) ctx.reply.bigInteger(readField(ctx.keyspace.value, bitOffset, type));
}

/** Runs operations of which at least one writes. */
export function changeFields(ctx: Context, argv: Argv, operations: readonly FieldOperation[]): void {
  const { reply, keyspace } = ctx;
  const { value } = keyspace;
  let firstBit = Number.POSITIVE_INFINITY;
  let lastBit = 0;
  for (const { kind, bitOffset, type } of operations) {
    if (kind === "get") continue;
    firstBit = Math.min(firstBit, bitOffset);
    lastBit = Math.max(lastBit, bitOffset + type.bits - 1);
  }
  const oldLength = growBitmap(ctx, argv, firstBit, lastBit);
  if (oldLength < 0) return;
  const hasGrown = value.length !== oldLength;
  let changes = 0;
  let isDone = false;
  try {
    reply.array(operations.length);
    for (const operation of operations) if (run(ctx, operation, hasGrown)) changes++;
    isDone = true;
  } finally {
    // Also when the reply fails half-way, and when all that was to be written did not fit.
    if (hasGrown) changes = Math.max(changes, 1);
    if (changes > 0) {
      ctx.db.changed(argv, 1, NotifyClass.STRING, "setbit");
      keyspace.dirty += changes - 1;
      if (!isDone && ctx.effects.isOn) sayBitmap(ctx, argv);
    }
  }
}

/** The bitmap as it is, when some of the operations were not done. */
function sayBitmap({ effects, keyspace: { value } }: Context, argv: Argv): void {
  effects.instead("SET", 4).argument(argv, 1).bytes(value.region, value.offset, value.length).text("KEEPTTL");
}

/** Runs one operation on the bitmap that is loaded; true when that counts as a change. */
function run({ keyspace: { value }, reply }: Context, operation: FieldOperation, hasGrown: boolean): boolean {
  const { kind, bitOffset, type, operand, overflow } = operation;
  const old = readField(value, bitOffset, type);
  if (kind === "get") {
    reply.bigInteger(old);
    return false;
  }
  const fitted = fitField(kind === "incrby" ? old + operand : numberToSet(operand, type), type, overflow);
  if (fitted === null) {
    reply.null();
    return false;
  }
  reply.bigInteger(kind === "set" ? old : fitted);
  writeField(value, bitOffset, type, fitted);
  return hasGrown || fitted !== old;
}

/**
 * What SET stores before it is made to fit. Negative numbers count as 2^64 more, so that SAT gives the largest number,
 * in unsigned fields, and in signed ones where the distance to the largest number overflows Redis' 64 bits.
 */
function numberToSet(operand: bigint, { bits, isSigned }: FieldType): bigint {
  const max = (1n << BigInt(bits - 1)) - 1n;
  return isSigned && (bits === 64 || max - operand <= INT64_MAX) ? operand : BigInt.asUintN(64, operand);
}
