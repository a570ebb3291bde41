import type { Argv } from "../../bytes/argv.js";
import { Encoding } from "../../structures/entry/entry.js";
import {
  bigCardinality,
  cardinality,
  hasCardinality,
  setCardinality,
} from "../../structures/hyperloglog/hyperloglog.js";
import type { Context } from "../context.js";
import { defineCommand, key, many } from "../spec.js";
import { CORRUPTED, loadHyperLogLog } from "./hyperloglog-value.js";

/** PFCOUNT: the number of different elements, of one HyperLogLog or of the union of several. */
export const pfcount = defineCommand(
  {
    name: "PFCOUNT",
    group: "hyperloglog",
    since: "2.8.9",
    summary: "Returns the approximated cardinality of the set(s) observed by the HyperLogLog key(s).",
    complexity:
      "O(1) with a very small average constant time when called with a single key. O(N) with N being the number of keys, and much bigger constant times, when called with multiple keys.",
    flags: ["readonly", "may_replicate"],
    effect: "as sent",
    args: [
      many(
        key("key", "RW ACCESS", {
          keyNotes: "RW because it may change the internal representation of the key, and propagate to replicas",
        }),
      ),
    ],
  },
  (ctx, argv) => {
    if (argv.count > 2) return countUnion(ctx, argv);
    const { db, reply } = ctx;
    const { value, hyperloglog } = ctx.keyspace;
    const ref = db.lookupRead(argv, 1);
    if (ref === 0) return reply.integer(0);
    if (!loadHyperLogLog(ctx, ref)) return;

    const isStale = !hasCardinality(value.region, value.offset);
    if (isStale || db.encoding(ref) !== Encoding.RAW) db.resizeString(argv, 1, ref, value.length, value);
    if (isStale) {
      const count = hyperloglog.union.countAlone(value.region, value.offset, value.length);
      if (Number.isNaN(count)) return reply.error(CORRUPTED);
      setCardinality(value.region, value.offset, count);
      db.touched(argv, 1);
    }
    const count = cardinality(value.region, value.offset);
    if (Number.isSafeInteger(count)) reply.integer(count);
    else reply.bigInteger(bigCardinality(value.region, value.offset));
  },
);

/** Keys that do not exist count as empty. The result is kept nowhere. */
function countUnion(ctx: Context, argv: Argv): void {
  const { db, reply } = ctx;
  const { value } = ctx.keyspace;
  const { union } = ctx.keyspace.hyperloglog;
  union.clear();
  for (let i = 1; i < argv.count; i++) {
    const ref = db.lookupRead(argv, i);
    if (ref === 0) continue;
    if (!loadHyperLogLog(ctx, ref)) return;
    if (!union.add(value.region, value.offset, value.length)) return reply.error(CORRUPTED);
  }
  const count = union.count();
  if (Number.isSafeInteger(count)) reply.integer(count);
  else reply.bigInteger(BigInt(count));
}
