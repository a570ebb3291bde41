import { TIMEOUT_NEGATIVE, TIMEOUT_NOT_AN_INTEGER } from "../../protocol/errors.js";
import { subcommandSyntaxError } from "../command-errors.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, flag, integer, oneOf } from "../spec.js";

const INT64_MAX = 2 ** 63;

/** CLIENT PAUSE: commands of all clients wait, or only those that write. */
export const clientPause = defineCommand(
  {
    name: "PAUSE",
    group: "connection",
    since: "3.0.0",
    summary: "Suspends commands processing.",
    complexity: "O(1)",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
    history: [["6.2.0", "`CLIENT PAUSE WRITE` mode added along with the `mode` option."]],
    args: [integer("timeout"), oneOf("mode", [flag("WRITE"), flag("ALL")], { since: "6.2.0" })],
  },
  ({ clients, nowMs, reply }, argv) => {
    let mode: "all" | "write" = "all";
    if (argv.count > 4) return reply.error(subcommandSyntaxError(argv, "CLIENT"));
    if (argv.count === 4) {
      if (argv.is(3, "WRITE")) mode = "write";
      else if (!argv.is(3, "ALL")) return reply.error("ERR CLIENT PAUSE mode must be WRITE or ALL");
    }
    const timeoutMs = integerArgument(argv, 2);
    if (timeoutMs === null) return reply.error(TIMEOUT_NOT_AN_INTEGER);
    if (timeoutMs < 0) return reply.error(TIMEOUT_NEGATIVE);
    if (timeoutMs > INT64_MAX - nowMs) return reply.error("ERR timeout is out of range");
    clients.pause(nowMs + timeoutMs, mode);
    reply.ok();
  },
);

/** CLIENT UNPAUSE: what waits goes on. */
export const clientUnpause = defineCommand(
  {
    name: "UNPAUSE",
    group: "connection",
    since: "6.2.0",
    summary: "Resumes processing commands from paused clients.",
    complexity: "O(N) Where N is the number of paused clients",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  },
  ({ clients, reply }) => {
    clients.unpause();
    reply.ok();
  },
);
