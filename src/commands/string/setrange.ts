import { copyBytes } from "../../bytes/region.js";
import { KEEP_TTL } from "../../keyspace/database.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { NOT_AN_INTEGER, OFFSET_OUT_OF_RANGE, WRONG_TYPE } from "../../protocol/errors.js";
import { ValueType } from "../../structures/entry/entry.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, integer, key, string } from "../spec.js";
import { writeBehind } from "./long-write.js";
import { checkStringLength } from "./string-value.js";

/** SETRANGE: overwrites bytes from an offset on, filling up with zero bytes. */
export const setrange = defineCommand(
  {
    name: "SETRANGE",
    group: "string",
    since: "2.2.0",
    summary: "Overwrites a part of a string value with another by an offset. Creates the key if it doesn't exist.",
    complexity:
      "O(1), not counting the time taken to copy the new string in place. Usually, this string is very small so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being the length of the value argument.",
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [key("key", "RW UPDATE"), integer("offset"), string("value")],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    const offset = integerArgument(argv, 2);
    if (offset === null) return reply.error(NOT_AN_INTEGER);
    if (offset < 0) return reply.error(OFFSET_OUT_OF_RANGE);

    const { value } = ctx.keyspace;
    const ref = db.lookupWrite(argv, 1);
    let oldLength = 0;
    if (ref !== 0) {
      if (db.type(ref) !== ValueType.STRING) return reply.error(WRONG_TYPE);
      db.loadString(ref, value);
      oldLength = value.length;
    }
    const written = argv.length[3]!;
    if (written === 0) return reply.integer(oldLength);
    if (!checkStringLength(ctx, offset + written)) return;

    const length = Math.max(oldLength, offset + written);
    // Then nothing of the old value stays but its expiry.
    const isWhole = offset === 0 && written >= oldLength;
    if (!isWhole || !db.adoptString(argv, 1, 3, KEEP_TTL)) {
      const inside = Math.min(written, Math.max(0, oldLength - offset));
      const behind = Math.max(offset, oldLength);
      const isWritten = ref !== 0 && writeBehind(ctx, argv, ref, oldLength, behind, 3, inside);
      if (isWritten === null) return;
      if (isWritten) {
        const grown = db.peek(argv, 1);
        db.extendString(grown, length);
        db.editString(grown, offset, inside, value);
      } else {
        if (ref !== 0) db.editString(ref, offset, written, value);
        db.resizeString(argv, 1, ref, length, value);
      }
      copyBytes(argv.source, argv.offset[3]!, value.region, value.offset + offset, isWritten ? inside : written);
    }
    db.changed(argv, 1, NotifyClass.STRING, "setrange");
    reply.integer(length);
  },
);
