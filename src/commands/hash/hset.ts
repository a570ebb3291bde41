import type { Argv } from "../../bytes/argv.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { wrongArgumentCount } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { block, defineCommand, key, many, string } from "../spec.js";
import { createHash, dropExpired, openForWriting } from "./hash-value.js";

/** HSET: sets fields, and answers how many are new. */
export const hset = defineCommand(
  {
    name: "HSET",
    group: "hash",
    since: "2.0.0",
    summary: "Creates or modifies the value of a field in a hash.",
    complexity:
      "O(1) for each field/value pair added, so O(N) to add N field/value pairs when the command is called with multiple field/value pairs.",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    history: [["4.0.0", "Accepts multiple `field` and `value` arguments."]],
    args: [key("key", "RW UPDATE"), many(block("data", [string("field"), string("value")]))],
  },
  (ctx, argv) => {
    const created = setPairs(ctx, argv, "hset");
    if (created >= 0) ctx.reply.integer(created);
  },
);

/** HMSET: sets fields. */
export const hmset = defineCommand(
  {
    name: "HMSET",
    group: "hash",
    since: "2.0.0",
    summary: "Sets the values of multiple fields.",
    complexity: "O(N) where N is the number of fields being set.",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    docFlags: ["deprecated"],
    deprecatedSince: "4.0.0",
    replacedBy: "`HSET` with multiple field-value pairs",
    args: [key("key", "RW UPDATE"), many(block("data", [string("field"), string("value")]))],
  },
  (ctx, argv) => {
    if (setPairs(ctx, argv, "hmset") >= 0) ctx.reply.ok();
  },
);

/** HSETNX: sets a field unless it is there. */
export const hsetnx = defineCommand(
  {
    name: "HSETNX",
    group: "hash",
    since: "2.0.0",
    summary: "Sets the value of a field in a hash only when the field doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    args: [key("key", "RW INSERT"), string("field"), string("value")],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { hashes } = keyspace.types;
    const opened = openForWriting(ctx, argv);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) createHash(ctx, argv, 2);
    else if (hashes.has(keyspace.slot, argv.source, argv.offset[2]!, argv.length[2]!)) return reply.integer(0);
    else {
      dropExpired(ctx, argv, 2);
      hashes.setAll(keyspace.slot, argv, 2);
    }
    db.changed(argv, 1, NotifyClass.HASH, "hset");
    reply.integer(1);
  },
);

/** Sets the pairs of arguments from 2 on; returns how many fields are new, -1 after replying an error. */
function setPairs(ctx: Context, argv: Argv, command: string): number {
  if ((argv.count & 1) !== 0) {
    ctx.reply.error(wrongArgumentCount(command));
    return -1;
  }
  const opened = openForWriting(ctx, argv);
  if (opened === Opened.REFUSED) return -1;
  if (opened === Opened.FOUND) return setMore(ctx, argv);
  const created = createHash(ctx, argv, 2);
  reportSet(ctx, argv, (argv.count - 2) >> 1);
  return created;
}

/** Sets the pairs of arguments from 2 on in a hash that is there; returns how many fields are new. */
function setMore(ctx: Context, argv: Argv): number {
  const { hashes } = ctx.keyspace.types;
  hashes.setCount = 0;
  try {
    return hashes.setAll(ctx.keyspace.slot, argv, 2);
  } finally {
    // Also when memory runs out half-way.
    if (hashes.setCount > 0) reportSet(ctx, argv, hashes.setCount);
    ctx.effects.doneWords = 2 + hashes.setCount * 2;
  }
}

function reportSet({ db, keyspace }: Context, argv: Argv, count: number): void {
  keyspace.dirty += count - 1;
  db.changed(argv, 1, NotifyClass.HASH, "hset");
}
