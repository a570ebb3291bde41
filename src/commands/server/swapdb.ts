import { DB_INDEX_OUT_OF_RANGE } from "../../protocol/errors.js";
import { integerArgument, isInt32 } from "../integer-argument.js";
import { defineCommand, integer } from "../spec.js";

/** SWAPDB: clients of either database see the other's keys at once. */
export const swapdb = defineCommand(
  {
    name: "SWAPDB",
    group: "server",
    since: "4.0.0",
    summary: "Swaps two Redis databases.",
    complexity: "O(N) where N is the count of clients watching or blocking on keys from both databases.",
    flags: ["write", "fast"],
    effect: "as sent",
    brief: false,
    acl: ["keyspace", "dangerous"],
    args: [integer("index1"), integer("index2")],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const first = integerArgument(argv, 1);
    if (first === null || !isInt32(first)) return reply.error("ERR invalid first DB index");
    const second = integerArgument(argv, 2);
    if (second === null || !isInt32(second)) return reply.error("ERR invalid second DB index");
    const count = keyspace.databaseCount;
    if (first < 0 || first >= count || second < 0 || second >= count) return reply.error(DB_INDEX_OUT_OF_RANGE);
    if (first !== second) keyspace.swap(first, second);
    keyspace.dirty++;
    reply.ok();
  },
);
