import { defineCommand, key } from "../spec.js";
import { increment } from "./increment.js";

/** DECR: subtracts one. */
export const decr = defineCommand(
  {
    name: "DECR",
    group: "string",
    since: "1.0.0",
    summary: "Decrements the integer value of a key by one. Uses 0 as initial value if the key doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    args: [key("key", "RW ACCESS UPDATE")],
  },
  (ctx, argv) => increment(ctx, argv, -1),
);
