import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, integer, key } from "../spec.js";

/** MEMORY USAGE: bytes a key takes, its share of the index included. Nothing is sampled, the figure is exact. */
export const memoryUsage = defineCommand(
  {
    name: "USAGE",
    group: "server",
    since: "4.0.0",
    summary: "Estimates the memory usage of a key.",
    complexity: "O(N) where N is the number of samples.",
    flags: ["readonly"],
    args: [key("key", "RO"), integer("count", { token: "SAMPLES", optional: true })],
  },
  ({ db, reply }, argv) => {
    for (let i = 3; i < argv.count; i += 2) {
      if (!argv.is(i, "SAMPLES") || i + 1 >= argv.count) return reply.error(SYNTAX_ERROR);
      const samples = integerArgument(argv, i + 1);
      if (samples === null) return reply.error(NOT_AN_INTEGER);
      if (samples < 0) return reply.error(SYNTAX_ERROR);
    }
    const ref = db.peek(argv, 2);
    if (ref === 0) reply.null();
    else reply.integer(db.memoryBytes(ref));
  },
);
