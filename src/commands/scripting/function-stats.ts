import { defineCommand } from "../spec.js";

/** FUNCTION STATS: the running function, and what each engine holds. */
export const functionStats = defineCommand(
  {
    name: "STATS",
    group: "scripting",
    since: "7.0.0",
    summary: "Returns information about a function during execution.",
    complexity: "O(1)",
    flags: ["noscript", "allow_busy"],
    tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
  },
  ({ reply }) => {
    reply.map(2);
    reply.bulkText("running_script");
    reply.null();
    reply.bulkText("engines");
    reply.map(1);
    reply.bulkText("LUA");
    reply.map(2);
    for (const name of ["libraries_count", "functions_count"]) {
      reply.bulkText(name);
      reply.integer(0);
    }
  },
);
