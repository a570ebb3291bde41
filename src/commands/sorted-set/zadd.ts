import type { Argv } from "../../bytes/argv.js";
import { parseDouble } from "../../bytes/double.js";
import { AddIf } from "../../datatypes/sorted-sets.js";
import { NOT_A_FLOAT, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { addScored } from "../sorted-set-add.js";
import { block, defineCommand, double, flag, integer, key, many, oneOf, string } from "../spec.js";

/** ZADD: adds members, or changes their scores. */
export const zadd = defineCommand(
  {
    name: "ZADD",
    group: "sorted-set",
    since: "1.2.0",
    summary: "Adds one or more members to a sorted set, or updates their scores. Creates the key if it doesn't exist.",
    complexity: "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    history: [
      ["2.4.0", "Accepts multiple elements."],
      ["3.0.2", "Added the `XX`, `NX`, `CH` and `INCR` options."],
      ["6.2.0", "Added the `GT` and `LT` options."],
    ],
    args: [
      key("key", "RW UPDATE"),
      oneOf("condition", [flag("NX"), flag("XX")], { since: "3.0.2" }),
      oneOf("comparison", [flag("GT"), flag("LT")], { since: "6.2.0" }),
      { ...flag("CH", { since: "3.0.2" }), name: "change" },
      { ...flag("INCR", { since: "3.0.2" }), name: "increment" },
      many(block("data", [double("score"), string("member")])),
    ],
  },
  (ctx, argv) => add(ctx, argv, AddIf.ALWAYS),
);

/** ZINCRBY: adds to the score of a member, which is 0 when it is not there. */
export const zincrby = defineCommand(
  {
    name: "ZINCRBY",
    group: "sorted-set",
    since: "1.2.0",
    summary: "Increments the score of a member in a sorted set.",
    complexity: "O(log(N)) where N is the number of elements in the sorted set.",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    args: [key("key", "RW ACCESS UPDATE"), integer("increment"), string("member")],
  },
  (ctx, argv) => add(ctx, argv, AddIf.INCREMENT),
);

function add(ctx: Context, argv: Argv, conditions: AddIf): void {
  const { keyspace, reply } = ctx;
  const { sortedSets } = keyspace.types;
  let repliesChanged = false;
  let from = 2;
  for (; from < argv.count; from++) {
    // Scores are not this short, or do not begin with a letter of these.
    const length = argv.length[from]!;
    if (length !== 2 && length !== 4) break;
    if (argv.is(from, "NX")) conditions |= AddIf.NEW;
    else if (argv.is(from, "XX")) conditions |= AddIf.EXISTING;
    else if (argv.is(from, "GT")) conditions |= AddIf.GREATER;
    else if (argv.is(from, "LT")) conditions |= AddIf.LESS;
    else if (argv.is(from, "CH")) repliesChanged = true;
    else if (argv.is(from, "INCR")) conditions |= AddIf.INCREMENT;
    else break;
  }
  const words = argv.count - from;
  if (words === 0 || (words & 1) !== 0) return reply.error(SYNTAX_ERROR);
  const error = contradiction(conditions, words >> 1);
  if (error !== null) return reply.error(error);

  const scores = sortedSets.reserveScores(words >> 1);
  for (let i = 0; i < words; i += 2) {
    const score = parseDouble(argv.source, argv.offset[from + i]!, argv.length[from + i]!);
    if (Number.isNaN(score)) return reply.error(NOT_A_FLOAT);
    scores[i >> 1] = score;
  }
  sortedSets.tried = words >> 1;
  try {
    addScored(ctx, argv, conditions, from, repliesChanged);
  } finally {
    ctx.effects.doneWords = from + sortedSets.tried * 2;
  }
}

/** The error for conditions that exclude each other; null when all is well. */
function contradiction(conditions: AddIf, pairs: number): string | null {
  if ((conditions & (AddIf.NEW | AddIf.EXISTING)) === (AddIf.NEW | AddIf.EXISTING))
    return "ERR XX and NX options at the same time are not compatible";
  const exclusive = conditions & (AddIf.NEW | AddIf.GREATER | AddIf.LESS);
  if ((exclusive & (exclusive - 1)) !== 0) return "ERR GT, LT, and/or NX options at the same time are not compatible";
  if ((conditions & AddIf.INCREMENT) !== 0 && pairs > 1)
    return "ERR INCR option supports a single increment-element pair";
  return null;
}
