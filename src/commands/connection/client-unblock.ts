import { NOT_AN_INTEGER } from "../../protocol/errors.js";
import { subcommandSyntaxError } from "../command-errors.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, flag, integer, oneOf } from "../spec.js";

/** CLIENT UNBLOCK: ends another client's waiting, as if its time were up or with an error. */
export const clientUnblock = defineCommand(
  {
    name: "UNBLOCK",
    group: "connection",
    since: "5.0.0",
    summary: "Unblocks a client blocked by a blocking command from a different connection.",
    complexity: "O(log N) where N is the number of client connections",
    flags: ["admin", "noscript", "loading", "stale", "sentinel"],
    args: [integer("client-id"), oneOf("unblock-type", [flag("TIMEOUT"), flag("ERROR")])],
  },
  ({ clients, reply }, argv) => {
    if (argv.count > 4) return reply.error(subcommandSyntaxError(argv, "CLIENT"));
    const isError = argv.count === 4 && argv.is(3, "ERROR");
    if (argv.count === 4 && !isError && !argv.is(3, "TIMEOUT")) {
      return reply.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    }
    const id = integerArgument(argv, 2);
    if (id === null) return reply.error(NOT_AN_INTEGER);
    const blocked = clients.byId(id)?.blocked ?? null;
    // A client held at a gate, as by CLIENT PAUSE, does not wait for anything of its own.
    if (blocked === null || blocked.kind === "gate") return reply.integer(0);
    blocked.unblock(isError ? "error" : "timeout");
    reply.integer(1);
  },
);
