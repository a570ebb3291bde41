/**
 * Big lists: a counted tree (without keys) over leaves that are runs of listpack elements (list-leaf.ts). Redis' quicklist is a chain of
 * such runs; the tree makes finding by index O(log n) where that walks.
 *
 * Bytes: 16-byte elements take 18; a leaf of 8192 bytes holds 454 of them and costs 8 for its header and 8.1 in the tree:
 * 18.08 an element in all when pushed at either end, where leaves fill up. After insertions in the middle they are half to fully used.
 *
 * Cost: pushing and popping touch the header of one leaf and one counter on each level of the tree; nothing moves. Finding by index
 * walks a quarter of a leaf in the mean: about 1 µs in a list of a million on Node 20.20, most of it waiting for memory. Figures:
 * packed-list.bench.ts.
 *
 * One piece because every change ends in the same few steps on a leaf: making room, splitting, fitting, joining.
 *
 * Who changes a list allocates first: OutOfMemory leaves it as it was.
 */

import { copyBytes, moveBytes, type Region } from "../../bytes/region.js";
import { Arena } from "../../memory/arena.js";
import { Ref, type Segment } from "../../memory/segment.js";
import { countElements, next, previous, seekIndex, sizeOfString, writeString } from "../packed/listpack.js";
import { RunRemoval } from "../packed/run-removal.js";
import { CountedTree, Path } from "./counted-tree.js";
import type { ListCursor } from "./list-cursor.js";
import { Leaf } from "./list-leaf.js";

export class PackedLists {
  readonly tree: CountedTree;
  readonly #segments: Segment[];
  readonly #path = new Path();
  readonly #other = new Path();
  readonly #removal = new RunRemoval();

  constructor(readonly arena: Arena) {
    this.tree = new CountedTree(arena, 0);
    this.#segments = arena.segments;
  }

  create(): number {
    return this.tree.create();
  }

  count(root: number): number {
    return this.tree.items(root);
  }

  // At the ends

  pushTail(root: number, source: Region, offset: number, length: number): void {
    const size = sizeOfString(source, offset, length);
    const path = this.#path;
    this.tree.last(root, path);
    if (path.leaf !== 0) this.tree.changeLeaf(path);
    if (path.leaf === 0 || !this.#hasRoomBehind(path, size)) {
      return this.#addLeaf(path, source, offset, length, size, true);
    }
    const segment = this.#segmentOf(path.leaf);
    const base = offsetOf(path.leaf);
    const end = segment.u32[(base >> 2) + Leaf.END]!;
    writeString(segment, base + end, source, offset, length);
    segment.u32[(base >> 2) + Leaf.END] = end + size;
    this.tree.addItems(path, 1);
  }

  pushHead(root: number, source: Region, offset: number, length: number): void {
    const size = sizeOfString(source, offset, length);
    const path = this.#path;
    this.tree.first(root, path);
    if (path.leaf !== 0) this.tree.changeLeaf(path);
    if (path.leaf === 0 || !this.#hasRoomBefore(path, size)) {
      return this.#addLeaf(path, source, offset, length, size, false);
    }
    const segment = this.#segmentOf(path.leaf);
    const base = offsetOf(path.leaf);
    const start = segment.u32[(base >> 2) + Leaf.START]! - size;
    writeString(segment, base + start, source, offset, length);
    segment.u32[(base >> 2) + Leaf.START] = start;
    this.tree.addItems(path, 1);
  }

  /** Removes the first `count` elements, or as many as there are. */
  removeFirst(root: number, count: number): void {
    const path = this.#path;
    for (this.tree.first(root, path); count > 0 && path.leaf !== 0; this.tree.first(root, path)) {
      const items = this.tree.leafItems(path);
      if (items <= count) {
        this.#dropLeaf(path);
        count -= items;
        continue;
      }
      const segment = this.#segmentOf(path.leaf);
      const base = offsetOf(path.leaf);
      const word = base >> 2;
      const start = base + segment.u32[word + Leaf.START]!;
      const end = base + segment.u32[word + Leaf.END]!;
      this.tree.changeLeaf(path);
      const first = count === 1 ? next(segment, start) : seekIndex(segment, start, end, count, items);
      segment.u32[word + Leaf.START] = first - base;
      this.tree.addItems(path, -count);
      return;
    }
  }

  /** Removes the last `count` elements, or as many as there are. */
  removeLast(root: number, count: number): void {
    const path = this.#path;
    for (this.tree.last(root, path); count > 0 && path.leaf !== 0; this.tree.last(root, path)) {
      const items = this.tree.leafItems(path);
      if (items <= count) {
        this.#dropLeaf(path);
        count -= items;
        continue;
      }
      const segment = this.#segmentOf(path.leaf);
      const base = offsetOf(path.leaf);
      const word = base >> 2;
      const start = base + segment.u32[word + Leaf.START]!;
      const end = base + segment.u32[word + Leaf.END]!;
      this.tree.changeLeaf(path);
      const behind = count === 1 ? previous(segment, end) : seekIndex(segment, start, end, items - count, items);
      segment.u32[word + Leaf.END] = behind - base;
      this.tree.addItems(path, -count);
      return;
    }
  }

  // Places

  /** Goes to the element with this index, which exists. */
  seek(root: number, index: number, cursor: ListCursor): void {
    const { path } = cursor;
    this.tree.seekPosition(root, index, path);
    this.#open(cursor, path.offset, this.tree.leafItems(path));
  }

  /** Goes to the first element or to the last; there is one. */
  seekEnd(root: number, isTail: boolean, cursor: ListCursor): void {
    const { path } = cursor;
    if (isTail) this.tree.last(root, path);
    else this.tree.first(root, path);
    const segment = this.#segmentOf(path.leaf);
    const base = offsetOf(path.leaf);
    const start = base + segment.u32[(base >> 2) + Leaf.START]!;
    const end = base + segment.u32[(base >> 2) + Leaf.END]!;
    cursor.show(segment, start, end, isTail ? previous(segment, end) : start);
  }

  /** Goes to the first or last element of the leaf at the cursor's path. */
  openLeaf(cursor: ListCursor, atEnd: boolean): void {
    const items = this.tree.leafItems(cursor.path);
    this.#open(cursor, atEnd ? items - 1 : 0, items);
  }

  #open(cursor: ListCursor, index: number, items: number): void {
    const segment = this.#segmentOf(cursor.path.leaf);
    const base = offsetOf(cursor.path.leaf);
    const start = base + segment.u32[(base >> 2) + Leaf.START]!;
    const end = base + segment.u32[(base >> 2) + Leaf.END]!;
    cursor.show(segment, start, end, index === 0 ? start : seekIndex(segment, start, end, index, items));
  }

  // In the middle

  /** Inserts before the element at the cursor, or behind the last of its leaf when it is there. The cursor is invalid then. */
  insert(cursor: ListCursor, source: Region, offset: number, length: number): void {
    const size = sizeOfString(source, offset, length);
    const { path } = cursor;
    this.tree.changeLeaf(path);
    if (this.#insertInLeaf(cursor, size)) {
      writeString(cursor.region, cursor.at, source, offset, length);
      this.tree.addItems(path, 1);
      return;
    }
    const isAtEnd = cursor.at === cursor.end;
    if (isAtEnd || cursor.at === cursor.start) return this.#addLeaf(path, source, offset, length, size, isAtEnd);
    const at = cursor.at - cursor.start;
    const boundary =
      Leaf.HEADER + size > Leaf.LIMIT ? at : middle(cursor.region, cursor.start, cursor.end) - cursor.start;
    this.#split(cursor, cursor.start + boundary);
    // The path is now at the right part.
    if (at <= boundary) {
      this.tree.previous(path);
      this.openLeaf(cursor, false);
      cursor.at = cursor.start + at;
    } else {
      this.openLeaf(cursor, false);
      cursor.at = cursor.start + at - boundary;
    }
    this.insert(cursor, source, offset, length);
  }

  /** Removes the element at the cursor, which is invalid then. */
  removeAt(cursor: ListCursor): void {
    const { path, region, start, end, at } = cursor;
    if (this.tree.leafItems(path) === 1) return this.#dropLeaf(path);
    this.tree.changeLeaf(path);
    const behind = next(region, at);
    const base = offsetOf(path.leaf);
    if (at - start < end - behind) {
      moveBytes(region, start, start + behind - at, at - start);
      region.u32[(base >> 2) + Leaf.START] = start + behind - at - base;
    } else {
      moveBytes(region, behind, at, end - behind);
      region.u32[(base >> 2) + Leaf.END] = end - (behind - at) - base;
    }
    this.tree.addItems(path, -1);
    this.#tidy(path);
  }

  /** Overwrites the element at the cursor if the new one takes as many bytes; false when it does not. */
  overwrite(cursor: ListCursor, source: Region, offset: number, length: number): boolean {
    if (sizeOfString(source, offset, length) !== next(cursor.region, cursor.at) - cursor.at) return false;
    this.tree.changeLeaf(cursor.path);
    writeString(cursor.region, cursor.at, source, offset, length);
    return true;
  }

  /** Removes up to `limit` elements equal to a text, from the head or the tail on; returns how many. */
  removeEqual(root: number, limit: number, fromTail: boolean, source: Region, offset: number, length: number): number {
    const { tree } = this;
    const path = this.#path;
    if (fromTail) tree.last(root, path);
    else tree.first(root, path);
    let total = 0;
    for (let more = path.leaf !== 0; more && total < limit; ) {
      const segment = this.#segmentOf(path.leaf);
      const base = offsetOf(path.leaf);
      tree.changeLeaf(path);
      const removed = this.#removeInLeaf(segment, base, limit - total, fromTail, source, offset, length);
      total += removed;
      if (removed === tree.leafItems(path)) {
        const hasNext = this.#dropLeafAt(path);
        // Then the path is at the leaf behind, or at the last one.
        more = fromTail ? path.leaf !== 0 && (!hasNext || tree.previous(path)) : hasNext;
        continue;
      }
      if (removed > 0) tree.addItems(path, -removed);
      more = fromTail ? tree.previous(path) : tree.next(path);
    }
    if (total > 0) this.#tidyAll(root);
    return total;
  }

  #removeInLeaf(
    segment: Segment,
    base: number,
    limit: number,
    fromTail: boolean,
    source: Region,
    offset: number,
    length: number,
  ): number {
    const word = base >> 2;
    const start = base + segment.u32[word + Leaf.START]!;
    const end = base + segment.u32[word + Leaf.END]!;
    const removal = this.#removal;
    let removed: number;
    if (fromTail) {
      removed = removal.closeToEnd(segment, start, end, limit, source, offset, length);
      segment.u32[word + Leaf.START] = removal.bound - base;
    } else {
      removed = removal.closeToStart(segment, start, end, limit, source, offset, length);
      segment.u32[word + Leaf.END] = removal.bound - base;
    }
    return removed;
  }

  // Whole lists

  /** Appends a copy of a run, in leaves of its own. */
  appendRun(root: number, region: Region, start: number, end: number): void {
    const path = this.#path;
    for (let at = start; at < end; ) {
      let count = 1;
      let to = next(region, at);
      while (to < end) {
        const following = next(region, to);
        if (following - at + Leaf.HEADER > Leaf.LIMIT) break;
        to = following;
        count++;
      }
      this.tree.last(root, path);
      const leaf = this.#createLeaf(to - at + Leaf.HEADER);
      const target = this.#segmentOf(leaf);
      const base = offsetOf(leaf);
      copyBytes(region, at, target, base + Leaf.HEADER, to - at);
      setBounds(target, base, Leaf.HEADER, Leaf.HEADER + to - at);
      this.#link(path, leaf, count, true);
      at = to;
    }
  }

  /** Bytes of all elements, infinite when there are more than `maxLeaves` leaves. */
  runBytes(root: number, maxLeaves: number): number {
    if (this.tree.leaves(root) > maxLeaves) return Number.POSITIVE_INFINITY;
    const path = this.#path;
    let bytes = 0;
    this.tree.first(root, path);
    for (let more = path.leaf !== 0; more; more = this.tree.next(path)) bytes += this.#usedBytes(path.leaf);
    return bytes;
  }

  /** Copies all elements as one run. */
  copyRun(root: number, target: Region, at: number): void {
    this.tree.eachLeaf(root, (leaf) => {
      const segment = this.#segmentOf(leaf);
      const base = offsetOf(leaf);
      const bytes = this.#usedBytes(leaf);
      copyBytes(segment, base + segment.u32[(base >> 2) + Leaf.START]!, target, at, bytes);
      at += bytes;
    });
  }

  /** Frees up to `limit` leaves; true when the list is gone. */
  release(root: number, limit: number): boolean {
    return this.tree.drain(root, limit, (leaf) => this.arena.free(leaf));
  }

  /** A copy of a list. Throws OutOfMemory having freed what it made. */
  copy(root: number): number {
    return this.tree.copy(
      root,
      (leaf) => {
        const bytes = this.#usedBytes(leaf);
        const copy = this.#createLeaf(bytes + Leaf.HEADER);
        const segment = this.#segmentOf(leaf);
        const base = offsetOf(leaf);
        const target = this.#segmentOf(copy);
        const targetBase = offsetOf(copy);
        copyBytes(segment, base + segment.u32[(base >> 2) + Leaf.START]!, target, targetBase + Leaf.HEADER, bytes);
        setBounds(target, targetBase, Leaf.HEADER, Leaf.HEADER + bytes);
        return copy;
      },
      (leaf) => this.arena.free(leaf),
    );
  }

  eachBlock(root: number, visit: (ref: number) => void): void {
    this.tree.eachBlock(root, visit);
    this.tree.eachLeaf(root, visit);
  }

  /** Bytes of all blocks, estimated from `samples` leaves (0: all). */
  memoryBytes(root: number, samples: number): number {
    const { tree } = this;
    const leaves = tree.leaves(root);
    const path = this.#path;
    let bytes = 0;
    let seen = 0;
    tree.first(root, path);
    for (let more = path.leaf !== 0; more && (samples === 0 || seen < samples); more = tree.next(path)) {
      bytes += this.arena.capacity(path.leaf);
      seen++;
    }
    return tree.overheadBytes(root) + (seen === 0 ? 0 : Math.round((bytes / seen) * leaves));
  }

  /** Checks the tree, and that every leaf has the elements it should; returns what is wrong. */
  verify(root: number): string[] {
    const problems = this.tree.verify(root);
    this.tree.eachLeaf(root, (leaf, items) => {
      const segment = this.#segmentOf(leaf);
      const base = offsetOf(leaf);
      const start = segment.u32[(base >> 2) + Leaf.START]!;
      const end = segment.u32[(base >> 2) + Leaf.END]!;
      if (start < Leaf.HEADER || end > this.arena.capacity(leaf) || start >= end) problems.push(`leaf ${leaf} bounds`);
      const count = countElements(segment, base + start, base + end);
      if (count !== items) problems.push(`leaf ${leaf} has ${count} elements, the tree says ${items}`);
    });
    return problems;
  }

  // Leaves

  #segmentOf(ref: number): Segment {
    return this.#segments[ref >>> Ref.SEGMENT_SHIFT]!;
  }

  #usedBytes(leaf: number): number {
    const { u32 } = this.#segmentOf(leaf);
    const word = offsetOf(leaf) >> 2;
    return u32[word + Leaf.END]! - u32[word + Leaf.START]!;
  }

  /** Makes room for `size` bytes behind the run of the path's leaf, if that is worth it. */
  #hasRoomBehind(path: Path, size: number): boolean {
    const segment = this.#segmentOf(path.leaf);
    const word = offsetOf(path.leaf) >> 2;
    const end = segment.u32[word + Leaf.END]!;
    const capacity = this.arena.capacity(path.leaf);
    if (end + size <= capacity) return end + size <= Leaf.LIMIT;
    return this.#makeRoom(path, size, capacity, true);
  }

  #hasRoomBefore(path: Path, size: number): boolean {
    const segment = this.#segmentOf(path.leaf);
    const word = offsetOf(path.leaf) >> 2;
    if (segment.u32[word + Leaf.START]! - size >= Leaf.HEADER) return segment.u32[word + Leaf.END]! <= Leaf.LIMIT;
    return this.#makeRoom(path, size, this.arena.capacity(path.leaf), false);
  }

  /** Moves the run within its block, or into a larger one, so that there are `size` bytes behind or before it; false when the leaf is full. */
  #makeRoom(path: Path, size: number, capacity: number, behind: boolean): boolean {
    const used = this.#usedBytes(path.leaf);
    const needed = Leaf.HEADER + used + size;
    if (needed > Leaf.LIMIT) return false;
    // Moving is worth it if there will be room for some time.
    const free = capacity - Leaf.HEADER - used;
    if (free >> 1 >= size && free >= capacity >> 3) {
      this.#moveRun(path.leaf, path.leaf, used, behind, capacity);
      return true;
    }
    if (capacity >= Leaf.LIMIT) return false;
    const larger = this.#createLeaf(Math.min(Leaf.LIMIT, Math.max(needed, capacity * 2)));
    const { leaf } = path;
    this.#moveRun(leaf, larger, used, behind, this.arena.capacity(larger));
    this.tree.replaceLeaf(path, larger);
    this.arena.free(leaf);
    return true;
  }

  /** Puts the run of leaf `from` at the front of `to`, or at its end when there is to be room before it. */
  #moveRun(from: number, to: number, used: number, toFront: boolean, capacity: number): void {
    const segment = this.#segmentOf(from);
    const base = offsetOf(from);
    const source = base + segment.u32[(base >> 2) + Leaf.START]!;
    const target = this.#segmentOf(to);
    const targetBase = offsetOf(to);
    let start = toFront ? Leaf.HEADER : capacity - used;
    // Within its block it goes to the middle, since it may be the only leaf, pushed to at both ends.
    if (from === to) start = Leaf.HEADER + ((capacity - Leaf.HEADER - used) >> 1);
    if (segment === target) moveBytes(segment, source, targetBase + start, used);
    else copyBytes(segment, source, target, targetBase + start, used);
    setBounds(target, targetBase, start, start + used);
  }

  #createLeaf(bytes: number): number {
    return this.arena.allocate(bytes);
  }

  /** Adds a leaf with one element, behind or before the path's. */
  #addLeaf(path: Path, source: Region, offset: number, length: number, size: number, behind: boolean): void {
    const needed = Leaf.HEADER + size;
    const usual = this.tree.leaves(path.root) >= Leaf.MANY ? Leaf.LIMIT : Leaf.FIRST;
    if (path.leaf !== 0) this.#fit(path);
    const leaf = this.#createLeaf(Math.max(needed, usual));
    const segment = this.#segmentOf(leaf);
    const base = offsetOf(leaf);
    const start = behind ? Leaf.HEADER : this.arena.capacity(leaf) - size;
    writeString(segment, base + start, source, offset, length);
    setBounds(segment, base, start, start + size);
    this.#link(path, leaf, 1, behind);
  }

  /** Puts a finished leaf into the tree; it is freed when there is no memory for that. */
  #link(path: Path, leaf: number, items: number, behind: boolean): void {
    try {
      if (behind) this.tree.insertAfter(path, leaf, items);
      else this.tree.insertBefore(path, leaf, items);
    } catch (error) {
      this.arena.free(leaf);
      throw error;
    }
  }

  /** Gives back what the block of the path's leaf has too much, if it is a sixteenth or more. */
  #fit(path: Path): void {
    const needed = Leaf.HEADER + this.#usedBytes(path.leaf);
    const capacity = this.arena.capacity(path.leaf);
    if ((capacity - Arena.roundedSize(needed)) * 16 < capacity) return;
    try {
      const fitting = this.#createLeaf(needed);
      const { leaf } = path;
      this.#moveRun(leaf, fitting, needed - Leaf.HEADER, true, needed);
      this.tree.replaceLeaf(path, fitting);
      this.arena.free(leaf);
    } catch {
      // It was only to save memory.
    }
  }

  #dropLeaf(path: Path): void {
    this.#dropLeafAt(path);
  }

  /** Takes out the path's leaf; true when another followed, where the path then is. */
  #dropLeafAt(path: Path): boolean {
    const { leaf } = path;
    const hasNext = this.tree.remove(path);
    this.arena.free(leaf);
    return hasNext;
  }

  /** Opens a gap of `size` bytes at the cursor, which is moved to it; false when the leaf has no room. */
  #insertInLeaf(cursor: ListCursor, size: number): boolean {
    const { path } = cursor;
    const capacity = this.arena.capacity(path.leaf);
    if (Leaf.HEADER + cursor.end - cursor.start + size > Leaf.LIMIT) return false;
    const base = offsetOf(path.leaf);
    const before = cursor.start - base - Leaf.HEADER;
    const after = capacity - (cursor.end - base);
    if (Math.max(before, after) < size) {
      const at = cursor.at - cursor.start;
      if (!this.#makeRoom(path, size, capacity, true)) return false;
      this.openLeaf(cursor, false);
      cursor.at = cursor.start + at;
      return this.#insertInLeaf(cursor, size);
    }
    const { region, start, end, at } = cursor;
    const word = base >> 2;
    if (after < size || (before >= size && at - start < end - at)) {
      moveBytes(region, start, start - size, at - start);
      region.u32[word + Leaf.START]! -= size;
      cursor.at = at - size;
    } else {
      moveBytes(region, at, at + size, end - at);
      region.u32[word + Leaf.END]! += size;
    }
    return true;
  }

  /** Moves what is from `at` on into a leaf of its own, to which the cursor's path then leads. */
  #split(cursor: ListCursor, at: number): void {
    const { path, region, start, end } = cursor;
    const stay = countElements(region, start, at);
    const go = this.tree.leafItems(path) - stay;
    const bytes = end - at;
    const right = this.#createLeaf(Leaf.HEADER + bytes);
    const target = this.#segmentOf(right);
    const base = offsetOf(right);
    copyBytes(region, at, target, base + Leaf.HEADER, bytes);
    setBounds(target, base, Leaf.HEADER, Leaf.HEADER + bytes);
    const left = offsetOf(path.leaf);
    this.tree.addItems(path, -go);
    try {
      this.#link(path, right, go, true);
    } catch (error) {
      this.tree.addItems(path, go);
      throw error;
    }
    region.u32[(left >> 2) + Leaf.END] = at - left;
  }

  /** Joins all leaves that became small with the one before. */
  #tidyAll(root: number): void {
    const path = this.#path;
    this.tree.first(root, path);
    for (let more = path.leaf !== 0; more; ) {
      const before = this.tree.leaves(root);
      const hasNext = this.#tidy(path);
      // Joined, the path is at the leaf behind already.
      more = this.tree.leaves(root) < before ? hasNext : this.tree.next(path);
    }
  }

  /** Joins the path's leaf, if it is small, with the one before; then returns whether another follows, where the path is. */
  #tidy(path: Path): boolean {
    const used = this.#usedBytes(path.leaf);
    if (used * 4 > Leaf.LIMIT) return false;
    const other = this.#other;
    other.copyFrom(path);
    if (!this.tree.previous(other) || !this.#append(other, path.leaf, used)) {
      if (this.arena.capacity(path.leaf) > 2 * (used + Leaf.HEADER)) this.#fit(path);
      return false;
    }
    this.tree.addItems(other, this.tree.leafItems(path));
    return this.#dropLeafAt(path);
  }

  /** Appends the run of a leaf to that of the path's leaf, if both fit well into one block. */
  #append(path: Path, leaf: number, used: number): boolean {
    const segment = this.#segmentOf(path.leaf);
    const base = offsetOf(path.leaf);
    const mine = this.#usedBytes(path.leaf);
    if ((Leaf.HEADER + mine + used) * 4 > Leaf.LIMIT * 3) return false;
    this.tree.changeLeaf(path);
    const end = segment.u32[(base >> 2) + Leaf.END]!;
    if (end + used > this.arena.capacity(path.leaf)) {
      try {
        if (!this.#makeRoom(path, used, this.arena.capacity(path.leaf), true)) return false;
      } catch {
        return false;
      }
      return this.#append(path, leaf, used);
    }
    const from = this.#segmentOf(leaf);
    const fromBase = offsetOf(leaf);
    copyBytes(from, fromBase + from.u32[(fromBase >> 2) + Leaf.START]!, segment, base + end, used);
    segment.u32[(base >> 2) + Leaf.END] = end + used;
    return true;
  }
}

/** Byte offset of a block in its segment. */
function offsetOf(ref: number): number {
  return (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
}

function setBounds(segment: Segment, base: number, start: number, end: number): void {
  segment.u32[(base >> 2) + Leaf.START] = start;
  segment.u32[(base >> 2) + Leaf.END] = end;
}

/** The last element that begins in the first half of a run of at least two, but not the first. */
function middle(region: Region, start: number, end: number): number {
  const half = (start + end) >>> 1;
  let at = next(region, start);
  for (let following = at; following < half; following = next(region, at)) at = following;
  return at;
}
