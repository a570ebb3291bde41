/** A value as bytes and back: DUMP, RESTORE. */

import { defineCommand, flag, integer, key, string } from "../spec.js";
import { unavailable } from "../unavailable.js";

const RESTORE_COMPLEXITY =
  "O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where N is the number of Redis objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). However for sorted set values the complexity is O(N*M*log(N)) because inserting values into sorted sets is O(log(N)).";
const RESTORE_HISTORY: readonly (readonly [string, string])[] = [
  ["3.0.0", "Added the `REPLACE` modifier."],
  ["5.0.0", "Added the `ABSTTL` modifier."],
  ["5.0.0", "Added the `IDLETIME` and `FREQ` options."],
];
const RESTORE_ARGS = [
  key("key", "OW UPDATE"),
  integer("ttl"),
  string("serialized-value"),
  flag("REPLACE", { since: "3.0.0" }),
  flag("ABSTTL", { since: "5.0.0" }),
  integer("seconds", { optional: true, since: "5.0.0", token: "IDLETIME" }),
  integer("frequency", { optional: true, since: "5.0.0", token: "FREQ" }),
];

/** DUMP: a value as a payload that RESTORE reads. */
export const dump = defineCommand(
  {
    name: "DUMP",
    group: "generic",
    since: "2.6.0",
    summary: "Returns a serialized representation of the value stored at a key.",
    complexity:
      "O(1) to access the key and additional O(N*M) to serialize it, where N is the number of Redis objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1).",
    flags: ["readonly"],
    tips: ["nondeterministic_output"],
    args: [key("key", "RO ACCESS")],
  },
  unavailable,
);

/** RESTORE: makes a key of what DUMP gave. */
export const restore = defineCommand(
  {
    name: "RESTORE",
    group: "generic",
    since: "2.6.0",
    summary: "Creates a key from the serialized representation of a value.",
    complexity: RESTORE_COMPLEXITY,
    flags: ["write", "denyoom"],
    effect: "as sent",
    acl: ["keyspace", "dangerous"],
    history: RESTORE_HISTORY,
    args: RESTORE_ARGS,
  },
  unavailable,
);

/** RESTORE-ASKING: RESTORE into a slot that is being imported. */
export const restoreAsking = defineCommand(
  {
    name: "RESTORE-ASKING",
    group: "server",
    since: "3.0.0",
    summary: "An internal command for migrating keys in a cluster.",
    complexity: RESTORE_COMPLEXITY,
    flags: ["write", "denyoom", "asking"],
    effect: "as sent",
    acl: ["keyspace", "dangerous"],
    history: RESTORE_HISTORY,
    docFlags: ["syscmd"],
    args: RESTORE_ARGS,
  },
  unavailable,
);
