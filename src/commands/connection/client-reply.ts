import { SYNTAX_ERROR } from "../../protocol/errors.js";
import { defineCommand, flag, oneOf } from "../spec.js";

/** CLIENT REPLY: drops the replies from now on (OFF), or the next one (SKIP). Only ON is answered. */
export const clientReply = defineCommand(
  {
    name: "REPLY",
    group: "connection",
    since: "3.2.0",
    summary: "Instructs the server whether to reply to commands.",
    complexity: "O(1)",
    flags: ["noscript", "loading", "stale", "sentinel"],
    args: [oneOf("action", [flag("ON"), flag("OFF"), flag("SKIP")], { optional: false })],
  },
  ({ client, reply }, argv) => {
    if (argv.is(2, "ON")) {
      client.replyMode = "on";
      reply.ok();
    } else if (argv.is(2, "OFF")) {
      client.replyMode = "off";
    } else if (argv.is(2, "SKIP")) {
      if (client.replyMode !== "off") client.replyMode = "skip-next";
    } else {
      reply.error(SYNTAX_ERROR);
    }
  },
);
