import type { Argv } from "../../bytes/argv.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { defineCommand, flag, integer, key, oneOf, unixTime } from "../spec.js";
import { FIELDS_MISSING, fieldsBlock, hasFields, optionTime, TimeOption, timeOption } from "./field-arguments.js";
import { fieldsDeleted, openForWriting, sayDeleted } from "./hash-value.js";

const ONLY_ONE = "ERR Only one of EX, PX, EXAT, PXAT or PERSIST arguments can be specified";

/** What HGETEX does with the expiry, if it is not a time. */
const LEAVE = -1;
const PERSIST = 0;

/** HGETEX: the values of fields, whose expiry it sets or removes. */
export const hgetex = defineCommand(
  {
    name: "HGETEX",
    group: "hash",
    since: "8.0.0",
    summary: "Get the value of one or more fields of a given hash key, and optionally set their expiration.",
    complexity: "O(N) where N is the number of specified fields",
    flags: ["write", "fast"],
    effect: "rewritten",
    args: [
      key("key", "RW ACCESS UPDATE", { keyNotes: "RW and UPDATE because it changes the TTL" }),
      oneOf("expiration", [
        integer("seconds", { token: "EX" }),
        integer("milliseconds", { token: "PX" }),
        unixTime("unix-time-seconds", { token: "EXAT" }),
        unixTime("unix-time-milliseconds", { token: "PXAT" }),
        flag("PERSIST"),
      ]),
      fieldsBlock,
    ],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { element, slot } = keyspace;
    const opened = openForWriting(ctx, argv);
    if (opened === Opened.REFUSED) return;
    const expireAtMs = readExpiry(ctx, argv);
    if (Number.isNaN(expireAtMs)) return;
    const from = expireAtMs === LEAVE ? 2 : argv.is(2, "PERSIST") ? 3 : 4;
    if (!hasFields(ctx, argv, from)) return;
    const isOver = expireAtMs > PERSIST && ctx.keyspace.isPast(expireAtMs);
    let changes = 0;
    reply.array(argv.count - from - 2);
    let i = from + 2;
    try {
      for (; i < argv.count; i++) {
        if (
          opened === Opened.FOUND &&
          keyspace.types.hashes.get(slot, argv.source, argv.offset[i]!, argv.length[i]!, element)
        ) {
          reply.bulk(element.region, element.offset, element.length);
          if (expireAtMs !== LEAVE && changeExpiry(ctx, argv, i, expireAtMs, isOver)) changes++;
        } else {
          reply.null();
        }
      }
    } finally {
      // Also when memory runs out half-way.
      if (changes > 0) report(ctx, argv, changes, expireAtMs, isOver, i);
    }
  },
);

/** Reports what was done with the fields before argument `end`. */
function report(ctx: Context, argv: Argv, changes: number, expireAtMs: number, isOver: boolean, end: number): void {
  if (ctx.effects.isOn) sayExpiry(ctx, argv, expireAtMs, isOver, end);
  if (isOver) return fieldsDeleted(ctx, argv, changes);
  ctx.keyspace.dirty += changes - 1;
  ctx.db.changed(argv, 1, NotifyClass.HASH, expireAtMs === PERSIST ? "hpersist" : "hexpire");
}

function sayExpiry(ctx: Context, argv: Argv, expireAtMs: number, isOver: boolean, end: number): void {
  const { effects } = ctx;
  const from = expireAtMs === PERSIST ? 5 : 6;
  if (isOver) return sayDeleted(ctx, argv, from, end, 1);
  if (expireAtMs === PERSIST) effects.instead("HPERSIST", end - 1).argument(argv, 1);
  else
    effects
      .instead("HPEXPIREAT", end - 1)
      .argument(argv, 1)
      .integer(expireAtMs);
  effects
    .text("FIELDS")
    .integer(end - from)
    .arguments(argv, from, end);
}

/** The expiry asked for, ms since 1970, LEAVE or PERSIST; NaN after replying an error. */
function readExpiry(ctx: Context, argv: Argv): number {
  const { reply } = ctx;
  if (argv.is(2, "FIELDS")) return LEAVE;
  const option = timeOption(argv, 2);
  const isPersist = argv.is(2, "PERSIST");
  if (option === TimeOption.NONE && !isPersist) {
    reply.error(FIELDS_MISSING);
    return Number.NaN;
  }
  const expireAtMs = isPersist ? PERSIST : optionTime(ctx, argv, 3, option);
  if (Number.isNaN(expireAtMs)) return expireAtMs;
  const next = isPersist ? 3 : 4;
  if (next < argv.count && (timeOption(argv, next) !== TimeOption.NONE || argv.is(next, "PERSIST"))) {
    reply.error(ONLY_ONE);
    return Number.NaN;
  }
  if (next < argv.count) return Math.max(expireAtMs, isPersist ? PERSIST : 1);
  reply.error(FIELDS_MISSING);
  return Number.NaN;
}

/** Changes the expiry of a field that is there; false when there was nothing to do. */
function changeExpiry({ keyspace }: Context, argv: Argv, i: number, expireAtMs: number, isOver: boolean): boolean {
  const { hashes } = keyspace.types;
  const { source } = argv;
  const offset = argv.offset[i]!;
  const length = argv.length[i]!;
  if (isOver) return hashes.delete(keyspace.slot, source, offset, length);
  if (expireAtMs === PERSIST && hashes.expireAt(keyspace.slot, source, offset, length) === 0) return false;
  hashes.setExpireAt(keyspace.slot, source, offset, length, expireAtMs);
  return true;
}
