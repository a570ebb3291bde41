import { SYNTAX_ERROR } from "../../protocol/errors.js";
import { block, defineCommand, many, string } from "../spec.js";

/** CONFIG SET: changes settings, all or none. */
export const configSet = defineCommand(
  {
    name: "SET",
    group: "server",
    since: "2.0.0",
    summary: "Sets configuration parameters in-flight.",
    complexity: "O(N) when N is the number of configuration parameters provided",
    flags: ["admin", "noscript", "loading", "stale"],
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
    history: [["7.0.0", "Added the ability to set multiple parameters in one call."]],
    secrets: (argv, hide, config) => {
      for (let i = 2; i + 1 < argv.count; i += 2) if (config.isSensitive(argv.latin1(i))) hide(i + 1);
    },
    args: [many(block("data", [string("parameter"), string("value")]))],
  },
  ({ config, reply }, argv) => {
    if (argv.count % 2 !== 0) return reply.error(SYNTAX_ERROR);
    const pairs: [name: string, value: string][] = [];
    for (let i = 2; i < argv.count; i += 2) pairs.push([argv.latin1(i), argv.latin1(i + 1)]);
    const error = config.set(pairs);
    if (error === null) reply.ok();
    else reply.error(error);
  },
);
