import type { Argv } from "../../bytes/argv.js";
import { RangeBy } from "../../datatypes/sorted-set-range.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { openForWriting, removeRanks } from "../sorted-set-value.js";
import { defineCommand, double, integer, key, string } from "../spec.js";
import { readRange } from "./range-argument.js";

/** ZREMRANGEBYRANK: removes the members in a range of ranks. */
export const zremrangebyrank = defineCommand(
  {
    name: "ZREMRANGEBYRANK",
    group: "sorted-set",
    since: "2.0.0",
    summary:
      "Removes members in a sorted set within a range of indexes. Deletes the sorted set if all members were removed.",
    complexity:
      "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
    flags: ["write"],
    effect: "as sent",
    args: [key("key", "RW DELETE"), integer("start"), integer("stop")],
  },
  (ctx, argv) => removeRange(ctx, argv, RangeBy.RANK),
);

/** ZREMRANGEBYSCORE: removes the members in a range of scores. */
export const zremrangebyscore = defineCommand(
  {
    name: "ZREMRANGEBYSCORE",
    group: "sorted-set",
    since: "1.2.0",
    summary:
      "Removes members in a sorted set within a range of scores. Deletes the sorted set if all members were removed.",
    complexity:
      "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
    flags: ["write"],
    effect: "as sent",
    args: [key("key", "RW DELETE"), double("min"), double("max")],
  },
  (ctx, argv) => removeRange(ctx, argv, RangeBy.SCORE),
);

/** ZREMRANGEBYLEX: removes the members in a range of members. */
export const zremrangebylex = defineCommand(
  {
    name: "ZREMRANGEBYLEX",
    group: "sorted-set",
    since: "2.8.9",
    summary:
      "Removes members in a sorted set within a lexicographical range. Deletes the sorted set if all members were removed.",
    complexity:
      "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
    flags: ["write"],
    effect: "as sent",
    args: [key("key", "RW DELETE"), string("min"), string("max")],
  },
  (ctx, argv) => removeRange(ctx, argv, RangeBy.MEMBER),
);

function removeRange(ctx: Context, argv: Argv, by: RangeBy): void {
  const { keyspace, reply } = ctx;
  const { sortedSets } = keyspace.types;
  const { range } = sortedSets;
  if (!readRange(ctx, argv, range, by, 2, 3)) return;
  const opened = openForWriting(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.NONE) return reply.integer(0);
  sortedSets.locate(keyspace.slot, range);
  const { count } = range;
  if (count > 0) removeRanks(ctx, argv, 1, range.from, range.to, ctx.command.name);
  reply.integer(count);
}
