import type { Argv } from "../../bytes/argv.js";
import { parseInt64, parseInteger, writeInt64, writeInteger } from "../../bytes/integer.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { INCREMENT_OVERFLOW, NOT_AN_INTEGER } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { defineCommand, integer, key, string } from "../spec.js";
import { openForWriting, setField } from "./hash-value.js";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const VALUE_NOT_AN_INTEGER = "ERR hash value is not an integer";

/** HINCRBY: adds an integer to the value of a field. */
export const hincrby = defineCommand(
  {
    name: "HINCRBY",
    group: "hash",
    since: "2.0.0",
    summary:
      "Increments the integer value of a field in a hash by a number. Uses 0 as initial value if the field doesn't exist.",
    complexity: "O(1)",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    args: [key("key", "RW ACCESS UPDATE"), string("field"), integer("increment")],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const delta = parseInteger(argv.source, argv.offset[3]!, argv.length[3]!);
    if (Number.isNaN(delta)) return incrementExactly(ctx, argv);
    const opened = openForWriting(ctx, argv);
    if (opened === Opened.REFUSED) return;
    let sum = delta;
    if (isThere(ctx, argv, opened)) {
      const { element } = keyspace;
      sum += parseInteger(element.region, element.offset, element.length);
    }
    if (!Number.isSafeInteger(sum)) return addExactly(ctx, argv, opened, BigInt(delta));
    const length = writeInteger(keyspace.scratch, 0, sum);
    setField(ctx, argv, opened, 2, keyspace.scratch, 0, length);
    db.changed(argv, 1, NotifyClass.HASH, "hincrby");
    reply.integer(sum);
  },
);

/** True when the field is there: then `ctx.keyspace.element` shows its value. */
function isThere({ keyspace }: Context, argv: Argv, opened: Opened): boolean {
  if (opened !== Opened.FOUND) return false;
  const { element, slot } = keyspace;
  return keyspace.types.hashes.get(slot, argv.source, argv.offset[2]!, argv.length[2]!, element);
}

/** HINCRBY with an increment beyond 2^53. */
function incrementExactly(ctx: Context, argv: Argv): void {
  const delta = parseInt64(argv.source, argv.offset[3]!, argv.length[3]!);
  if (delta === null) return ctx.reply.error(NOT_AN_INTEGER);
  const opened = openForWriting(ctx, argv);
  if (opened !== Opened.REFUSED) addExactly(ctx, argv, opened, delta);
}

function addExactly(ctx: Context, argv: Argv, opened: Opened, delta: bigint): void {
  const { db, keyspace, reply } = ctx;
  let old: bigint | null = 0n;
  if (isThere(ctx, argv, opened)) {
    const { element } = keyspace;
    old = parseInt64(element.region, element.offset, element.length);
  }
  if (old === null) return reply.error(VALUE_NOT_AN_INTEGER);
  const sum = old + delta;
  if (sum < INT64_MIN || sum > INT64_MAX) return reply.error(INCREMENT_OVERFLOW);
  const length = writeInt64(keyspace.scratch, 0, sum);
  setField(ctx, argv, opened, 2, keyspace.scratch, 0, length);
  db.changed(argv, 1, NotifyClass.HASH, "hincrby");
  reply.bigInteger(sum);
}
