/** Opening sorted sets and reporting what became of them, as commands of several groups share it. */
import type { Argv } from "../bytes/argv.js";
import type { SortedSetRange } from "../datatypes/sorted-set-range.js";
import type { ValueView } from "../datatypes/value-slot.js";
import { NotifyClass } from "../keyspace/notify.js";
import type { OpenValue } from "../keyspace/open-value.js";
import { type Encoding, ValueType } from "../structures/entry/entry.js";
import type { Context } from "./context.js";
import { editCollection, type Opened, readCollection } from "./open-collection.js";
import { storeResult } from "./store-result.js";

/** Opens the sorted set at argument `i` for reading, in `ctx.keyspace.view`. */
export function openForReading(ctx: Context, argv: Argv, i: number): Opened {
  return readCollection(ctx, ctx.db.lookupRead(argv, i), ValueType.ZSET);
}

/** Opens the sorted set at argument `i` for changing it, in `ctx.keyspace.slot`. */
export function openForWriting(ctx: Context, argv: Argv, i: number): Opened {
  return editCollection(ctx, argv, i, ctx.db.lookupWrite(argv, i), ValueType.ZSET);
}

/** Begins an empty sorted set for the key at argument `i`, to be placed when it has members, or abandoned. */
export function beginEmpty(ctx: Context, argv: Argv, i: number, encoding: Encoding, slot: OpenValue): void {
  const { sortedSets } = ctx.keyspace.types;
  ctx.db.begin(argv, i, ValueType.ZSET, encoding, sortedSets.emptySize(encoding), slot);
  try {
    sortedSets.clear(slot);
  } catch (error) {
    ctx.db.abandon(slot);
    throw error;
  }
}

/** Makes the sorted set that was begun the value of argument 1, or removes that key when it is empty; reports and replies. */
export function store(ctx: Context, argv: Argv, slot: OpenValue, event: string): void {
  storeResult(ctx, argv, slot, ctx.keyspace.types.sortedSets.count(slot), NotifyClass.ZSET, event);
}

/** Removes the members of rank `from` to `to` (exclusive) of the open set of argument `i`, with the key when none is left, and reports. */
export function removeRanks(ctx: Context, argv: Argv, i: number, from: number, to: number, event: string): void {
  const { db, keyspace } = ctx;
  const { sortedSets } = keyspace.types;
  const isAll = to - from === sortedSets.count(keyspace.slot);
  if (isAll) db.remove(argv, i);
  else sortedSets.removeRange(keyspace.slot, from, to);
  keyspace.dirty += to - from - 1;
  db.changed(argv, i, NotifyClass.ZSET, event);
  if (isAll) db.notify(NotifyClass.GENERIC, "del", argv, i);
}

/** Starts an array of so many members: with scores they are pairs in RESP3, and in RESP2 twice as many. */
export function replyHeader({ reply }: Context, count: number, withScores: boolean): void {
  reply.array(withScores && reply.resp === 2 ? count * 2 : count);
}

/** Replies the members of a set whose ranks a range covers. */
export function replyRange(ctx: Context, set: ValueView, range: SortedSetRange, withScores: boolean): void {
  const { reply } = ctx;
  const { cursor } = ctx.keyspace.types.sortedSets;
  const { from, to, isReverse } = range;
  replyHeader(ctx, to - from, withScores);
  if (from === to) return;
  const isNested = withScores && reply.resp === 3;
  cursor.open(set, isReverse ? to : from);
  const { member } = cursor;
  for (let left = to - from; left > 0; left--) {
    if (isReverse) cursor.previous();
    else cursor.next();
    if (isNested) reply.array(2);
    reply.bulk(member.region, member.offset, member.length);
    if (withScores) reply.double(cursor.score);
  }
}
