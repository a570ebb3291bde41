import { wrongArgumentCount } from "../../protocol/errors.js";
import { block, defineCommand, key, many, string } from "../spec.js";
import { storeAll } from "./string-value.js";

/** MSETNX: stores several strings, or none when one of the keys exists. */
export const msetnx = defineCommand(
  {
    name: "MSETNX",
    group: "string",
    since: "1.0.1",
    summary: "Atomically modifies the string values of one or more keys only when all keys don't exist.",
    complexity: "O(N) where N is the number of keys to set.",
    flags: ["write", "denyoom"],
    effect: "as sent",
    args: [many(block("data", [key("key", "OW INSERT"), string("value")]))],
  },
  (ctx, argv) => {
    const { count } = argv;
    if (count % 2 === 0) return ctx.reply.error(wrongArgumentCount("msetnx"));
    for (let i = 1; i < count; i += 2) {
      if (ctx.db.lookupWrite(argv, i) !== 0) return ctx.reply.integer(0);
    }
    storeAll(ctx, argv);
    ctx.reply.integer(1);
  },
);
