import { wrongArgumentCount } from "../../protocol/errors.js";
import { block, defineCommand, key, many, string } from "../spec.js";
import { storeAll } from "./string-value.js";

/** MSET: stores several strings. */
export const mset = defineCommand(
  {
    name: "MSET",
    group: "string",
    since: "1.0.1",
    summary: "Atomically creates or modifies the string values of one or more keys.",
    complexity: "O(N) where N is the number of keys to set.",
    flags: ["write", "denyoom"],
    effect: "as sent",
    brief: true,
    tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
    args: [many(block("data", [key("key", "OW UPDATE"), string("value")]))],
  },
  (ctx, argv) => {
    const { count } = argv;
    if (count % 2 === 0) return ctx.reply.error(wrongArgumentCount("mset"));
    storeAll(ctx, argv);
    ctx.reply.ok();
  },
);
