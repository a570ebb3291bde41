import { defineCommand } from "../spec.js";

/** MODULE LIST: there are none. */
export const moduleList = defineCommand(
  {
    name: "LIST",
    group: "server",
    since: "4.0.0",
    summary: "Returns all loaded modules.",
    complexity: "O(N) where N is the number of loaded modules.",
    flags: ["admin", "noscript"],
    tips: ["nondeterministic_output_order"],
  },
  ({ reply }) => reply.array(0),
);
