/** The subcommands of CLUSTER about nodes. */

import { defineCommand, integer, string } from "../spec.js";
import { clusterDisabled } from "./disabled.js";

/** CLUSTER COUNT-FAILURE-REPORTS: how many nodes take another for failing. */
export const clusterCountFailureReports = defineCommand(
  {
    name: "COUNT-FAILURE-REPORTS",
    group: "cluster",
    since: "3.0.0",
    summary: "Returns the number of active failure reports active for a node.",
    complexity: "O(N) where N is the number of failure reports",
    flags: ["admin", "stale"],
    tips: ["nondeterministic_output"],
    args: [string("node-id")],
  },
  clusterDisabled,
);

/** CLUSTER FORGET: a node is none of the cluster any more. */
export const clusterForget = defineCommand(
  {
    name: "FORGET",
    group: "cluster",
    since: "3.0.0",
    summary: "Removes a node from the nodes table.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "stale"],
    args: [string("node-id")],
  },
  clusterDisabled,
);

/** CLUSTER LINKS: connections to other nodes. */
export const clusterLinks = defineCommand(
  {
    name: "LINKS",
    group: "cluster",
    since: "7.0.0",
    summary: "Returns a list of all TCP links to and from peer nodes.",
    complexity: "O(N) where N is the total number of Cluster nodes",
    flags: ["stale"],
    tips: ["nondeterministic_output"],
  },
  clusterDisabled,
);

/** CLUSTER MEET: another node joins. */
export const clusterMeet = defineCommand(
  {
    name: "MEET",
    group: "cluster",
    since: "3.0.0",
    summary: "Forces a node to handshake with another node.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "stale"],
    history: [["4.0.0", "Added the optional `cluster_bus_port` argument."]],
    args: [string("ip"), integer("port"), integer("cluster-bus-port", { optional: true, since: "4.0.0" })],
  },
  clusterDisabled,
);

/** CLUSTER MYID: the id of this node. */
export const clusterMyid = defineCommand(
  {
    name: "MYID",
    group: "cluster",
    since: "3.0.0",
    summary: "Returns the ID of a node.",
    complexity: "O(1)",
    flags: ["stale"],
  },
  clusterDisabled,
);

/** CLUSTER MYSHARDID: the id of this node's shard. */
export const clusterMyshardid = defineCommand(
  {
    name: "MYSHARDID",
    group: "cluster",
    since: "7.2.0",
    summary: "Returns the shard ID of a node.",
    complexity: "O(1)",
    flags: ["stale"],
    tips: ["nondeterministic_output"],
  },
  clusterDisabled,
);

/** CLUSTER NODES: all nodes as this one sees them. */
export const clusterNodes = defineCommand(
  {
    name: "NODES",
    group: "cluster",
    since: "3.0.0",
    summary: "Returns the cluster configuration for a node.",
    complexity: "O(N) where N is the total number of Cluster nodes",
    flags: ["stale"],
    tips: ["nondeterministic_output"],
  },
  clusterDisabled,
);

/** CLUSTER REPLICAS: the replicas of a node. */
export const clusterReplicas = defineCommand(
  {
    name: "REPLICAS",
    group: "cluster",
    since: "5.0.0",
    summary: "Lists the replica nodes of a master node.",
    complexity: "O(N) where N is the number of replicas.",
    flags: ["admin", "stale"],
    tips: ["nondeterministic_output"],
    args: [string("node-id")],
  },
  clusterDisabled,
);

/** CLUSTER REPLICATE: this node becomes a replica of another. */
export const clusterReplicate = defineCommand(
  {
    name: "REPLICATE",
    group: "cluster",
    since: "3.0.0",
    summary: "Configure a node as replica of a master node.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "stale"],
    args: [string("node-id")],
  },
  clusterDisabled,
);

/** CLUSTER SLAVES: the older name of CLUSTER REPLICAS. */
export const clusterSlaves = defineCommand(
  {
    name: "SLAVES",
    group: "cluster",
    since: "3.0.0",
    summary: "Lists the replica nodes of a master node.",
    complexity: "O(N) where N is the number of replicas.",
    flags: ["admin", "stale"],
    tips: ["nondeterministic_output"],
    docFlags: ["deprecated"],
    deprecatedSince: "5.0.0",
    replacedBy: "`CLUSTER REPLICAS`",
    args: [string("node-id")],
  },
  clusterDisabled,
);
