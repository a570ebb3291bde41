import type { Argv } from "../../bytes/argv.js";
import { wrongArgumentCount } from "../../protocol/errors.js";
import type { ServiceContext } from "../context.js";
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
    if (argv.count > 2) return ctx.reply.error(wrongArgumentCount("ping"));
    if (ctx.client.subscriptionCount > 0 && ctx.client.resp === 2) return replyPushed(ctx, argv);
    if (argv.count === 1) ctx.reply.simple("PONG");
    else ctx.reply.bulk(argv.source, argv.offset[1]!, argv.length[1]!);
  },
);

/** The form for a subscribed RESP2 client, which takes every reply for a message. */
function replyPushed({ reply }: Pick<ServiceContext, "reply">, argv: Argv): void {
  reply.array(2);
  reply.bulkText("pong");
  if (argv.count === 1) reply.bulkText("");
  else reply.bulk(argv.source, argv.offset[1]!, argv.length[1]!);
}
