import { parseInt64, parseInteger } from "../../bytes/integer.js";
import { NOT_AN_INTEGER } from "../../protocol/errors.js";
import { defineCommand, integer, key } from "../spec.js";
import { increment, incrementBig } from "./increment.js";

/** INCRBY: adds an integer. */
export const incrby = defineCommand(
  {
    name: "INCRBY",
    group: "string",
    since: "1.0.0",
    summary: "Increments the integer value of a key by a number. Uses 0 as initial value if the key doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    args: [key("key", "RW ACCESS UPDATE"), integer("increment")],
  },
  (ctx, argv) => {
    const delta = parseInteger(argv.source, argv.offset[2]!, argv.length[2]!);
    if (!Number.isNaN(delta)) return increment(ctx, argv, delta);
    const exact = parseInt64(argv.source, argv.offset[2]!, argv.length[2]!);
    if (exact === null) return ctx.reply.error(NOT_AN_INTEGER);
    incrementBig(ctx, argv, exact);
  },
);
