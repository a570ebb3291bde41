import { defineCommand, key } from "../spec.js";
import { replyString } from "./string-value.js";

/** GET: the value of a key. */
export const get = defineCommand(
  {
    name: "GET",
    group: "string",
    since: "1.0.0",
    summary: "Returns the string value of a key.",
    complexity: "O(1)",
    flags: ["readonly", "fast"],
    args: [key("key", "RO ACCESS")],
  },
  (ctx, argv) => {
    replyString(ctx, argv, 1);
  },
);
