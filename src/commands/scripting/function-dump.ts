/** All libraries as bytes and back: FUNCTION DUMP, FUNCTION RESTORE. */

import { defineCommand, flag, oneOf, string } from "../spec.js";
import { unavailable } from "../unavailable.js";

/** FUNCTION DUMP: all libraries as a payload. */
export const functionDump = defineCommand(
  {
    name: "DUMP",
    group: "scripting",
    since: "7.0.0",
    summary: "Dumps all libraries into a serialized binary payload.",
    complexity: "O(N) where N is the number of functions",
    flags: ["noscript"],
  },
  unavailable,
);

/** FUNCTION RESTORE: adds the libraries of a payload. */
export const functionRestore = defineCommand(
  {
    name: "RESTORE",
    group: "scripting",
    since: "7.0.0",
    summary: "Restores all libraries from a payload.",
    complexity: "O(N) where N is the number of functions on the payload",
    flags: ["noscript", "write", "denyoom"],
    effect: "as sent",
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
    args: [string("serialized-value"), oneOf("policy", [flag("FLUSH"), flag("APPEND"), flag("REPLACE")])],
  },
  unavailable,
);
