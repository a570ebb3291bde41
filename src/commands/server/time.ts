import { defineCommand } from "../spec.js";

/** TIME: the server's clock as seconds and microseconds; the same throughout a transaction. */
export const time = defineCommand(
  {
    name: "TIME",
    group: "server",
    since: "2.6.0",
    summary: "Returns the server time.",
    complexity: "O(1)",
    flags: ["loading", "stale", "fast"],
    tips: ["nondeterministic_output"],
  },
  (ctx) => {
    const seconds = Math.floor(ctx.nowMs / 1000);
    ctx.reply.array(2);
    ctx.reply.bulkInteger(seconds);
    ctx.reply.bulkInteger(Math.floor((ctx.nowMs - seconds * 1000) * 1000));
  },
);
