/** Saving the dataset: SAVE, BGSAVE, BGREWRITEAOF. */

import { defineCommand, flag } from "../spec.js";
import { unavailable } from "../unavailable.js";

/** SAVE: writes a snapshot while nobody is served. */
export const save = defineCommand(
  {
    name: "SAVE",
    group: "server",
    since: "1.0.0",
    summary: "Synchronously saves the database(s) to disk.",
    complexity: "O(N) where N is the total number of keys in all databases",
    flags: ["no_async_loading", "admin", "noscript", "no_multi"],
  },
  unavailable,
);

/** BGSAVE: writes a snapshot besides. */
export const bgsave = defineCommand(
  {
    name: "BGSAVE",
    group: "server",
    since: "1.0.0",
    summary: "Asynchronously saves the database(s) to disk.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "noscript"],
    history: [["3.2.2", "Added the `SCHEDULE` option."]],
    args: [flag("SCHEDULE", { since: "3.2.2" })],
  },
  unavailable,
);

/** BGREWRITEAOF: writes a new append-only file besides. */
export const bgrewriteaof = defineCommand(
  {
    name: "BGREWRITEAOF",
    group: "server",
    since: "1.0.0",
    summary: "Asynchronously rewrites the append-only file to disk.",
    complexity: "O(1)",
    flags: ["no_async_loading", "admin", "noscript"],
  },
  unavailable,
);
