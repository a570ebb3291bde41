/** Reading the open collection that SORT sorts, `ctx.keyspace.view`. */
import { ValueType } from "../../structures/entry/entry.js";
import { load } from "../../structures/packed/listpack.js";
import type { Context } from "../context.js";
import { TextList } from "./text-list.js";

/** Number of its elements. */
export function countOf({ keyspace }: Context, type: ValueType): number {
  const { types, view } = keyspace;
  if (type === ValueType.LIST) return types.lists.count(view);
  if (type === ValueType.SET) return types.sets.count(view);
  return types.sortedSets.count(view);
}

/** `count` of its `length` elements from the one numbered `first` on, in its own order, or in the reverse one where it has an order. */
export function loadElements(
  ctx: Context,
  type: ValueType,
  length: number,
  first: number,
  count: number,
  isReversed: boolean,
): TextList {
  const elements = new TextList(count);
  if (count === 0) return elements;
  if (type === ValueType.LIST) loadList(ctx, elements, isReversed ? length - 1 - first : first, count, isReversed);
  else if (type === ValueType.SET) loadSet(ctx, elements, first, count);
  else loadSortedSet(ctx, elements, isReversed ? length - first : first, count, isReversed);
  return elements;
}

function loadList({ keyspace }: Context, elements: TextList, index: number, count: number, isReversed: boolean): void {
  const { lists } = keyspace.types;
  const { cursor, view } = lists;
  lists.seek(keyspace.view, index, cursor);
  for (; count > 0; count--) {
    load(cursor.region, cursor.at, view);
    elements.add(view.region, view.offset, view.length);
    if (isReversed) lists.previous(cursor);
    else lists.next(cursor);
  }
}

function loadSet({ keyspace }: Context, elements: TextList, skip: number, count: number): void {
  const { cursor } = keyspace.types.sets;
  cursor.open(keyspace.view);
  for (; skip > 0; skip--) cursor.next();
  for (; count > 0 && cursor.next(); count--) {
    const { region, offset, length } = cursor.member;
    elements.add(region, offset, length);
  }
}

function loadSortedSet(
  { keyspace }: Context,
  elements: TextList,
  rank: number,
  count: number,
  isReversed: boolean,
): void {
  const { cursor } = keyspace.types.sortedSets;
  cursor.open(keyspace.view);
  cursor.seek(rank);
  for (; count > 0; count--) {
    if (isReversed) cursor.previous();
    else cursor.next();
    const { region, offset, length } = cursor.member;
    elements.add(region, offset, length);
  }
}
