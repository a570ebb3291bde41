import { WRONG_TYPE } from "../../protocol/errors.js";
import { ValueType } from "../../structures/entry/entry.js";
import { defineCommand, integer, key } from "../spec.js";
import { BIT_OFFSET_INVALID, bitOffsetArgument } from "./bitmap-value.js";

/** GETBIT: one bit; those beyond the end are 0. */
export const getbit = defineCommand(
  {
    name: "GETBIT",
    group: "bitmap",
    since: "2.2.0",
    summary: "Returns a bit value by offset.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO ACCESS"), integer("offset")],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    const bitOffset = bitOffsetArgument(ctx, argv, 2);
    if (bitOffset < 0) return reply.error(BIT_OFFSET_INVALID);
    const ref = db.lookupRead(argv, 1);
    if (ref === 0) return reply.integer(0);
    if (db.type(ref) !== ValueType.STRING) return reply.error(WRONG_TYPE);
    const { value } = ctx.keyspace;
    db.loadString(ref, value);
    const at = Math.floor(bitOffset / 8);
    if (at >= value.length) return reply.integer(0);
    reply.integer((value.region.u8[value.offset + at]! >> (7 - (bitOffset % 8))) & 1);
  },
);
