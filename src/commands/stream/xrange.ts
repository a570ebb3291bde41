import { defineCommand, integer, key, optional, string } from "../spec.js";
import { replyRangeOf } from "./range-reply.js";

/** XRANGE: entries between two IDs. */
export const xrange = defineCommand(
  {
    name: "XRANGE",
    group: "stream",
    since: "5.0.0",
    summary: "Returns the messages from a stream within a range of IDs.",
    complexity:
      "O(N) with N being the number of elements being returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).",
    flags: ["readonly"],
    brief: true,
    history: [["6.2.0", "Added exclusive ranges."]],
    args: [key("key", "RO ACCESS"), string("start"), string("end"), optional(integer("count", { token: "COUNT" }))],
  },
  (ctx, argv) => replyRangeOf(ctx, argv, 2, 3, false),
);

/** XREVRANGE: the same from the end. */
export const xrevrange = defineCommand(
  {
    name: "XREVRANGE",
    group: "stream",
    since: "5.0.0",
    summary: "Returns the messages from a stream within a range of IDs in reverse order.",
    complexity:
      "O(N) with N being the number of elements returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).",
    flags: ["readonly"],
    brief: true,
    history: [["6.2.0", "Added exclusive ranges."]],
    args: [key("key", "RO ACCESS"), string("end"), string("start"), optional(integer("count", { token: "COUNT" }))],
  },
  (ctx, argv) => replyRangeOf(ctx, argv, 3, 2, true),
);
