/** The subcommands of CLUSTER about the cluster as a whole. */

import { defineCommand, flag, integer, oneOf } from "../spec.js";
import { clusterDisabled } from "./disabled.js";

/** CLUSTER BUMPEPOCH. */
export const clusterBumpepoch = defineCommand(
  {
    name: "BUMPEPOCH",
    group: "cluster",
    since: "3.0.0",
    summary: "Advances the cluster config epoch.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "stale"],
    tips: ["nondeterministic_output"],
  },
  clusterDisabled,
);

/** CLUSTER FAILOVER: this replica takes its primary's place. */
export const clusterFailover = defineCommand(
  {
    name: "FAILOVER",
    group: "cluster",
    since: "3.0.0",
    summary: "Forces a replica to perform a manual failover of its master.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "stale"],
    args: [oneOf("options", [flag("FORCE"), flag("TAKEOVER")])],
  },
  clusterDisabled,
);

/** CLUSTER HELP. */
export const clusterHelp = defineCommand(
  {
    name: "HELP",
    group: "cluster",
    since: "5.0.0",
    summary: "Returns helpful text about the different subcommands.",
    complexity: "O(1)",
    flags: ["loading", "stale"],
  },
  clusterDisabled,
);

/** CLUSTER INFO: how the cluster does. */
export const clusterInfo = defineCommand(
  {
    name: "INFO",
    group: "cluster",
    since: "3.0.0",
    summary: "Returns information about the state of a node.",
    complexity: "O(1)",
    flags: ["stale"],
    tips: ["nondeterministic_output"],
  },
  clusterDisabled,
);

/** CLUSTER RESET: this node forgets the cluster. */
export const clusterReset = defineCommand(
  {
    name: "RESET",
    group: "cluster",
    since: "3.0.0",
    summary: "Resets a node.",
    complexity: "O(N) where N is the number of known nodes. The command may execute a FLUSHALL as a side effect.",
    flags: ["admin", "stale", "noscript"],
    args: [oneOf("reset-type", [flag("HARD"), flag("SOFT")])],
  },
  clusterDisabled,
);

/** CLUSTER SAVECONFIG: writes nodes.conf. */
export const clusterSaveconfig = defineCommand(
  {
    name: "SAVECONFIG",
    group: "cluster",
    since: "3.0.0",
    summary: "Forces a node to save the cluster configuration to disk.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "stale"],
  },
  clusterDisabled,
);

/** CLUSTER SET-CONFIG-EPOCH. */
export const clusterSetConfigEpoch = defineCommand(
  {
    name: "SET-CONFIG-EPOCH",
    group: "cluster",
    since: "3.0.0",
    summary: "Sets the configuration epoch for a new node.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "stale"],
    args: [integer("config-epoch")],
  },
  clusterDisabled,
);
