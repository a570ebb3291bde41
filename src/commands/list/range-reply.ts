/** Replies made of elements of an open list, written from where they lie. */
import type { Region } from "../../bytes/region.js";
import type { ValueView } from "../../datatypes/value-slot.js";
import type { ReplyWriter } from "../../protocol/reply-writer.js";
import type { ElementView } from "../../structures/entry/element-view.js";
import { load, next } from "../../structures/packed/listpack.js";
import type { Context } from "../context.js";

/** A text of up to 63 bytes has a head of one byte, with these top bits and its length. */
const enum Short {
  MASK = 0xc0,
  HEAD = 0x80,
  LENGTH = 0x3f,
}

/** Replies `count` elements as an array, from `index` on towards the tail, or towards the head. */
export function replyRange(ctx: Context, list: ValueView, index: number, count: number, isReversed: boolean): void {
  const { keyspace, reply } = ctx;
  const { lists } = keyspace.types;
  const { cursor, view } = lists;
  reply.array(count);
  lists.seek(list, index, cursor);
  if (isReversed) {
    for (; count > 0; count--) {
      replyElement(reply, cursor.region, cursor.at, view);
      lists.previous(cursor);
    }
    return;
  }
  for (;;) {
    const { region, end } = cursor;
    let { at } = cursor;
    for (; count > 0 && at < end; count--) at = replyElement(reply, region, at, view);
    if (count === 0) return;
    lists.nextRun(cursor);
  }
}

/** Replies one element as a bulk string, and returns where it ends. */
export function replyElement(reply: ReplyWriter, region: Region, at: number, view: ElementView): number {
  const head = region.u8[at]!;
  if ((head & Short.MASK) === Short.HEAD) {
    const length = head & Short.LENGTH;
    reply.bulk(region, at + 1, length);
    return at + length + 2;
  }
  load(region, at, view);
  reply.bulk(view.region, view.offset, view.length);
  return next(region, at);
}

/** Replies the first or the last element as a bulk string. */
export function replyEnd(ctx: Context, list: ValueView, isTail: boolean): void {
  const { keyspace, reply } = ctx;
  const { lists } = keyspace.types;
  const { cursor } = lists;
  lists.seekEnd(list, isTail, cursor);
  replyElement(reply, cursor.region, cursor.at, lists.view);
}
