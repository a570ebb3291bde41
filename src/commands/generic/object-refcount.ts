import { parseInteger } from "../../bytes/integer.js";
import { Encoding } from "../../structures/entry/entry.js";
import type { Context } from "../context.js";
import { defineCommand, key } from "../spec.js";
import { lookupSilently } from "./quiet-lookup.js";

/** What Redis answers for a value that is one of its shared integers. */
const SHARED = 2147483647;
const SHARED_INTEGERS = 10000;

/** OBJECT REFCOUNT: nothing is shared here, but small integers are said to be, where Redis shares them. */
export const objectRefcount = defineCommand(
  {
    name: "REFCOUNT",
    group: "generic",
    since: "2.2.3",
    summary: "Returns the reference count of a value of a key.",
    complexity: "O(1)",
    flags: ["readonly"],
    tips: ["nondeterministic_output"],
    args: [key("key", "RO")],
  },
  (ctx, argv) => {
    const ref = lookupSilently(ctx, argv, 2);
    if (ref === 0) return ctx.reply.null();
    ctx.reply.integer(isSharedInteger(ctx, ref) ? SHARED : 1);
  },
);

function isSharedInteger({ db, keyspace, config }: Context, ref: number): boolean {
  if (db.encoding(ref) !== Encoding.INT) return false;
  if (config.number("maxmemory") !== 0 && /l[rf]u$/.test(config.text("maxmemory-policy"))) return false;
  const { value } = keyspace;
  db.loadString(ref, value);
  const number = parseInteger(value.region, value.offset, value.length);
  return number >= 0 && number < SHARED_INTEGERS;
}
