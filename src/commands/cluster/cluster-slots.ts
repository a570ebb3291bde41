/** The subcommands of CLUSTER about slots. */

import { block, defineCommand, flag, integer, oneOf, string } from "../spec.js";
import { clusterDisabled } from "./disabled.js";

/** CLUSTER ADDSLOTS: this node takes slots. */
export const clusterAddslots = defineCommand(
  {
    name: "ADDSLOTS",
    group: "cluster",
    since: "3.0.0",
    summary: "Assigns new hash slots to a node.",
    complexity: "O(N) where N is the total number of hash slot arguments",
    flags: ["no_async_loading", "admin", "stale"],
    args: [integer("slot", { multiple: true })],
  },
  clusterDisabled,
);

/** CLUSTER ADDSLOTSRANGE: this node takes ranges of slots. */
export const clusterAddslotsrange = defineCommand(
  {
    name: "ADDSLOTSRANGE",
    group: "cluster",
    since: "7.0.0",
    summary: "Assigns new hash slot ranges to a node.",
    complexity: "O(N) where N is the total number of the slots between the start slot and end slot arguments.",
    flags: ["no_async_loading", "admin", "stale"],
    args: [block("range", [integer("start-slot"), integer("end-slot")], { multiple: true })],
  },
  clusterDisabled,
);

/** CLUSTER COUNTKEYSINSLOT. */
export const clusterCountkeysinslot = defineCommand(
  {
    name: "COUNTKEYSINSLOT",
    group: "cluster",
    since: "3.0.0",
    summary: "Returns the number of keys in a hash slot.",
    complexity: "O(1)",
    flags: ["stale"],
    args: [integer("slot")],
  },
  clusterDisabled,
);

/** CLUSTER DELSLOTS: slots are nobody's. */
export const clusterDelslots = defineCommand(
  {
    name: "DELSLOTS",
    group: "cluster",
    since: "3.0.0",
    summary: "Sets hash slots as unbound for a node.",
    complexity: "O(N) where N is the total number of hash slot arguments",
    flags: ["no_async_loading", "admin", "stale"],
    args: [integer("slot", { multiple: true })],
  },
  clusterDisabled,
);

/** CLUSTER DELSLOTSRANGE: ranges of slots are nobody's. */
export const clusterDelslotsrange = defineCommand(
  {
    name: "DELSLOTSRANGE",
    group: "cluster",
    since: "7.0.0",
    summary: "Sets hash slot ranges as unbound for a node.",
    complexity: "O(N) where N is the total number of the slots between the start slot and end slot arguments.",
    flags: ["no_async_loading", "admin", "stale"],
    args: [block("range", [integer("start-slot"), integer("end-slot")], { multiple: true })],
  },
  clusterDisabled,
);

/** CLUSTER FLUSHSLOTS: all slots of this node are nobody's. */
export const clusterFlushslots = defineCommand(
  {
    name: "FLUSHSLOTS",
    group: "cluster",
    since: "3.0.0",
    summary: "Deletes all slots information from a node.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "stale"],
  },
  clusterDisabled,
);

/** CLUSTER GETKEYSINSLOT. */
export const clusterGetkeysinslot = defineCommand(
  {
    name: "GETKEYSINSLOT",
    group: "cluster",
    since: "3.0.0",
    summary: "Returns the key names in a hash slot.",
    complexity: "O(N) where N is the number of requested keys",
    flags: ["stale"],
    tips: ["nondeterministic_output"],
    args: [integer("slot"), integer("count")],
  },
  clusterDisabled,
);

/** CLUSTER KEYSLOT: the slot of a key. */
export const clusterKeyslot = defineCommand(
  {
    name: "KEYSLOT",
    group: "cluster",
    since: "3.0.0",
    summary: "Returns the hash slot for a key.",
    complexity: "O(N) where N is the number of bytes in the key",
    flags: ["stale"],
    args: [string("key")],
  },
  clusterDisabled,
);

/** CLUSTER SETSLOT: a slot moves to another node. */
export const clusterSetslot = defineCommand(
  {
    name: "SETSLOT",
    group: "cluster",
    since: "3.0.0",
    summary: "Binds a hash slot to a node.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "stale"],
    args: [
      integer("slot"),
      oneOf(
        "subcommand",
        [
          string("importing", { displayText: "node-id", token: "IMPORTING" }),
          string("migrating", { displayText: "node-id", token: "MIGRATING" }),
          string("node", { displayText: "node-id", token: "NODE" }),
          flag("STABLE"),
        ],
        { optional: false },
      ),
    ],
  },
  clusterDisabled,
);

/** CLUSTER SHARDS: which nodes serve which slots. */
export const clusterShards = defineCommand(
  {
    name: "SHARDS",
    group: "cluster",
    since: "7.0.0",
    summary: "Returns the mapping of cluster slots to shards.",
    complexity: "O(N) where N is the total number of cluster nodes",
    flags: ["loading", "stale"],
    tips: ["nondeterministic_output"],
  },
  clusterDisabled,
);

/** CLUSTER SLOTS: CLUSTER SHARDS for older clients. */
export const clusterSlots = defineCommand(
  {
    name: "SLOTS",
    group: "cluster",
    since: "3.0.0",
    summary: "Returns the mapping of cluster slots to nodes.",
    complexity: "O(N) where N is the total number of Cluster nodes",
    flags: ["loading", "stale"],
    tips: ["nondeterministic_output"],
    history: [
      ["4.0.0", "Added node IDs."],
      ["7.0.0", "Added additional networking metadata field."],
    ],
    docFlags: ["deprecated"],
    deprecatedSince: "7.0.0",
    replacedBy: "`CLUSTER SHARDS`",
  },
  clusterDisabled,
);
