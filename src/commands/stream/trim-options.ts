/** What XADD and XTRIM say about trimming. The result is kept in `streams.trimOptions`. */
import type { Argv } from "../../bytes/argv.js";
import { Head } from "../../datatypes/stream-blocks.js";
import { IdForm, idText, newId, parseId } from "../../datatypes/stream-id.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { type Arg, block, flag, integer, oneOf, optional, string } from "../spec.js";
import { INVALID_ID, idArgument, isCharacter } from "./stream-value.js";

const STAR = 0x2a;
const EQUAL = 0x3d;
const TILDE = 0x7e;

const TWO_STRATEGIES = "ERR syntax error, MAXLEN and MINID options at the same time are not compatible";
const NEGATIVE_LENGTH = "ERR The MAXLEN argument must be >= 0.";
const NEGATIVE_LIMIT = "ERR The LIMIT argument must be >= 0.";
const LIMIT_ALONE = "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy";
const NO_STRATEGY = "ERR syntax error, XTRIM must be called with a trimming strategy";
const LIMIT_OF_EXACT = "ERR syntax error, LIMIT cannot be used without the special ~ option";

/** The limit of a trim with "~" that names none: entries of so many leaves, within bounds. */
const DEFAULT_LIMIT_LEAVES = 100;
const DEFAULT_LIMIT = 10_000;
const MAX_DEFAULT_LIMIT = 1_000_000;

/** The arguments as COMMAND DOCS shows them. */
export const TRIM_ARGUMENTS: Arg = block("trim", [
  oneOf("strategy", [flag("MAXLEN", { optional: false }), flag("MINID", { optional: false, since: "6.2.0" })], {
    optional: false,
  }),
  oneOf("operator", [
    { ...flag("="), name: "equal", optional: false },
    { ...flag("~"), name: "approximately", optional: false },
  ]),
  string("threshold"),
  optional(integer("count", { token: "LIMIT", since: "6.2.0" })),
]);

/** What stands where XADD expects an ID. */
export const enum AddId {
  /** "*" */
  AUTOMATIC = 0,
  /** In `streams.id`. */
  COMPLETE = 1,
  /** "ms-*": in `streams.id` but for the sequence. */
  ANY_SEQUENCE = 2,

  FORM = 3,
  /** NOMKSTREAM was given. */
  NO_CREATE = 4,
  /** What the position of the ID is multiplied by. */
  POSITION = 8,
}

/** Parses the options of XADD (`isAdd`) up to its ID, or all of XTRIM; a number as `AddId` describes it, -1 when the error was replied. */
export function parseTrimOptions(ctx: Context, argv: Argv, isAdd: boolean): number {
  const { streams } = ctx.keyspace.types;
  const options = streams.trimOptions;
  options.clear();
  let result = 0;
  let hasLimit = false;
  let i = 2;
  for (; i < argv.count; i++) {
    const hasMore = i + 1 < argv.count;
    if (isAdd && isCharacter(argv, i, STAR)) break;
    if (hasMore && (argv.is(i, "MAXLEN") || argv.is(i, "MINID"))) {
      i = strategy(ctx, argv, i);
      if (i < 0) return -1;
    } else if (hasMore && argv.is(i, "LIMIT")) {
      const limit = integerArgument(argv, ++i);
      if (limit === null) return refuse(ctx, NOT_AN_INTEGER);
      if (limit < 0) return refuse(ctx, NEGATIVE_LIMIT);
      options.limit = limit;
      options.limitAt = i;
      hasLimit = true;
    } else if (isAdd && argv.is(i, "NOMKSTREAM")) {
      result |= AddId.NO_CREATE;
    } else if (isAdd) {
      const form = parseId(argv.source, argv.offset[i]!, argv.length[i]!, streams.id, 0);
      if (form === IdForm.INVALID) return refuse(ctx, INVALID_ID);
      result |= form === IdForm.COMPLETE ? AddId.COMPLETE : AddId.ANY_SEQUENCE;
      break;
    } else return refuse(ctx, SYNTAX_ERROR);
  }
  if (options.limit !== 0 && options.strategy === "none") return refuse(ctx, LIMIT_ALONE);
  if (!isAdd && options.strategy === "none") return refuse(ctx, NO_STRATEGY);
  if (hasLimit) {
    if (!options.isApproximate) return refuse(ctx, LIMIT_OF_EXACT);
  } else if (options.isApproximate) options.limit = defaultLimit(ctx);
  return result + i * AddId.POSITION;
}

/**
 * Says the command again, the words before `end` as they were but for what was to be trimmed about: that is said exactly, without a limit.
 * `further` words follow.
 */
export function sayTrimmed(ctx: Context, argv: Argv, head: number, end: number, further: number): void {
  const { effects, keyspace } = ctx;
  const { isApproximate, limitAt, thresholdAt } = keyspace.types.streams.trimOptions;
  effects.instead(ctx.command.command.name, end - (limitAt > 0 ? 2 : 0) + further);
  for (let i = 1; i < end; i++) {
    if (i === limitAt || i === limitAt - 1) continue;
    if (isApproximate && i === thresholdAt - 1) effects.text("=");
    else if (isApproximate && i === thresholdAt) effects.text(trimmedTo(ctx, head));
    else effects.argument(argv, i);
  }
}

/** What the stream was trimmed to, as a number of entries or an ID. */
function trimmedTo({ keyspace }: Context, head: number): string {
  const { streams } = keyspace.types;
  const { trimOptions, blocks } = streams;
  if (trimOptions.strategy === "length") return String(streams.length(head));
  // Of an empty stream all entries were below what was asked for.
  if (streams.length(head) === 0) return idText(trimOptions.id);
  const id = newId();
  blocks.loadId(head, Head.FIRST_ID, id);
  return idText(id);
}

/** Parses MAXLEN or MINID at argument i; the position of its value, -1 when the error was replied. */
function strategy(ctx: Context, argv: Argv, i: number): number {
  const options = ctx.keyspace.types.streams.trimOptions;
  if (options.strategy !== "none") return refuse(ctx, TWO_STRATEGIES);
  const isLength = argv.is(i, "MAXLEN");
  i++;
  options.isApproximate = false;
  if (i + 1 < argv.count && isCharacter(argv, i, TILDE)) {
    options.isApproximate = true;
    i++;
  } else if (i + 1 < argv.count && isCharacter(argv, i, EQUAL)) i++;
  options.thresholdAt = i;
  if (isLength) {
    const length = integerArgument(argv, i);
    if (length === null) return refuse(ctx, NOT_AN_INTEGER);
    if (length < 0) return refuse(ctx, NEGATIVE_LENGTH);
    options.length = length;
    options.strategy = "length";
  } else {
    if (!idArgument(ctx, argv, i, options.id)) return -1;
    options.strategy = "id";
  }
  return i;
}

function defaultLimit(ctx: Context): number {
  const limit = DEFAULT_LIMIT_LEAVES * ctx.keyspace.limits.streamNodeMaxEntries;
  return limit <= 0 ? DEFAULT_LIMIT : Math.min(limit, MAX_DEFAULT_LIMIT);
}

function refuse(ctx: Context, error: string): -1 {
  ctx.reply.error(error);
  return -1;
}
