import { defineCommand, double, key } from "../spec.js";

/** INCRBYFLOAT: adds a floating-point number. */
export const incrbyfloat = defineCommand(
  {
    name: "INCRBYFLOAT",
    group: "string",
    since: "2.6.0",
    summary:
      "Increment the floating point value of a key by a number. Uses 0 as initial value if the key doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "denyoom", "fast"],
    args: [key("key", "RW ACCESS UPDATE"), double("increment")],
  },
  (ctx) => ctx.reply.ok(),
);
