import { defineCommand, string } from "../spec.js";

/** ECHO: the given string. */
export const echo = defineCommand(
  {
    name: "ECHO",
    group: "connection",
    since: "1.0.0",
    summary: "Returns the given string.",
    complexity: "O(1)",
    flags: ["loading", "stale", "fast"],
    args: [string("message")],
  },
  (ctx, argv) => ctx.reply.bulk(argv.source, argv.offset[1]!, argv.length[1]!),
);
