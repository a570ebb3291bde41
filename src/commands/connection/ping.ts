import { wrongArgumentCount } from "../../protocol/errors.js";
import { defineCommand, optional, string } from "../spec.js";

/** PING: PONG, or the given message. */
export const ping = defineCommand(
  {
    name: "PING",
    group: "connection",
    since: "1.0.0",
    summary: "Returns the server's liveliness response.",
    complexity: "O(1)",
    flags: ["fast", "sentinel"],
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
    args: [optional(string("message"))],
  },
  (ctx, argv) => {
    if (argv.count === 1) ctx.reply.simple("PONG");
    else if (argv.count === 2) ctx.reply.bulk(argv.source, argv.offset[1]!, argv.length[1]!);
    else ctx.reply.error(wrongArgumentCount("ping"));
  },
);
