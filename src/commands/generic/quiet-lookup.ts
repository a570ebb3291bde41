/** Looking at a key without using it: hits and misses are counted, the access time stays as it is. */
import type { Argv } from "../../bytes/argv.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { Context } from "../context.js";

/** The entry of a key, 0 when there is none; a miss is a keymiss event. */
export function lookupQuietly(ctx: Context, argv: Argv, i: number): number {
  const ref = lookupSilently(ctx, argv, i);
  if (ref === 0) ctx.db.notify(NotifyClass.KEY_MISS, "keymiss", argv, i);
  return ref;
}

/** As `lookupQuietly`, without an event. */
export function lookupSilently(ctx: Context, argv: Argv, i: number): number {
  const ref = ctx.db.peek(argv, i);
  const { stats } = ctx.keyspace;
  if (ref === 0) stats.misses++;
  else stats.hits++;
  return ref;
}
