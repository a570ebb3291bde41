import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, integer, key } from "../spec.js";

/** Elements of a big collection that are looked at unless the command says how many (0: all of them). */
const DEFAULT_SAMPLES = 5;

/** MEMORY USAGE: bytes a key takes, its share of the index included. Exact, but for elements of big collections. */
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
    let wanted = DEFAULT_SAMPLES;
    for (let i = 3; i < argv.count; i += 2) {
      if (!argv.is(i, "SAMPLES") || i + 1 >= argv.count) return reply.error(SYNTAX_ERROR);
      const samples = integerArgument(argv, i + 1);
      if (samples === null) return reply.error(NOT_AN_INTEGER);
      if (samples < 0) return reply.error(SYNTAX_ERROR);
      wanted = samples;
    }
    const ref = db.peek(argv, 2);
    if (ref === 0) reply.null();
    else reply.integer(db.memoryBytes(ref, wanted));
  },
);
