import type { Argv } from "../../bytes/argv.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { endIndex, indexArgument, startIndex } from "../index-range.js";
import { block, defineCommand, flag, integer, key, oneOf, optional } from "../spec.js";
import { findBitInRange } from "./bit-range.js";
import { BitUnit, loadBitmap, unitArgument } from "./bitmap-value.js";

const BIT_INVALID = "ERR The bit argument must be 1 or 0.";

/** BITPOS: the first set or clear bit of a string or of a range of it. */
export const bitpos = defineCommand(
  {
    name: "BITPOS",
    group: "bitmap",
    since: "2.8.7",
    summary: "Finds the first set (1) or clear (0) bit in a string.",
    complexity: "O(N)",
    flags: ["readonly"],
    history: [["7.0.0", "Added the `BYTE|BIT` option."]],
    args: [
      key("key", "RO ACCESS"),
      integer("bit"),
      optional(
        block("range", [
          integer("start"),
          optional(
            block("end-unit-block", [integer("end"), oneOf("unit", [flag("BYTE"), flag("BIT")], { since: "7.0.0" })]),
          ),
        ]),
      ),
    ],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    const bit = indexArgument(argv, 2);
    if (Number.isNaN(bit)) return reply.error(NOT_AN_INTEGER);
    if (bit !== 0 && bit !== 1) return reply.error(BIT_INVALID);
    findPosition(ctx, argv, bit);
  },
);

function findPosition(ctx: Context, argv: Argv, bit: 0 | 1): void {
  const { reply } = ctx;
  const { value } = ctx.keyspace;
  const { count } = argv;
  // As in Redis 7.2, what a range is counts only for a string that is there.
  if (!loadBitmap(ctx, argv, bit === 1 ? -1 : 0)) return;
  if (count > 6) return reply.error(SYNTAX_ERROR);
  const first = count > 3 ? indexArgument(argv, 3) : 0;
  if (Number.isNaN(first)) return reply.error(NOT_AN_INTEGER);
  const unit = count === 6 ? unitArgument(argv, 5) : BitUnit.BYTE;
  if (unit === 0) return reply.error(SYNTAX_ERROR);
  const last = count > 4 ? indexArgument(argv, 4) : -1;
  if (Number.isNaN(last)) return reply.error(NOT_AN_INTEGER);

  const length = (value.length * 8) / unit;
  const start = startIndex(first, length);
  const end = endIndex(last, length);
  if (start > end) return reply.integer(-1);
  const position = findBitInRange(value, start * unit, end * unit + unit - 1, bit);
  // Without an end the string goes on with zero bits for ever.
  reply.integer(position < 0 && bit === 0 && count <= 4 ? length * unit : position);
}
