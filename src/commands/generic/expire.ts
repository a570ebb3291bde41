/** EXPIRE, PEXPIRE, EXPIREAT and PEXPIREAT: one implementation, which differs in the unit and the origin of time. */
import type { Argv } from "../../bytes/argv.js";
import { parseInt64, parseInteger } from "../../bytes/integer.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { invalidExpireTime, NOT_AN_INTEGER } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { defineCommand, flag, integer, key, oneOf, unixTime } from "../spec.js";

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

const enum Condition {
  NX = 1,
  XX = 2,
  GT = 4,
  LT = 8,
}

/** EXPIRE: seconds from now. */
export const expire = defineCommand(
  {
    name: "EXPIRE",
    group: "generic",
    since: "1.0.0",
    summary: "Sets the expiration time of a key in seconds.",
    complexity: "O(1)",
    flags: ["write", "fast"],
    effect: "rewritten",
    history: [["7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`."]],
    args: [
      key("key", "RW UPDATE"),
      integer("seconds"),
      oneOf("condition", [flag("NX"), flag("XX"), flag("GT"), flag("LT")], { since: "7.0.0" }),
    ],
  },
  (ctx, argv) => setExpiry(ctx, argv, 1000, Math.floor(ctx.nowMs)),
);

/** PEXPIRE: milliseconds from now. */
export const pexpire = defineCommand(
  {
    name: "PEXPIRE",
    group: "generic",
    since: "2.6.0",
    summary: "Sets the expiration time of a key in milliseconds.",
    complexity: "O(1)",
    flags: ["write", "fast"],
    effect: "rewritten",
    history: [["7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`."]],
    args: [
      key("key", "RW UPDATE"),
      integer("milliseconds"),
      oneOf("condition", [flag("NX"), flag("XX"), flag("GT"), flag("LT")], { since: "7.0.0" }),
    ],
  },
  (ctx, argv) => setExpiry(ctx, argv, 1, Math.floor(ctx.nowMs)),
);

/** EXPIREAT: seconds since 1970. */
export const expireat = defineCommand(
  {
    name: "EXPIREAT",
    group: "generic",
    since: "1.2.0",
    summary: "Sets the expiration time of a key to a Unix timestamp.",
    complexity: "O(1)",
    flags: ["write", "fast"],
    effect: "rewritten",
    history: [["7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`."]],
    args: [
      key("key", "RW UPDATE"),
      unixTime("unix-time-seconds"),
      oneOf("condition", [flag("NX"), flag("XX"), flag("GT"), flag("LT")], { since: "7.0.0" }),
    ],
  },
  (ctx, argv) => setExpiry(ctx, argv, 1000, 0),
);

/** PEXPIREAT: milliseconds since 1970. */
export const pexpireat = defineCommand(
  {
    name: "PEXPIREAT",
    group: "generic",
    since: "2.6.0",
    summary: "Sets the expiration time of a key to a Unix milliseconds timestamp.",
    complexity: "O(1)",
    flags: ["write", "fast"],
    effect: "rewritten",
    history: [["7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`."]],
    args: [
      key("key", "RW UPDATE"),
      unixTime("unix-time-milliseconds"),
      oneOf("condition", [flag("NX"), flag("XX"), flag("GT"), flag("LT")], { since: "7.0.0" }),
    ],
  },
  (ctx, argv) => setExpiry(ctx, argv, 1, 0),
);

function setExpiry(ctx: Context, argv: Argv, unitMs: number, originMs: number): void {
  const { db, effects, reply } = ctx;
  const condition = argv.count === 3 ? 0 : readConditions(ctx, argv);
  if (condition < 0) return;
  const expireAtMs = absoluteTime(ctx, argv, unitMs, originMs);
  if (Number.isNaN(expireAtMs)) return;
  const ref = db.lookupWrite(argv, 1);
  if (ref === 0 || (condition !== 0 && !holds(condition, db.expireAt(ref), expireAtMs))) return reply.integer(0);
  if (ctx.keyspace.isPast(expireAtMs)) {
    db.remove(argv, 1);
    db.changed(argv, 1, NotifyClass.GENERIC, "del");
    if (effects.isOn) effects.instead("DEL", 2).argument(argv, 1);
  } else {
    db.setExpire(argv, 1, expireAtMs);
    db.changed(argv, 1, NotifyClass.GENERIC, "expire");
    if (effects.isOn) sayExpiry(ctx, argv, expireAtMs);
  }
  reply.integer(1);
}

/** With its conditions: what they depend on is the same elsewhere. */
function sayExpiry({ effects }: Context, argv: Argv, expireAtMs: number): void {
  effects.instead("PEXPIREAT", argv.count).argument(argv, 1).integer(expireAtMs).arguments(argv, 3, argv.count);
}

/** A mask of Condition, -1 after replying an error. */
function readConditions({ reply }: Context, argv: Argv): number {
  let mask = 0;
  for (let i = 3; i < argv.count; i++) {
    if (argv.is(i, "NX")) mask |= Condition.NX;
    else if (argv.is(i, "XX")) mask |= Condition.XX;
    else if (argv.is(i, "GT")) mask |= Condition.GT;
    else if (argv.is(i, "LT")) mask |= Condition.LT;
    else {
      reply.error(`ERR Unsupported option ${argv.cString(i)}`);
      return -1;
    }
  }
  if ((mask & Condition.NX) !== 0 && mask !== Condition.NX) {
    reply.error("ERR NX and XX, GT or LT options at the same time are not compatible");
    return -1;
  }
  if ((mask & Condition.GT) !== 0 && (mask & Condition.LT) !== 0) {
    reply.error("ERR GT and LT options at the same time are not compatible");
    return -1;
  }
  return mask;
}

/** Argument 2 as ms since 1970, NaN after replying an error. What is beyond 2^53 is rounded. */
function absoluteTime({ command, reply }: Context, argv: Argv, unitMs: number, originMs: number): number {
  const { source } = argv;
  const offset = argv.offset[2]!;
  const length = argv.length[2]!;
  const small = parseInteger(source, offset, length);
  if (!Number.isNaN(small)) return small * unitMs + originMs;
  const time = parseInt64(source, offset, length);
  if (time === null) {
    reply.error(NOT_AN_INTEGER);
    return Number.NaN;
  }
  const timeMs = time * BigInt(unitMs);
  if (timeMs > INT64_MAX - BigInt(originMs) || timeMs < INT64_MIN) {
    reply.error(invalidExpireTime(command.name));
    return Number.NaN;
  }
  return Number(timeMs) + originMs;
}

/** Whether the expiry may change from `current` (0 = none, which is later than any) to `next`. */
function holds(condition: number, current: number, next: number): boolean {
  if ((condition & Condition.NX) !== 0 && current !== 0) return false;
  if ((condition & Condition.XX) !== 0 && current === 0) return false;
  if ((condition & Condition.GT) !== 0 && (current === 0 || next <= current)) return false;
  if ((condition & Condition.LT) !== 0 && current !== 0 && next >= current) return false;
  return true;
}
