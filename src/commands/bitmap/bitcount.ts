import type { Argv } from "../../bytes/argv.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { endIndex, indexArgument, isReversed, startIndex } from "../index-range.js";
import { block, defineCommand, flag, integer, key, oneOf, optional } from "../spec.js";
import { countBitRange } from "./bit-range.js";
import { BitUnit, loadBitmap, unitArgument } from "./bitmap-value.js";

/** BITCOUNT: the number of set bits of a string or of a range of it. */
export const bitcount = defineCommand(
  {
    name: "BITCOUNT",
    group: "bitmap",
    since: "2.6.0",
    summary: "Counts the number of set bits (population counting) in a string.",
    complexity: "O(N)",
    flags: ["readonly"],
    history: [["7.0.0", "Added the `BYTE|BIT` option."]],
    args: [
      key("key", "RO ACCESS"),
      optional(
        block("range", [
          integer("start"),
          integer("end"),
          oneOf("unit", [flag("BYTE"), flag("BIT")], { since: "7.0.0" }),
        ]),
      ),
    ],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    const { value } = ctx.keyspace;
    // As in Redis 7.2, what a range is counts only for a string that is there.
    if (!loadBitmap(ctx, argv)) return;
    if (argv.count > 2) countRange(ctx, argv);
    else reply.integer(countBitRange(value, 0, value.length * 8 - 1));
  },
);

/** The string is loaded. */
function countRange(ctx: Context, argv: Argv): void {
  const { reply } = ctx;
  const { value } = ctx.keyspace;
  if (argv.count !== 4 && argv.count !== 5) return reply.error(SYNTAX_ERROR);
  const first = indexArgument(argv, 2);
  const last = Number.isNaN(first) ? first : indexArgument(argv, 3);
  if (Number.isNaN(last)) return reply.error(NOT_AN_INTEGER);
  if (isReversed(argv, 2, first, 3, last)) return reply.integer(0);
  const unit = argv.count === 5 ? unitArgument(argv, 4) : BitUnit.BYTE;
  if (unit === 0) return reply.error(SYNTAX_ERROR);
  const length = (value.length * 8) / unit;
  const start = startIndex(first, length);
  const end = endIndex(last, length);
  reply.integer(start > end ? 0 : countBitRange(value, start * unit, end * unit + unit - 1));
}
