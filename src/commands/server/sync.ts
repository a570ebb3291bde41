/** What replicas ask of their primary: SYNC, PSYNC, REPLCONF. */

import { defineCommand, integer, string } from "../spec.js";
import { unavailable } from "../unavailable.js";

/** SYNC: a whole copy, then all that changes. */
export const sync = defineCommand(
  {
    name: "SYNC",
    group: "server",
    since: "1.0.0",
    summary: "An internal command used in replication.",
    complexity: "",
    flags: ["no_async_loading", "admin", "no_multi", "noscript"],
  },
  unavailable,
);

/** PSYNC: all that changes from an offset on, if that is still known. */
export const psync = defineCommand(
  {
    name: "PSYNC",
    group: "server",
    since: "2.8.0",
    summary: "An internal command used in replication.",
    complexity: "",
    flags: ["no_async_loading", "admin", "no_multi", "noscript"],
    arity: -3,
    args: [string("replicationid"), integer("offset")],
  },
  unavailable,
);

/** REPLCONF: what a replica says about itself. */
export const replconf = defineCommand(
  {
    name: "REPLCONF",
    group: "server",
    since: "3.0.0",
    summary: "An internal command for configuring the replication stream.",
    complexity: "O(1)",
    flags: ["admin", "noscript", "loading", "stale", "allow_busy"],
    docFlags: ["syscmd"],
    arity: -1,
  },
  unavailable,
);
