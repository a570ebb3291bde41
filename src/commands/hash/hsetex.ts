import type { Argv } from "../../bytes/argv.js";
import { KEEP_FIELD_TTL } from "../../datatypes/hashes.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { block, defineCommand, flag, integer, key, many, oneOf, string, unixTime } from "../spec.js";
import { fieldCount, optionTime, TimeOption, timeOption } from "./field-arguments.js";
import { beginHash, dropExpired, fieldsDeleted, openForWriting, sayDeleted } from "./hash-value.js";

const ONLY_ONE_TIME = "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified";
const ONLY_ONE_CONDITION = "ERR Only one of FXX or FNX arguments can be specified";

const enum Condition {
  ALWAYS = 0,
  /** None of the fields exists. */
  FNX = 1,
  /** All of the fields exist. */
  FXX = 2,
}

interface Options {
  condition: Condition;
  /** Ms since 1970, 0 for none, or KEEP_FIELD_TTL. */
  expireAtMs: number;
  /** Index of the first field. */
  from: number;
}

/** HSETEX: sets fields with their expiry, all or none. */
export const hsetex = defineCommand(
  {
    name: "HSETEX",
    group: "hash",
    since: "8.0.0",
    summary: "Set the value of one or more fields of a given hash key, and optionally set their expiration.",
    complexity: "O(N) where N is the number of fields being set.",
    flags: ["write", "denyoom", "fast"],
    effect: "rewritten",
    args: [
      key("key", "RW UPDATE"),
      oneOf("condition", [flag("FNX"), flag("FXX")]),
      oneOf("expiration", [
        integer("seconds", { token: "EX" }),
        integer("milliseconds", { token: "PX" }),
        unixTime("unix-time-seconds", { token: "EXAT" }),
        unixTime("unix-time-milliseconds", { token: "PXAT" }),
        flag("KEEPTTL"),
      ]),
      block("fields", [integer("numfields"), many(block("data", [string("field"), string("value")]))], {
        token: "FIELDS",
      }),
    ],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    const options: Options = { condition: Condition.ALWAYS, expireAtMs: 0, from: 0 };
    const error = readOptions(ctx, argv, options);
    if (error !== null) return error === "" ? undefined : reply.error(error);
    const opened = openForWriting(ctx, argv);
    if (opened === Opened.REFUSED) return;
    if (!meetsCondition(ctx, argv, opened, options)) return reply.integer(0);
    if (options.expireAtMs > 0 && ctx.keyspace.isPast(options.expireAtMs)) {
      if (opened === Opened.FOUND) deleteAll(ctx, argv, options.from);
      return reply.integer(1);
    }
    setAll(ctx, argv, opened, options);
    reply.integer(1);
  },
);

/** Reads the options. Returns null when all is well, an error's text, or "" for an error that was replied. */
function readOptions(ctx: Context, argv: Argv, options: Options): string | null {
  let hasTime = false;
  for (let i = 2; i < argv.count; i++) {
    const option = timeOption(argv, i);
    if (argv.is(i, "FIELDS")) {
      const count = fieldCount(argv, i + 1);
      if (count === 0) return "ERR invalid number of fields";
      options.from = i + 2;
      return count * 2 === argv.count - options.from ? null : "ERR wrong number of arguments";
    }
    if (argv.is(i, "FNX") || argv.is(i, "FXX")) {
      if (options.condition !== Condition.ALWAYS) return ONLY_ONE_CONDITION;
      options.condition = argv.is(i, "FNX") ? Condition.FNX : Condition.FXX;
    } else if (option !== TimeOption.NONE) {
      if (hasTime) return ONLY_ONE_TIME;
      hasTime = true;
      if (++i === argv.count) break;
      options.expireAtMs = optionTime(ctx, argv, i, option);
      if (Number.isNaN(options.expireAtMs)) return "";
      options.expireAtMs = Math.max(1, options.expireAtMs);
    } else if (argv.is(i, "KEEPTTL")) {
      if (hasTime) return ONLY_ONE_TIME;
      hasTime = true;
      options.expireAtMs = KEEP_FIELD_TTL;
    } else {
      return `ERR unknown argument: ${argv.cString(i)}`;
    }
  }
  return "ERR missing FIELDS argument";
}

function meetsCondition({ keyspace }: Context, argv: Argv, opened: Opened, { condition, from }: Options): boolean {
  if (condition === Condition.ALWAYS) return true;
  if (opened === Opened.NONE) return condition === Condition.FNX;
  for (let i = from; i < argv.count; i += 2) {
    const has = keyspace.types.hashes.has(keyspace.slot, argv.source, argv.offset[i]!, argv.length[i]!);
    if (has !== (condition === Condition.FXX)) return false;
  }
  return true;
}

function setAll(ctx: Context, argv: Argv, opened: Opened, { from, expireAtMs }: Options): void {
  const { db, keyspace } = ctx;
  const { slot } = keyspace;
  const { hashes } = keyspace.types;
  const { source } = argv;
  if (opened === Opened.NONE) beginHash(ctx, argv);
  hashes.setCount = 0;
  try {
    for (let i = from; i < argv.count; i += 2) {
      const name = argv.offset[i]!;
      if (expireAtMs === KEEP_FIELD_TTL) dropExpired(ctx, argv, i);
      hashes.set(slot, source, name, argv.length[i]!, source, argv.offset[i + 1]!, argv.length[i + 1]!, expireAtMs);
    }
  } catch (error) {
    if (opened === Opened.NONE) db.abandon(slot);
    else if (hashes.setCount > 0) reportSet(ctx, argv, from, expireAtMs, false);
    throw error;
  }
  if (opened === Opened.NONE) db.place(slot);
  reportSet(ctx, argv, from, expireAtMs, true);
}

/** Reports the pairs that were set, the first ones from argument `from` on. */
function reportSet(ctx: Context, argv: Argv, from: number, expireAtMs: number, isDone: boolean): void {
  const { db, effects, keyspace } = ctx;
  if (effects.isOn) {
    if (isDone) saySet(ctx, argv, from, argv.count, expireAtMs);
    else sayFields(ctx, argv, from, from + keyspace.types.hashes.setCount * 2);
  }
  keyspace.dirty += keyspace.types.hashes.setCount - 1;
  db.changed(argv, 1, NotifyClass.HASH, "hset");
  if (expireAtMs > 0) db.notify(NotifyClass.HASH, "hexpire", argv, 1);
}

/** Each field as it is: when memory ran out, the last one may not have got its expiry. */
function sayFields(ctx: Context, argv: Argv, from: number, end: number): void {
  const { hashes } = ctx.keyspace.types;
  for (let i = from; i < end; i += 2) {
    const expireAtMs = hashes.expireAt(ctx.keyspace.slot, argv.source, argv.offset[i]!, argv.length[i]!);
    saySet(ctx, argv, i, i + 2, Math.max(0, expireAtMs));
  }
}

/** Without its condition, which was met. */
function saySet({ effects }: Context, argv: Argv, from: number, end: number, expireAtMs: number): void {
  const words = end - from + (expireAtMs > 0 ? 6 : expireAtMs === KEEP_FIELD_TTL ? 5 : 4);
  effects.instead("HSETEX", words).argument(argv, 1);
  if (expireAtMs > 0) effects.text("PXAT").integer(expireAtMs);
  else if (expireAtMs === KEEP_FIELD_TTL) effects.text("KEEPTTL");
  effects
    .text("FIELDS")
    .integer((end - from) / 2)
    .arguments(argv, from, end);
}

/** With a time that is over, setting fields removes them. */
function deleteAll(ctx: Context, argv: Argv, from: number): void {
  const { keyspace } = ctx;
  let deleted = 0;
  for (let i = from; i < argv.count; i += 2) {
    if (keyspace.types.hashes.delete(keyspace.slot, argv.source, argv.offset[i]!, argv.length[i]!)) deleted++;
  }
  if (deleted === 0) return;
  fieldsDeleted(ctx, argv, deleted);
  if (ctx.effects.isOn) sayDeleted(ctx, argv, from, argv.count, 2);
}
