import { NotifyClass } from "../../keyspace/notify.js";
import { defineCommand, integer, key } from "../spec.js";
import { BIT_OFFSET_INVALID, bitOffsetArgument, growBitmap } from "./bitmap-value.js";

const BIT_INVALID = "ERR bit is not an integer or out of range";

/** SETBIT: sets or clears one bit and answers what it was. */
export const setbit = defineCommand(
  {
    name: "SETBIT",
    group: "bitmap",
    since: "2.2.0",
    summary: "Sets or clears the bit at offset of the string value. Creates the key if it doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [key("key", "RW ACCESS UPDATE"), integer("offset"), integer("value")],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    const { value } = ctx.keyspace;
    const bitOffset = bitOffsetArgument(ctx, argv, 2);
    if (bitOffset < 0) return reply.error(BIT_OFFSET_INVALID);
    if (!argv.is(3, "0") && !argv.is(3, "1")) return reply.error(BIT_INVALID);
    const bit = argv.is(3, "1") ? 1 : 0;

    const oldLength = growBitmap(ctx, argv, bitOffset, bitOffset);
    if (oldLength < 0) return;
    const at = value.offset + Math.floor(bitOffset / 8);
    const shift = 7 - (bitOffset % 8);
    const byte = value.region.u8[at]!;
    const oldBit = (byte >> shift) & 1;
    if (value.length !== oldLength || oldBit !== bit) {
      value.region.u8[at] = (byte & ~(1 << shift)) | (bit << shift);
      db.changed(argv, 1, NotifyClass.STRING, "setbit");
    }
    reply.integer(oldBit);
  },
);
