/**
 * Lists, over two encodings:
 *
 *     listpack     payload: count of elements (2 bytes), then a run of listpack elements
 *     quicklist    payload: ref of a big list (packed-list.ts)
 *
 * Both change where Redis 7.2 changes them: a listpack grows up to list-max-listpack-size, a quicklist becomes a listpack again at half
 * of that. `ListLimit` has the arithmetic.
 *
 * An open list is a ValueView, or a ValueSlot when it is to be changed; a place in it a ListCursor. A list that became empty is the caller's to remove.
 */
import type { Argv } from "../bytes/argv.js";
import { moveBytes, type Region } from "../bytes/region.js";
import { type Arena, isOutOfMemory } from "../memory/arena.js";
import type { Segment } from "../memory/segment.js";
import { ElementView } from "../structures/entry/element-view.js";
import { Encoding } from "../structures/entry/entry.js";
import {
  find,
  load,
  next,
  openGap,
  previous,
  seekIndex,
  sizeOfString,
  writeString,
} from "../structures/packed/listpack.js";
import { RunRemoval } from "../structures/packed/run-removal.js";
import { ListCursor } from "../structures/tree/list-cursor.js";
import { PackedLists } from "../structures/tree/packed-list.js";
import type { Collection } from "./collection.js";
import type { EncodingLimits } from "./limits.js";
import { exceedsListLimit, fitsHalfListLimit, ListLimit } from "./list-limit.js";
import type { ValueSlot, ValueView } from "./value-slot.js";

const enum Small {
  /** Bytes of the count before the run. */
  HEADER = 2,
}

const enum Big {
  BYTES = 4,
}

export class Lists implements Collection {
  readonly packed: PackedLists;
  /** For any command, done with before it returns. */
  readonly cursor = new ListCursor();
  readonly view = new ElementView();
  readonly #limits: EncodingLimits;
  readonly #removal = new RunRemoval();

  constructor(arena: Arena, limits: EncodingLimits) {
    this.packed = new PackedLists(arena);
    this.#limits = limits;
  }

  /** Bytes of the payload of an empty list, as `makeEmpty` wants it. */
  readonly emptyBytes = Small.HEADER;

  /** Makes a new payload an empty list. */
  makeEmpty(slot: ValueSlot): void {
    slot.segment.dv.setUint16(slot.offset, 0, true);
  }

  count(list: ValueView): number {
    if (list.encoding === Encoding.LISTPACK) return list.segment.dv.getUint16(list.offset, true);
    return this.packed.count(rootOf(list));
  }

  // Changing

  /**
   * Makes the list a quicklist if `bytes` more bytes of text and `count` more elements could make it too large for a listpack. As in
   * Redis it is called once for all that a command adds, whether or not it does in the end.
   */
  prepare(slot: ValueSlot, bytes: number, count: number): void {
    if (slot.encoding !== Encoding.LISTPACK) return;
    const size = slot.length - Small.HEADER + ListLimit.FRAME + bytes;
    if (exceedsListLimit(this.#limits.listMaxListpackSize, size, this.count(slot) + count)) this.#grow(slot);
  }

  /** Adds arguments `from` to the last one, each before the former when at the head. Throws OutOfMemory with nothing added. */
  push(slot: ValueSlot, argv: Argv, from: number, atHead: boolean): void {
    if (slot.encoding === Encoding.LISTPACK) {
      let bytes = 0;
      for (let i = from; i < argv.count; i++) bytes += argv.length[i]!;
      this.prepare(slot, bytes, argv.count - from);
    }
    if (slot.encoding === Encoding.LISTPACK) this.#pushSmall(slot, argv, from, atHead);
    else if (argv.count - from === 1) this.pushOne(slot, argv.source, argv.offset[from]!, argv.length[from]!, atHead);
    else this.#pushBig(slot, argv, from, atHead);
  }

  /** Adds one text; `prepare` has been called. */
  pushOne(slot: ValueSlot, source: Region, offset: number, length: number, atHead: boolean): void {
    if (slot.encoding !== Encoding.LISTPACK) {
      const root = rootOf(slot);
      if (atHead) this.packed.pushHead(root, source, offset, length);
      else this.packed.pushTail(root, source, offset, length);
      return;
    }
    const at = atHead ? Small.HEADER : slot.length;
    this.#openGap(slot, at, sizeOfString(source, offset, length), 1);
    writeString(slot.segment, slot.offset + at, source, offset, length);
  }

  #pushSmall(slot: ValueSlot, argv: Argv, from: number, atHead: boolean): void {
    const { source, offset, length, count } = argv;
    let size = 0;
    for (let i = from; i < count; i++) size += sizeOfString(source, offset[i]!, length[i]!);
    const end = slot.length;
    this.#openGap(slot, atHead ? Small.HEADER : end, size, count - from);
    let at = slot.offset + (atHead ? Small.HEADER : end);
    if (atHead) {
      for (let i = count - 1; i >= from; i--) at = writeString(slot.segment, at, source, offset[i]!, length[i]!);
    } else {
      for (let i = from; i < count; i++) at = writeString(slot.segment, at, source, offset[i]!, length[i]!);
    }
  }

  #pushBig(slot: ValueSlot, argv: Argv, from: number, atHead: boolean): void {
    let pushed = 0;
    try {
      for (let i = from; i < argv.count; i++) {
        this.pushOne(slot, argv.source, argv.offset[i]!, argv.length[i]!, atHead);
        pushed++;
      }
    } catch (error) {
      if (atHead) this.packed.removeFirst(rootOf(slot), pushed);
      else this.packed.removeLast(rootOf(slot), pushed);
      throw error;
    }
  }

  /** Inserts a text before the element at the cursor, or behind it; `prepare` has been called before the cursor was placed. */
  insert(slot: ValueSlot, cursor: ListCursor, behind: boolean, source: Region, offset: number, length: number): void {
    if (behind) cursor.at = next(cursor.region, cursor.at);
    if (cursor.isBig) return this.packed.insert(cursor, source, offset, length);
    const at = cursor.at - slot.offset;
    this.#openGap(slot, at, sizeOfString(source, offset, length), 1);
    writeString(slot.segment, slot.offset + at, source, offset, length);
  }

  /** Makes the element with this index, which exists, another text; `prepare` has been called. */
  set(slot: ValueSlot, index: number, source: Region, offset: number, length: number): void {
    const { cursor } = this;
    this.seek(slot, index, cursor);
    if (!cursor.isBig) return this.#replaceSmall(slot, cursor.at - slot.offset, source, offset, length);
    if (this.packed.overwrite(cursor, source, offset, length)) return;
    this.packed.insert(cursor, source, offset, length);
    this.packed.seek(rootOf(slot), index + 1, cursor);
    this.packed.removeAt(cursor);
  }

  /** Removes `count` elements, no more than there are, from the head on, or from the tail. */
  remove(slot: ValueSlot, count: number, fromTail: boolean): void {
    if (count === 0) return;
    if (slot.encoding !== Encoding.LISTPACK) {
      const root = rootOf(slot);
      if (fromTail) this.packed.removeLast(root, count);
      else this.packed.removeFirst(root, count);
      return;
    }
    const start = slot.offset + Small.HEADER;
    const end = slot.offset + slot.length;
    const items = this.count(slot);
    const at = count === items ? -1 : seekIndex(slot.segment, start, end, fromTail ? items - count : count, items);
    if (at < 0) this.#closeGap(slot, Small.HEADER, end - start, items);
    else if (fromTail) this.#closeGap(slot, at - slot.offset, end - at, count);
    else this.#closeGap(slot, Small.HEADER, at - start, count);
  }

  /** Removes up to `limit` elements that read as a text, the ones next to the head first, or to the tail; returns how many. */
  removeEqual(
    slot: ValueSlot,
    limit: number,
    fromTail: boolean,
    source: Region,
    offset: number,
    length: number,
  ): number {
    if (slot.encoding !== Encoding.LISTPACK) {
      return this.packed.removeEqual(rootOf(slot), limit, fromTail, source, offset, length);
    }
    const { segment } = slot;
    const start = slot.offset + Small.HEADER;
    const end = slot.offset + slot.length;
    const removal = this.#removal;
    const removed = fromTail
      ? removal.closeToEnd(segment, start, end, limit, source, offset, length)
      : removal.closeToStart(segment, start, end, limit, source, offset, length);
    if (removed === 0) return 0;
    if (fromTail) this.#closeGap(slot, Small.HEADER, removal.bound - start, removed);
    else this.#closeGap(slot, removal.bound - slot.offset, end - removal.bound, removed);
    return removed;
  }

  /** Makes a quicklist that has become small a listpack. As in Redis it is called after elements were removed or replaced. */
  shrink(slot: ValueSlot): void {
    if (slot.encoding === Encoding.LISTPACK) return;
    const root = rootOf(slot);
    const count = this.packed.count(root);
    const bytes = this.packed.runBytes(root, ListLimit.SHRUNK_LEAVES);
    if (!fitsHalfListLimit(this.#limits.listMaxListpackSize, bytes + ListLimit.FRAME, count)) return;
    try {
      slot.resize(Small.HEADER + bytes);
    } catch (error) {
      if (isOutOfMemory(error)) return; // It can stay as it is.
      throw error;
    }
    slot.segment.dv.setUint16(slot.offset, count, true);
    this.packed.copyRun(root, slot.segment, slot.offset + Small.HEADER);
    slot.encoding = Encoding.LISTPACK;
    this.packed.release(root, Number.POSITIVE_INFINITY);
  }

  #grow(slot: ValueSlot): void {
    const { packed } = this;
    const root = packed.create();
    try {
      packed.appendRun(root, slot.segment, slot.offset + Small.HEADER, slot.offset + slot.length);
      slot.resize(Big.BYTES);
    } catch (error) {
      packed.release(root, Number.POSITIVE_INFINITY);
      throw error;
    }
    setRoot(slot.segment, slot.offset, root);
    slot.encoding = Encoding.QUICKLIST;
  }

  #replaceSmall(slot: ValueSlot, at: number, source: Region, offset: number, length: number): void {
    const old = next(slot.segment, slot.offset + at) - slot.offset - at;
    const delta = sizeOfString(source, offset, length) - old;
    if (delta > 0) this.#openGap(slot, at + old, delta, 0);
    else if (delta < 0) this.#closeGap(slot, at, -delta, 0);
    writeString(slot.segment, slot.offset + at, source, offset, length);
  }

  /** Makes room for `size` bytes at byte `at` of a small list, and counts the elements they will hold. */
  #openGap(slot: ValueSlot, at: number, size: number, count: number): void {
    const end = slot.length;
    slot.resize(end + size);
    const { segment, offset } = slot;
    openGap(segment, offset + at, offset + end, size);
    segment.dv.setUint16(offset, segment.dv.getUint16(offset, true) + count, true);
  }

  /** Takes `size` bytes at byte `at` out of a small list, which held `count` elements. */
  #closeGap(slot: ValueSlot, at: number, size: number, count: number): void {
    const { segment, offset, length } = slot;
    moveBytes(segment, offset + at + size, offset + at, length - at - size);
    segment.dv.setUint16(offset, segment.dv.getUint16(offset, true) - count, true);
    slot.resize(length - size);
  }

  // Places

  /** Goes to the element with this index, which exists. */
  seek(list: ValueView, index: number, cursor: ListCursor): void {
    cursor.isBig = list.encoding !== Encoding.LISTPACK;
    if (cursor.isBig) return this.packed.seek(rootOf(list), index, cursor);
    const start = list.offset + Small.HEADER;
    const end = list.offset + list.length;
    const at = index === 0 ? start : seekIndex(list.segment, start, end, index, this.count(list));
    cursor.show(list.segment, start, end, at);
  }

  /** Goes to the first element or to the last; the list is not empty. */
  seekEnd(list: ValueView, isTail: boolean, cursor: ListCursor): void {
    cursor.isBig = list.encoding !== Encoding.LISTPACK;
    if (cursor.isBig) return this.packed.seekEnd(rootOf(list), isTail, cursor);
    const { segment, offset } = list;
    const end = offset + list.length;
    cursor.show(segment, offset + Small.HEADER, end, isTail ? previous(segment, end) : offset + Small.HEADER);
  }

  /** Goes to the first element from the cursor on that reads as a text; false, and invalid, when there is none. */
  find(cursor: ListCursor, source: Region, offset: number, length: number): boolean {
    do {
      const at = find(cursor.region, cursor.at, cursor.end, source, offset, length, 0);
      if (at >= 0) {
        cursor.at = at;
        return true;
      }
    } while (this.nextRun(cursor));
    return false;
  }

  /** Bytes of the element at the cursor. */
  elementBytes(cursor: ListCursor): number {
    return next(cursor.region, cursor.at) - cursor.at;
  }

  /** Goes to the next element; false, and invalid, when there is none. */
  next(cursor: ListCursor): boolean {
    cursor.at = next(cursor.region, cursor.at);
    return cursor.at < cursor.end || this.nextRun(cursor);
  }

  /** Goes to the first element of the next run; false when there is none. */
  nextRun(cursor: ListCursor): boolean {
    if (!cursor.isBig || !this.packed.tree.next(cursor.path)) return false;
    this.packed.openLeaf(cursor, false);
    return true;
  }

  /** Goes to the previous element; false, and invalid, when there is none. */
  previous(cursor: ListCursor): boolean {
    if (cursor.at > cursor.start) {
      cursor.at = previous(cursor.region, cursor.at);
      return true;
    }
    if (!cursor.isBig || !this.packed.tree.previous(cursor.path)) return false;
    this.packed.openLeaf(cursor, true);
    return true;
  }

  /** Visits all elements in order; `visit` must not change the list. */
  each(list: ValueView, visit: (element: ElementView) => void): void {
    const { cursor, view } = this;
    this.seek(list, 0, cursor);
    do {
      load(cursor.region, cursor.at, view);
      visit(view);
    } while (this.next(cursor));
  }

  // Collection: what is left of a big list is weighed and freed by leaves.

  isStructured(encoding: Encoding): boolean {
    return encoding === Encoding.QUICKLIST;
  }

  structureOf(segment: Segment, offset: number): number {
    return segment.dv.getUint32(offset, true);
  }

  weight(segment: Segment, offset: number): number {
    return this.packed.tree.leaves(segment.dv.getUint32(offset, true));
  }

  release(segment: Segment, offset: number, _encoding: Encoding, limit: number): boolean {
    return this.packed.release(segment.dv.getUint32(offset, true), limit);
  }

  duplicate(segment: Segment, offset: number): void {
    setRoot(segment, offset, this.packed.copy(segment.dv.getUint32(offset, true)));
  }

  eachBlock(segment: Segment, offset: number, _encoding: Encoding, visit: (ref: number) => void): void {
    this.packed.eachBlock(segment.dv.getUint32(offset, true), visit);
  }

  memoryBytes(segment: Segment, offset: number, _encoding: Encoding, samples: number): number {
    return this.packed.memoryBytes(segment.dv.getUint32(offset, true), samples);
  }
}

function rootOf(list: ValueView): number {
  return list.segment.dv.getUint32(list.offset, true);
}

function setRoot(segment: Segment, offset: number, root: number): void {
  segment.dv.setUint32(offset, root, true);
}
