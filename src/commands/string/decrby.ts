import { parseInt64, parseInteger } from "../../bytes/integer.js";
import { NOT_AN_INTEGER } from "../../protocol/errors.js";
import { defineCommand, integer, key } from "../spec.js";
import { increment, incrementBig } from "./increment.js";

const INT64_MIN = -(2n ** 63n);
const DECREMENT_OVERFLOW = "ERR decrement would overflow";

/** DECRBY: subtracts an integer. */
export const decrby = defineCommand(
  {
    name: "DECRBY",
    group: "string",
    since: "1.0.0",
    summary: "Decrements a number from the integer value of a key. Uses 0 as initial value if the key doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    args: [key("key", "RW ACCESS UPDATE"), integer("decrement")],
  },
  (ctx, argv) => {
    const delta = parseInteger(argv.source, argv.offset[2]!, argv.length[2]!);
    if (!Number.isNaN(delta)) return increment(ctx, argv, 0 - delta);
    const exact = parseInt64(argv.source, argv.offset[2]!, argv.length[2]!);
    if (exact === null) return ctx.reply.error(NOT_AN_INTEGER);
    if (exact === INT64_MIN) return ctx.reply.error(DECREMENT_OVERFLOW);
    incrementBig(ctx, argv, -exact);
  },
);
