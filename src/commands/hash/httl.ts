/** HTTL and its like: when fields expire, in one of two units, from now on or since 1970; and HPERSIST. */
import type { Argv } from "../../bytes/argv.js";
import { NO_FIELD } from "../../datatypes/hashes.js";
import type { ValueView } from "../../datatypes/value-slot.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { type Command, defineCommand, key } from "../spec.js";
import { fieldsBlock, hasFields } from "./field-arguments.js";
import { openForReading, openForWriting } from "./hash-value.js";

/** What is answered for fields that have no expiry. */
const enum Answer {
  NO_FIELD = -2,
  NO_EXPIRY = -1,
  PERSISTED = 1,
}

/** HTTL: seconds left. */
export const httl = timeCommand("HTTL", "Returns the TTL in seconds of a hash field.", (ctx, argv) =>
  replyTimes(ctx, argv, 1000, Math.floor(ctx.nowMs)),
);

/** HPTTL: milliseconds left. */
export const hpttl = timeCommand("HPTTL", "Returns the TTL in milliseconds of a hash field.", (ctx, argv) =>
  replyTimes(ctx, argv, 1, Math.floor(ctx.nowMs)),
);

/** HEXPIRETIME: seconds since 1970. */
export const hexpiretime = timeCommand(
  "HEXPIRETIME",
  "Returns the expiration time of a hash field as a Unix timestamp, in seconds.",
  (ctx, argv) => replyTimes(ctx, argv, 1000, 0),
);

/** HPEXPIRETIME: milliseconds since 1970. */
export const hpexpiretime = timeCommand(
  "HPEXPIRETIME",
  "Returns the expiration time of a hash field as a Unix timestamp, in msec.",
  (ctx, argv) => replyTimes(ctx, argv, 1, 0),
);

/** HPERSIST: takes the expiry of fields away. */
export const hpersist = defineCommand(
  {
    name: "HPERSIST",
    group: "hash",
    since: "7.4.0",
    summary: "Removes the expiration time for each specified field",
    complexity: "O(N) where N is the number of specified fields",
    flags: ["write", "fast"],
    effect: "as sent",
    args: [key("key", "RW UPDATE"), fieldsBlock],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const opened = openForWriting(ctx, argv);
    if (opened === Opened.REFUSED || !hasFields(ctx, argv, 2)) return;
    let persisted = 0;
    reply.array(argv.count - 4);
    let done = 4;
    try {
      for (let i = done; i < argv.count; i++) {
        const answer = persist(ctx, argv, opened, i);
        if (answer === Answer.PERSISTED) persisted++;
        done = i + 1;
        reply.integer(answer);
      }
    } finally {
      // Also when memory runs out half-way.
      if (persisted > 0) {
        keyspace.dirty += persisted - 1;
        db.changed(argv, 1, NotifyClass.HASH, "hpersist");
        if (done < argv.count && ctx.effects.isOn) sayPersisted(ctx, argv, done);
      }
    }
  },
);

/** Takes the expiry of the field at argument i away. */
function persist(ctx: Context, argv: Argv, opened: Opened, i: number): Answer {
  const { slot, types } = ctx.keyspace;
  const expireAtMs = expireAt(ctx, slot, argv, opened, i);
  if (expireAtMs === NO_FIELD) return Answer.NO_FIELD;
  if (expireAtMs === 0) return Answer.NO_EXPIRY;
  types.hashes.setExpireAt(slot, argv.source, argv.offset[i]!, argv.length[i]!, 0);
  return Answer.PERSISTED;
}

function timeCommand(name: string, summary: string, run: (ctx: Context, argv: Argv) => void): Command {
  const isRelative = name.endsWith("TTL");
  return defineCommand(
    {
      name,
      group: "hash",
      since: "7.4.0",
      summary,
      complexity: "O(N) where N is the number of specified fields",
      flags: ["readonly", "fast"],
      ...(isRelative ? { tips: ["nondeterministic_output"] } : {}),
      args: [key("key", "RO ACCESS"), fieldsBlock],
    },
    run,
  );
}

function replyTimes(ctx: Context, argv: Argv, unitMs: number, originMs: number): void {
  const { reply } = ctx;
  const opened = openForReading(ctx, argv);
  if (opened === Opened.REFUSED || !hasFields(ctx, argv, 2)) return;
  reply.array(argv.count - 4);
  for (let i = 4; i < argv.count; i++) {
    const expireAtMs = expireAt(ctx, ctx.keyspace.view, argv, opened, i);
    if (expireAtMs === NO_FIELD) reply.integer(Answer.NO_FIELD);
    else if (expireAtMs === 0) reply.integer(Answer.NO_EXPIRY);
    else reply.integer(Math.ceil((expireAtMs - originMs) / unitMs));
  }
}

function expireAt({ keyspace }: Context, hash: ValueView, argv: Argv, opened: Opened, i: number): number {
  if (opened !== Opened.FOUND) return NO_FIELD;
  return keyspace.types.hashes.expireAt(hash, argv.source, argv.offset[i]!, argv.length[i]!);
}

/** What was done with the fields before argument `end`, when memory ran out there. */
function sayPersisted({ effects }: Context, argv: Argv, end: number): void {
  effects
    .instead("HPERSIST", end)
    .argument(argv, 1)
    .text("FIELDS")
    .integer(end - 4)
    .arguments(argv, 4, end);
}
