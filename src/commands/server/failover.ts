import type { Argv } from "../../bytes/argv.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import { integerArgument } from "../integer-argument.js";
import { block, defineCommand, flag, integer, string } from "../spec.js";

/** FAILOVER: one of the replicas takes this primary's place. */
export const failover = defineCommand(
  {
    name: "FAILOVER",
    group: "server",
    since: "6.2.0",
    summary: "Starts a coordinated failover from a server to one of its replicas.",
    complexity: "O(1)",
    flags: ["admin", "noscript", "stale"],
    args: [
      block("target", [string("host"), integer("port"), flag("FORCE")], { optional: true, token: "TO" }),
      flag("ABORT"),
      integer("milliseconds", { optional: true, token: "TIMEOUT" }),
    ],
  },
  ({ config, reply }, argv) => {
    if (config.flag("cluster-enabled")) return reply.error("ERR FAILOVER not allowed in cluster mode.");
    if (argv.count === 2 && argv.is(1, "ABORT")) return reply.error("ERR No failover in progress.");
    reply.error(wrongOptions(argv) ?? "ERR FAILOVER requires connected replicas.");
  },
);

/** What is wrong with the options, or null. */
function wrongOptions(argv: Argv): string | null {
  let hasTimeout = false;
  let hasTarget = false;
  let isForced = false;
  for (let i = 1; i < argv.count; i++) {
    if (argv.is(i, "TIMEOUT") && i + 1 < argv.count && !hasTimeout) {
      const ms = integerArgument(argv, ++i);
      if (ms === null) return NOT_AN_INTEGER;
      if (ms <= 0) return "ERR FAILOVER timeout must be greater than 0";
      hasTimeout = true;
    } else if (argv.is(i, "TO") && i + 2 < argv.count && !hasTarget) {
      i += 2;
      if (integerArgument(argv, i) === null) return NOT_AN_INTEGER;
      hasTarget = true;
    } else if (argv.is(i, "FORCE") && !isForced) {
      isForced = true;
    } else {
      return SYNTAX_ERROR;
    }
  }
  return null;
}
