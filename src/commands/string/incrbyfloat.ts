import {
  addLongDouble,
  formatLongDouble,
  isFiniteLongDouble,
  LONG_ZERO,
  type LongDouble,
  parseLongDouble,
} from "../../bytes/long-double.js";
import { Region } from "../../bytes/region.js";
import { KEEP_TTL } from "../../keyspace/database.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { NAN_OR_INFINITY, NOT_A_FLOAT, WRONG_TYPE } from "../../protocol/errors.js";
import { Encoding, ValueType } from "../../structures/entry/entry.js";
import { defineCommand, double, key } from "../spec.js";

/** Longer results are encoded "raw", shorter ones "embstr": never "int", as in Redis. */
const EMBSTR_MAX = 44;

/** INCRBYFLOAT: adds a floating-point number. */
export const incrbyfloat = defineCommand(
  {
    name: "INCRBYFLOAT",
    group: "string",
    since: "2.6.0",
    summary:
      "Increment the floating point value of a key by a number. Uses 0 as initial value if the key doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "denyoom", "fast"],
    effect: "rewritten",
    args: [key("key", "RW ACCESS UPDATE"), double("increment")],
  },
  (ctx, argv) => {
    const { db, reply } = ctx;
    // Storing the sum counts as the use.
    const ref = db.peek(argv, 1);
    let old: LongDouble | null = LONG_ZERO;
    if (ref !== 0) {
      if (db.type(ref) !== ValueType.STRING) return reply.error(WRONG_TYPE);
      const { value } = ctx.keyspace;
      db.loadString(ref, value);
      old = parseLongDouble(value.region, value.offset, value.length);
    }
    const delta = parseLongDouble(argv.source, argv.offset[2]!, argv.length[2]!);
    if (old === null || delta === null) return reply.error(NOT_A_FLOAT);
    const sum = addLongDouble(old, delta);
    if (!isFiniteLongDouble(sum)) return reply.error(NAN_OR_INFINITY);

    const text = formatLongDouble(sum);
    const encoding = text.length <= EMBSTR_MAX ? Encoding.EMBSTR : Encoding.RAW;
    db.setString(argv, 1, Region.fromString(text), 0, text.length, KEEP_TTL, encoding);
    db.changed(argv, 1, NotifyClass.STRING, "incrbyfloat");
    if (ctx.effects.isOn) ctx.effects.instead("SET", 4).argument(argv, 1).text(text).text("KEEPTTL");
    reply.bulkText(text);
  },
);
