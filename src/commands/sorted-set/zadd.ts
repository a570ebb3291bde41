import type { Argv } from "../../bytes/argv.js";
import { parseDouble } from "../../bytes/double.js";
import { Added, AddIf } from "../../datatypes/sorted-sets.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { NOT_A_FLOAT, SYNTAX_ERROR } from "../../protocol/errors.js";
import { Encoding, ValueType } from "../../structures/entry.js";
import type { Context } from "../context.js";
import { block, defineCommand, double, flag, integer, key, many, oneOf, string } from "../spec.js";
import { beginEmpty, Opened, openForWriting } from "./sorted-set-value.js";

const NAN_ERROR = "ERR resulting score is not a number (NaN)";

/** ZADD: adds members, or changes their scores. */
export const zadd = defineCommand(
  {
    name: "ZADD",
    group: "sorted-set",
    since: "1.2.0",
    summary: "Adds one or more members to a sorted set, or updates their scores. Creates the key if it doesn't exist.",
    complexity: "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
    flags: ["write", "denyoom", "fast"],
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
  addScored(ctx, argv, conditions, from, repliesChanged);
}

/**
 * Adds members with the numbers in `sortedSets.scores`, and replies as ZADD: the pairs of arguments from `from` on are a score, which is
 * not looked at, and a member.
 */
export function addScored(ctx: Context, argv: Argv, conditions: AddIf, from: number, repliesChanged: boolean): void {
  const { keyspace, reply } = ctx;
  const { sortedSets } = keyspace.types;
  const opened = openForWriting(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  if (opened === Opened.NONE && (conditions & AddIf.EXISTING) !== 0) {
    return (conditions & AddIf.INCREMENT) !== 0 ? reply.null() : reply.integer(0);
  }
  if ((conditions & AddIf.INCREMENT) !== 0) return increment(ctx, argv, conditions, from, opened);
  const isNew = opened === Opened.NONE;
  const changed = isNew ? create(ctx, argv, conditions, from) : addAll(ctx, argv, conditions, from);
  reply.integer(repliesChanged ? changed : changed - sortedSets.updated);
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

/** Makes the key a sorted set of the pairs of arguments from `from` on; returns like `addAll`. */
function create(ctx: Context, argv: Argv, conditions: AddIf, from: number): number {
  const { db, keyspace } = ctx;
  const { slot } = keyspace;
  const { sortedSets } = keyspace.types;
  const members = (argv.count - from) >> 1;
  const encoding = sortedSets.encodingFor(members, longestMember(argv, from));
  sortedSets.updated = 0;
  let changed = 1;
  if (members === 1 && encoding === Encoding.LISTPACK) {
    const score = sortedSets.scores[0]!;
    const offset = argv.offset[from + 1]!;
    const length = argv.length[from + 1]!;
    const size = sortedSets.singleSize(score, argv.source, offset, length);
    db.begin(argv, 1, ValueType.ZSET, encoding, size, slot);
    sortedSets.fillSingle(slot, score, argv.source, offset, length);
  } else {
    beginEmpty(ctx, argv, 1, encoding, slot);
    try {
      sortedSets.addPairs(slot, conditions, argv, from);
    } catch (error) {
      db.abandon(slot);
      throw error;
    }
    changed = sortedSets.added + sortedSets.updated;
  }
  db.place(slot);
  report(ctx, argv, conditions, changed);
  return changed;
}

function longestMember(argv: Argv, from: number): number {
  let longest = 0;
  for (let i = from + 1; i < argv.count; i += 2) longest = Math.max(longest, argv.length[i]!);
  return longest;
}

/** Adds the pairs of arguments from `from` on to the open set; returns how many were added or changed. */
function addAll(ctx: Context, argv: Argv, conditions: AddIf, from: number): number {
  const { slot } = ctx.keyspace;
  const { sortedSets } = ctx.keyspace.types;
  const members = (argv.count - from) >> 1;
  sortedSets.expect(slot, members, longestMember(argv, from));
  try {
    sortedSets.addPairs(slot, conditions, argv, from);
  } finally {
    // Also when memory ran out half-way.
    report(ctx, argv, conditions, sortedSets.added + sortedSets.updated);
  }
  return sortedSets.added + sortedSets.updated;
}

/** Adds the score at argument `from` to that of the member behind it, and replies the sum. */
function increment(ctx: Context, argv: Argv, conditions: AddIf, from: number, opened: Opened): void {
  const { reply } = ctx;
  const { sortedSets } = ctx.keyspace.types;
  const score = sortedSets.scores[0]!;
  if (opened === Opened.NONE) {
    create(ctx, argv, conditions, from);
    return reply.double(score);
  }
  const offset = argv.offset[from + 1]!;
  const length = argv.length[from + 1]!;
  const outcome = sortedSets.add(ctx.keyspace.slot, score, conditions, argv.source, offset, length);
  if (outcome === Added.NAN) return reply.error(NAN_ERROR);
  if (outcome === Added.NOTHING) return reply.null();
  report(ctx, argv, conditions, outcome === Added.SAME ? 0 : 1);
  reply.double(sortedSets.score);
}

function report({ db, keyspace }: Context, argv: Argv, conditions: AddIf, changed: number): void {
  if (changed === 0) return;
  keyspace.dirty += changed - 1;
  db.changed(argv, 1, NotifyClass.ZSET, (conditions & AddIf.INCREMENT) !== 0 ? "zincr" : "zadd");
}
