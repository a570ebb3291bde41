import type { Argv } from "../../bytes/argv.js";
import { RangeBy } from "../../datatypes/sorted-set-range.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { openForReading } from "../sorted-set-value.js";
import { defineCommand, double, key, string } from "../spec.js";
import { readRange } from "./range-argument.js";

/** ZCOUNT: the number of members in a range of scores. */
export const zcount = defineCommand(
  {
    name: "ZCOUNT",
    group: "sorted-set",
    since: "2.0.0",
    summary: "Returns the count of members in a sorted set that have scores within a range.",
    complexity: "O(log(N)) with N being the number of elements in the sorted set.",
    flags: ["readonly", "fast"],
    args: [key("key", "RO ACCESS"), double("min"), double("max")],
  },
  (ctx, argv) => replyCount(ctx, argv, RangeBy.SCORE),
);

/** ZLEXCOUNT: the number of members in a range of members. */
export const zlexcount = defineCommand(
  {
    name: "ZLEXCOUNT",
    group: "sorted-set",
    since: "2.8.9",
    summary: "Returns the number of members in a sorted set within a lexicographical range.",
    complexity: "O(log(N)) with N being the number of elements in the sorted set.",
    flags: ["readonly", "fast"],
    args: [key("key", "RO ACCESS"), string("min"), string("max")],
  },
  (ctx, argv) => replyCount(ctx, argv, RangeBy.MEMBER),
);

function replyCount(ctx: Context, argv: Argv, by: RangeBy): void {
  const { keyspace, reply } = ctx;
  const { sortedSets } = keyspace.types;
  const { range } = sortedSets;
  if (!readRange(ctx, argv, range, by, 2, 3)) return;
  const opened = openForReading(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.NONE) return reply.integer(0);
  sortedSets.locate(keyspace.view, range);
  reply.integer(range.count);
}
