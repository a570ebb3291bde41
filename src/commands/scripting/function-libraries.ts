/** The libraries of functions. */

import { subcommandSyntaxError } from "../command-errors.js";
import { defineCommand, flag, oneOf, string } from "../spec.js";
import { unavailable } from "../unavailable.js";
import { isFlush } from "./flush-type.js";

/** FUNCTION DELETE: removes a library. */
export const functionDelete = defineCommand(
  {
    name: "DELETE",
    group: "scripting",
    since: "7.0.0",
    summary: "Deletes a library and its functions.",
    complexity: "O(1)",
    flags: ["noscript", "write"],
    effect: "as sent",
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
    args: [string("library-name")],
  },
  ({ reply }) => reply.error("ERR Library not found"),
);

/** FUNCTION FLUSH: removes all libraries. */
export const functionFlush = defineCommand(
  {
    name: "FLUSH",
    group: "scripting",
    since: "7.0.0",
    summary: "Deletes all libraries and functions.",
    complexity: "O(N) where N is the number of functions deleted",
    flags: ["noscript", "write"],
    effect: "as sent",
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
    args: [oneOf("flush-type", [flag("ASYNC"), flag("SYNC")])],
  },
  ({ reply }, argv) => {
    if (argv.count > 3) return reply.error(subcommandSyntaxError(argv, "FUNCTION"));
    if (!isFlush(argv)) return reply.error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
    reply.ok();
  },
);

/** FUNCTION LIST: the libraries, all or those that match. */
export const functionList = defineCommand(
  {
    name: "LIST",
    group: "scripting",
    since: "7.0.0",
    summary: "Returns information about all libraries.",
    complexity: "O(N) where N is the number of functions",
    flags: ["noscript"],
    tips: ["nondeterministic_output_order"],
    args: [string("library-name-pattern", { optional: true, token: "LIBRARYNAME" }), flag("WITHCODE")],
  },
  ({ reply }, argv) => {
    let hasName = false;
    let hasCode = false;
    for (let i = 2; i < argv.count; i++) {
      if (!hasCode && argv.is(i, "WITHCODE")) hasCode = true;
      else if (hasName || !argv.is(i, "LIBRARYNAME")) return reply.error(`ERR Unknown argument ${argv.cString(i)}`);
      else if (++i === argv.count) return reply.error("ERR library name argument was not given");
      else hasName = true;
    }
    reply.array(0);
  },
);

/** FUNCTION LOAD: adds a library. */
export const functionLoad = defineCommand(
  {
    name: "LOAD",
    group: "scripting",
    since: "7.0.0",
    summary: "Creates a library.",
    complexity: "O(1) (considering compilation time is redundant)",
    flags: ["noscript", "write", "denyoom"],
    effect: "as sent",
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
    args: [flag("REPLACE"), string("function-code")],
  },
  unavailable,
);
