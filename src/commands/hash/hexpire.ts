/** HEXPIRE, HPEXPIRE, HEXPIREAT and HPEXPIREAT: one implementation, which differs in the unit and the origin of time. */
import type { Argv } from "../../bytes/argv.js";
import { NO_FIELD } from "../../datatypes/hashes.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { type Arg, type Command, defineCommand, flag, integer, key, oneOf, unixTime } from "../spec.js";
import { fieldsBlock, fieldTime, hasFields } from "./field-arguments.js";
import { fieldsDeleted, openForWriting } from "./hash-value.js";

/** What is answered for each field. */
const enum Outcome {
  NO_FIELD = -2,
  CONDITION_NOT_MET = 0,
  SET = 1,
  /** The time is over already: the field was removed. */
  DELETED = 2,
}

const enum Condition {
  ALWAYS = 0,
  NX = 1,
  XX = 2,
  GT = 3,
  LT = 4,
}

/** HEXPIRE: seconds from now. */
export const hexpire = expireCommand(
  "HEXPIRE",
  integer("seconds"),
  "Set expiry for hash field using relative time to expire (seconds)",
  (ctx, argv) => setExpiries(ctx, argv, 1000, Math.floor(ctx.nowMs)),
);

/** HPEXPIRE: milliseconds from now. */
export const hpexpire = expireCommand(
  "HPEXPIRE",
  integer("milliseconds"),
  "Set expiry for hash field using relative time to expire (milliseconds)",
  (ctx, argv) => setExpiries(ctx, argv, 1, Math.floor(ctx.nowMs)),
);

/** HEXPIREAT: seconds since 1970. */
export const hexpireat = expireCommand(
  "HEXPIREAT",
  unixTime("unix-time-seconds"),
  "Set expiry for hash field using an absolute Unix timestamp (seconds)",
  (ctx, argv) => setExpiries(ctx, argv, 1000, 0),
);

/** HPEXPIREAT: milliseconds since 1970. */
export const hpexpireat = expireCommand(
  "HPEXPIREAT",
  unixTime("unix-time-milliseconds"),
  "Set expiry for hash field using an absolute Unix timestamp (milliseconds)",
  (ctx, argv) => setExpiries(ctx, argv, 1, 0),
);

function expireCommand(name: string, time: Arg, summary: string, run: (ctx: Context, argv: Argv) => void): Command {
  return defineCommand(
    {
      name,
      group: "hash",
      since: "7.4.0",
      summary,
      complexity: "O(N) where N is the number of specified fields",
      flags: ["write", "denyoom", "fast"],
      effect: "rewritten",
      args: [
        key("key", "RW UPDATE"),
        time,
        oneOf("condition", [flag("NX"), flag("XX"), flag("GT"), flag("LT")]),
        fieldsBlock,
      ],
    },
    run,
  );
}

function setExpiries(ctx: Context, argv: Argv, unitMs: number, originMs: number): void {
  const { reply } = ctx;
  const opened = openForWriting(ctx, argv);
  if (opened === Opened.REFUSED) return;
  const expireAtMs = fieldTime(ctx, argv, 2, unitMs, originMs);
  if (Number.isNaN(expireAtMs)) return;
  const condition = conditionAt(argv, 3);
  const from = condition === Condition.ALWAYS ? 3 : 4;
  if (!hasFields(ctx, argv, from, "ERR Parameter `numFields` should be greater than 0")) return;
  let changes = 0;
  reply.array(argv.count - from - 2);
  let done = from + 2;
  try {
    for (let i = done; i < argv.count; i++) {
      const outcome = opened === Opened.NONE ? Outcome.NO_FIELD : setExpiry(ctx, argv, i, expireAtMs, condition);
      if (outcome > Outcome.CONDITION_NOT_MET) changes++;
      done = i + 1;
      reply.integer(outcome);
    }
  } finally {
    // Also when memory runs out half-way. The time is the same for all: over, or not.
    if (changes > 0) report(ctx, argv, changes, expireAtMs, done);
  }
}

/** Reports what was done with the fields before argument `end`. */
function report(ctx: Context, argv: Argv, changes: number, expireAtMs: number, end: number): void {
  if (ctx.keyspace.isPast(expireAtMs)) return fieldsDeleted(ctx, argv, changes);
  if (ctx.effects.isOn) sayExpiry(ctx, argv, expireAtMs, end);
  ctx.keyspace.dirty += changes - 1;
  ctx.db.changed(argv, 1, NotifyClass.HASH, "hexpire");
}

function setExpiry(ctx: Context, argv: Argv, i: number, expireAtMs: number, condition: Condition): Outcome {
  const { slot, types } = ctx.keyspace;
  const { source } = argv;
  const offset = argv.offset[i]!;
  const length = argv.length[i]!;
  const current = types.hashes.expireAt(slot, source, offset, length);
  if (current === NO_FIELD) return Outcome.NO_FIELD;
  if (!holds(condition, current, expireAtMs)) return Outcome.CONDITION_NOT_MET;
  if (ctx.keyspace.isPast(expireAtMs)) {
    types.hashes.delete(slot, source, offset, length);
    if (ctx.effects.isOn) ctx.effects.instead("HDEL", 3).argument(argv, 1).argument(argv, i);
    return Outcome.DELETED;
  }
  types.hashes.setExpireAt(slot, source, offset, length, expireAtMs);
  return Outcome.SET;
}

/** With its condition: what that depends on is the same elsewhere. */
function sayExpiry({ effects }: Context, argv: Argv, expireAtMs: number, end: number): void {
  const condition = conditionAt(argv, 3);
  const from = condition === Condition.ALWAYS ? 3 : 4;
  effects.instead("HPEXPIREAT", end).argument(argv, 1).integer(expireAtMs);
  if (from === 4) effects.argument(argv, 3);
  effects
    .text("FIELDS")
    .integer(end - from - 2)
    .arguments(argv, from + 2, end);
}

function conditionAt(argv: Argv, i: number): Condition {
  if (argv.is(i, "NX")) return Condition.NX;
  if (argv.is(i, "XX")) return Condition.XX;
  if (argv.is(i, "GT")) return Condition.GT;
  return argv.is(i, "LT") ? Condition.LT : Condition.ALWAYS;
}

/** Whether the expiry may change from `current` (0 = none, which is later than any) to `next`. */
function holds(condition: Condition, current: number, next: number): boolean {
  switch (condition) {
    case Condition.NX:
      return current === 0;
    case Condition.XX:
      return current !== 0;
    case Condition.GT:
      return current !== 0 && next > current;
    case Condition.LT:
      return current === 0 || next < current;
    default:
      return true;
  }
}
