import type { Argv } from "../../bytes/argv.js";
import { BitOperation, combineBits, invertBits } from "../../bytes/bits.js";
import { clearBytes, copyBytes } from "../../bytes/region.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { OpenValue } from "../../keyspace/open-value.js";
import { SYNTAX_ERROR, WRONG_TYPE } from "../../protocol/errors.js";
import { Encoding, ValueType } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { defineCommand, flag, key, many, oneOf } from "../spec.js";
import { removeDestination } from "../store-result.js";

const NOT_TAKES_ONE = "ERR BITOP NOT must be called with a single source key.";

/** BITOP: combines strings bit by bit into another; shorter ones are as if filled up with zero bytes. */
export const bitop = defineCommand(
  {
    name: "BITOP",
    group: "bitmap",
    since: "2.6.0",
    summary: "Performs bitwise operations on multiple strings, and stores the result.",
    complexity: "O(N)",
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [
      oneOf("operation", [flag("AND"), flag("OR"), flag("XOR"), flag("NOT")], { optional: false }),
      key("destkey", "OW UPDATE"),
      many(key("key", "RO ACCESS")),
    ],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    const operation = operationArgument(argv, 1);
    if (operation === null) return reply.error(SYNTAX_ERROR);
    if (operation === BitOperation.NOT && argv.count !== 4) return reply.error(NOT_TAKES_ONE);
    const length = longestSource(ctx, argv);
    if (length < 0) return reply.error(WRONG_TYPE);
    if (length === 0) {
      removeDestination(ctx, argv, 2);
      return reply.integer(0);
    }
    // In its final place, which is not yet the destination's: that may be a source, too.
    const { slot } = ctx.keyspace;
    db.begin(argv, 2, ValueType.STRING, Encoding.RAW, length, slot);
    combineSources(ctx, argv, operation, slot);
    db.place(slot);
    db.changed(argv, 2, NotifyClass.STRING, "set");
    reply.integer(length);
  },
);

function operationArgument(argv: Argv, i: number): BitOperation | null {
  if (argv.is(i, "AND")) return BitOperation.AND;
  if (argv.is(i, "OR")) return BitOperation.OR;
  if (argv.is(i, "XOR")) return BitOperation.XOR;
  return argv.is(i, "NOT") ? BitOperation.NOT : null;
}

/** Length of the longest source, -1 when one is no string. Expires sources that are due. */
function longestSource(ctx: Context, argv: Argv): number {
  const { db } = ctx;
  const { value } = ctx.keyspace;
  let longest = 0;
  for (let i = 3; i < argv.count; i++) {
    const ref = db.lookupRead(argv, i);
    if (ref === 0) continue;
    if (db.type(ref) !== ValueType.STRING) return -1;
    db.loadString(ref, value);
    longest = Math.max(longest, value.length);
  }
  return longest;
}

/** Writes all of the result. */
function combineSources(ctx: Context, argv: Argv, operation: BitOperation, result: OpenValue): void {
  const { db } = ctx;
  const { value } = ctx.keyspace;
  const { segment, offset, length } = result;
  for (let i = 3; i < argv.count; i++) {
    const ref = db.peek(argv, i);
    if (ref !== 0) db.loadString(ref, value);
    else value.length = 0;
    if (i === 3) {
      copyBytes(value.region, value.offset, segment, offset, value.length);
      clearBytes(segment, offset + value.length, length - value.length);
    } else {
      combineBits(operation, segment, offset, length, value.region, value.offset, value.length);
    }
  }
  if (operation === BitOperation.NOT) invertBits(segment, offset, length);
}
