import type { Argv } from "../../bytes/argv.js";
import { RangeBy } from "../../datatypes/sorted-set-range.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { openForReading, replyRange } from "../sorted-set-value.js";
import { block, defineCommand, double, flag, integer, key, oneOf, string } from "../spec.js";
import { Open, Query, readQuery } from "./range-query.js";

/** ZRANGE: the members in a range of ranks, scores or members. */
export const zrange = defineCommand(
  {
    name: "ZRANGE",
    group: "sorted-set",
    since: "1.2.0",
    summary: "Returns members in a sorted set within a range of indexes.",
    complexity:
      "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
    flags: ["readonly"],
    brief: true,
    history: [["6.2.0", "Added the `REV`, `BYSCORE`, `BYLEX` and `LIMIT` options."]],
    args: [
      key("key", "RO ACCESS"),
      string("start"),
      string("stop"),
      oneOf("sortby", [flag("BYSCORE"), flag("BYLEX")], { since: "6.2.0" }),
      flag("REV", { since: "6.2.0" }),
      block("limit", [integer("offset"), integer("count")], { token: "LIMIT", optional: true, since: "6.2.0" }),
      flag("WITHSCORES"),
    ],
  },
  (ctx, argv) => query(ctx, argv, RangeBy.RANK, false, Open.BY | Open.REV | Open.WITHSCORES),
);

/** ZREVRANGE: the members in a range of ranks, from the highest to the lowest. */
export const zrevrange = defineCommand(
  {
    name: "ZREVRANGE",
    group: "sorted-set",
    since: "1.2.0",
    summary: "Returns members in a sorted set within a range of indexes in reverse order.",
    complexity:
      "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
    flags: ["readonly"],
    brief: true,
    docFlags: ["deprecated"],
    deprecatedSince: "6.2.0",
    replacedBy: "`ZRANGE` with the `REV` argument",
    args: [key("key", "RO ACCESS"), integer("start"), integer("stop"), flag("WITHSCORES")],
  },
  (ctx, argv) => query(ctx, argv, RangeBy.RANK, true, Open.WITHSCORES),
);

/** ZRANGEBYSCORE: the members in a range of scores. */
export const zrangebyscore = defineCommand(
  {
    name: "ZRANGEBYSCORE",
    group: "sorted-set",
    since: "1.0.5",
    summary: "Returns members in a sorted set within a range of scores.",
    complexity:
      "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
    flags: ["readonly"],
    brief: true,
    docFlags: ["deprecated"],
    deprecatedSince: "6.2.0",
    replacedBy: "`ZRANGE` with the `BYSCORE` argument",
    history: [["2.0.0", "Added the `WITHSCORES` modifier."]],
    args: [
      key("key", "RO ACCESS"),
      double("min"),
      double("max"),
      flag("WITHSCORES", { since: "2.0.0" }),
      block("limit", [integer("offset"), integer("count")], { token: "LIMIT", optional: true }),
    ],
  },
  (ctx, argv) => query(ctx, argv, RangeBy.SCORE, false, Open.WITHSCORES),
);

/** ZREVRANGEBYSCORE: the members in a range of scores, from the highest to the lowest. */
export const zrevrangebyscore = defineCommand(
  {
    name: "ZREVRANGEBYSCORE",
    group: "sorted-set",
    since: "2.2.0",
    summary: "Returns members in a sorted set within a range of scores in reverse order.",
    complexity:
      "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
    flags: ["readonly"],
    brief: true,
    docFlags: ["deprecated"],
    deprecatedSince: "6.2.0",
    replacedBy: "`ZRANGE` with the `REV` and `BYSCORE` arguments",
    history: [["2.1.6", "`min` and `max` can be exclusive."]],
    args: [
      key("key", "RO ACCESS"),
      double("max"),
      double("min"),
      flag("WITHSCORES"),
      block("limit", [integer("offset"), integer("count")], { token: "LIMIT", optional: true }),
    ],
  },
  (ctx, argv) => query(ctx, argv, RangeBy.SCORE, true, Open.WITHSCORES),
);

/** ZRANGEBYLEX: the members in a range of members. */
export const zrangebylex = defineCommand(
  {
    name: "ZRANGEBYLEX",
    group: "sorted-set",
    since: "2.8.9",
    summary: "Returns members in a sorted set within a lexicographical range.",
    complexity:
      "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
    flags: ["readonly"],
    brief: true,
    docFlags: ["deprecated"],
    deprecatedSince: "6.2.0",
    replacedBy: "`ZRANGE` with the `BYLEX` argument",
    args: [
      key("key", "RO ACCESS"),
      string("min"),
      string("max"),
      block("limit", [integer("offset"), integer("count")], { token: "LIMIT", optional: true }),
    ],
  },
  (ctx, argv) => query(ctx, argv, RangeBy.MEMBER, false, Open.WITHSCORES),
);

/** ZREVRANGEBYLEX: the members in a range of members, from the highest to the lowest. */
export const zrevrangebylex = defineCommand(
  {
    name: "ZREVRANGEBYLEX",
    group: "sorted-set",
    since: "2.8.9",
    summary: "Returns members in a sorted set within a lexicographical range in reverse order.",
    complexity:
      "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
    flags: ["readonly"],
    brief: true,
    docFlags: ["deprecated"],
    deprecatedSince: "6.2.0",
    replacedBy: "`ZRANGE` with the `REV` and `BYLEX` arguments",
    args: [
      key("key", "RO ACCESS"),
      string("max"),
      string("min"),
      block("limit", [integer("offset"), integer("count")], { token: "LIMIT", optional: true }),
    ],
  },
  (ctx, argv) => query(ctx, argv, RangeBy.MEMBER, true, Open.WITHSCORES),
);

function query(ctx: Context, argv: Argv, by: RangeBy, isReverse: boolean, open: Open): void {
  const { keyspace, reply } = ctx;
  const { sortedSets } = keyspace.types;
  const wanted = readQuery(ctx, argv, 2, by, isReverse, open);
  if (wanted === Query.REFUSED) return;
  const opened = openForReading(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.NONE) return reply.array(0);
  sortedSets.locate(keyspace.view, sortedSets.range);
  replyRange(ctx, keyspace.view, sortedSets.range, wanted === Query.WITH_SCORES);
}
