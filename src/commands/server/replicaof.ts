/** Whose replica a server is: REPLICAOF, and SLAVEOF by its older name. */

import type { Argv } from "../../bytes/argv.js";
import type { ServiceContext } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { block, defineCommand, flag, integer, oneOf, string } from "../spec.js";
import { unavailable } from "../unavailable.js";

const MAX_PORT = 65535;

const ARGS = [
  oneOf(
    "args",
    [
      block("host-port", [string("host"), integer("port")]),
      block("no-one", [flag("NO", { optional: false }), flag("ONE", { optional: false })]),
    ],
    { optional: false },
  ),
];

/** REPLICAOF: follows a primary, or (NO ONE) nobody any more. */
export const replicaof = defineCommand(
  {
    name: "REPLICAOF",
    group: "server",
    since: "5.0.0",
    summary: "Configures a server as replica of another, or promotes it to a master.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "noscript", "stale"],
    args: ARGS,
  },
  follow,
);

/** SLAVEOF: the older name of REPLICAOF. */
export const slaveof = defineCommand(
  {
    name: "SLAVEOF",
    group: "server",
    since: "1.0.0",
    summary: "Sets a Redis server as a replica of another, or promotes it to being a master.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "noscript", "stale"],
    docFlags: ["deprecated"],
    deprecatedSince: "5.0.0",
    replacedBy: "`REPLICAOF`",
    args: ARGS,
  },
  follow,
);

function follow(ctx: ServiceContext, argv: Argv): void {
  const { config, replication, reply } = ctx;
  if (config.flag("cluster-enabled")) return reply.error("ERR REPLICAOF not allowed in cluster mode.");
  if (argv.is(1, "NO") && argv.is(2, "ONE")) {
    replication.followNobody();
    return reply.ok();
  }
  const port = integerArgument(argv, 2);
  if (port === null || port < 0 || port > MAX_PORT) return reply.error("ERR Invalid master port");
  unavailable(ctx);
}
