/** What a client of a cluster may ask of a node that would redirect it. */

import { defineCommand } from "../spec.js";
import { clusterDisabled } from "./disabled.js";

/** ASKING: the next command may use a slot that is being imported. */
export const asking = defineCommand(
  {
    name: "ASKING",
    group: "cluster",
    since: "3.0.0",
    summary: "Signals that a cluster client is following an -ASK redirect.",
    complexity: "O(1)",
    flags: ["fast"],
    acl: ["connection"],
  },
  clusterDisabled,
);

/** READONLY: reads from a replica are wanted. */
export const readonly = defineCommand(
  {
    name: "READONLY",
    group: "cluster",
    since: "3.0.0",
    summary: "Enables read-only queries for a connection to a Redis Cluster replica node.",
    complexity: "O(1)",
    flags: ["fast", "loading", "stale"],
    acl: ["connection"],
  },
  clusterDisabled,
);

/** READWRITE: ends READONLY. */
export const readwrite = defineCommand(
  {
    name: "READWRITE",
    group: "cluster",
    since: "3.0.0",
    summary: "Enables read-write queries for a connection to a Redis Cluster replica node.",
    complexity: "O(1)",
    flags: ["fast", "loading", "stale"],
    acl: ["connection"],
  },
  clusterDisabled,
);
