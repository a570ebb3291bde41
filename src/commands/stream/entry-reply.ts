/** How IDs and entries are replied. */
import { moveBytes } from "../../bytes/region.js";
import type { StreamNames } from "../../datatypes/stream-blocks.js";
import { IdText, type StreamId, writeId } from "../../datatypes/stream-id.js";
import type { Context } from "../context.js";

const DOLLAR = 0x24;
const CR = 13;
const LF = 10;

/** Replies an ID as a bulk string, written in place: two digits of length are enough for it. */
export function replyId({ reply }: Context, id: StreamId): void {
  reply.reserve(IdText.MAX_LENGTH + 8);
  const { region, at } = reply;
  const { u8 } = region;
  const size = writeId(region, at + 5, id);
  let start = at + 5;
  u8[at] = DOLLAR;
  if (size < 10) {
    u8[at + 1] = 48 + size;
    u8[at + 2] = CR;
    u8[at + 3] = LF;
    moveBytes(region, start, at + 4, size);
    start = at + 4;
  } else {
    const tens = (size / 10) | 0;
    u8[at + 1] = 48 + tens;
    u8[at + 2] = 48 + size - tens * 10;
    u8[at + 3] = CR;
    u8[at + 4] = LF;
  }
  u8[start + size] = CR;
  u8[start + size + 1] = LF;
  reply.at = start + size + 2;
}

/** Replies the entry the streams' iterator is at: its ID and its fields with their values. */
export function replyEntry(ctx: Context): void {
  const { reply } = ctx;
  const { iterator } = ctx.keyspace.types.streams;
  reply.array(2);
  replyId(ctx, iterator.id);
  reply.array(iterator.fieldCount * 2);
  const { field, value } = iterator;
  for (let left = iterator.fieldCount; left > 0; left--) {
    iterator.nextField();
    reply.bulk(field.region, field.offset, field.length);
    reply.bulk(value.region, value.offset, value.length);
  }
}

/** Replies the entry with this ID; false, without a reply, when there is none. */
export function replyEntryAt(ctx: Context, head: number, id: StreamId): boolean {
  const { streams } = ctx.keyspace.types;
  streams.iterator.start(streams.rootOf(head), id, id, false);
  if (!streams.iterator.next()) return false;
  replyEntry(ctx);
  return true;
}

/** Replies an array of up to `count` (0: all) entries between two IDs (null: without a limit). */
export function replyRange(
  ctx: Context,
  head: number,
  start: StreamId | null,
  end: StreamId | null,
  count: number,
  isReverse: boolean,
): void {
  const { reply } = ctx;
  const { streams } = ctx.keyspace.types;
  const { iterator } = streams;
  const mark = reply.begin();
  let replied = 0;
  iterator.start(streams.rootOf(head), start, end, isReverse);
  while (iterator.next()) {
    replyEntry(ctx);
    if (++replied === count) break;
  }
  reply.endArray(mark, replied);
}

/** Replies the name of a group or a consumer. */
export function replyName(ctx: Context, names: StreamNames, ref: number): void {
  ctx.reply.bulk(names.blocks.segment(ref), names.nameOffset(ref), names.nameLength(ref));
}

/** Replies how often the pending entry that `groups.pending` is at was delivered. */
export function replyDeliveries({ keyspace, reply }: Context): void {
  const deliveries = keyspace.types.streams.groups.deliveries();
  if (typeof deliveries === "number") reply.integer(deliveries);
  else reply.bigInteger(deliveries);
}
