import type { Argv } from "../../bytes/argv.js";
import {
  addLongDouble,
  formatLongDouble,
  isFiniteLongDouble,
  LONG_ZERO,
  type LongDouble,
  parseLongDouble,
} from "../../bytes/long-double.js";
import { Region } from "../../bytes/region.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { NAN_OR_INFINITY, NOT_A_FLOAT } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { defineCommand, double, key, string } from "../spec.js";
import { openForWriting, setField } from "./hash-value.js";

/** HINCRBYFLOAT: adds a floating-point number to the value of a field. */
export const hincrbyfloat = defineCommand(
  {
    name: "HINCRBYFLOAT",
    group: "hash",
    since: "2.6.0",
    summary:
      "Increments the floating point value of a field by a number. Uses 0 as initial value if the field doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "denyoom", "fast"],
    effect: "rewritten",
    args: [key("key", "RW ACCESS UPDATE"), string("field"), double("increment")],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { element, slot } = keyspace;
    const delta = parseLongDouble(argv.source, argv.offset[3]!, argv.length[3]!);
    if (delta === null) return reply.error(NOT_A_FLOAT);
    if (!isFiniteLongDouble(delta)) return reply.error("ERR value is NaN or Infinity");
    const opened = openForWriting(ctx, argv);
    if (opened === Opened.REFUSED) return;
    let old: LongDouble | null = LONG_ZERO;
    if (
      opened === Opened.FOUND &&
      keyspace.types.hashes.get(slot, argv.source, argv.offset[2]!, argv.length[2]!, element)
    ) {
      old = parseLongDouble(element.region, element.offset, element.length);
    }
    if (old === null) return reply.error("ERR hash value is not a float");
    const sum = addLongDouble(old, delta);
    if (!isFiniteLongDouble(sum)) return reply.error(NAN_OR_INFINITY);

    const text = formatLongDouble(sum);
    setField(ctx, argv, opened, 2, Region.fromString(text), 0, text.length);
    db.changed(argv, 1, NotifyClass.HASH, "hincrbyfloat");
    if (ctx.effects.isOn) saySet(ctx, argv, text);
    reply.bulkText(text);
  },
);

/** HSET would take the field's expiry away, and what keeps it is not known to every server. */
function saySet({ effects, keyspace }: Context, argv: Argv, text: string): void {
  const expireAtMs = keyspace.types.hashes.expireAt(keyspace.slot, argv.source, argv.offset[2]!, argv.length[2]!);
  if (expireAtMs === 0) effects.instead("HSET", 4).argument(argv, 1).argument(argv, 2).text(text);
  else
    effects
      .instead("HSETEX", 7)
      .argument(argv, 1)
      .text("KEEPTTL")
      .text("FIELDS")
      .text("1")
      .argument(argv, 2)
      .text(text);
}
