/**
 * The entries of streams: a counted tree by ID whose leaves are packed runs (structures/tree/stream-leaf.ts). The tree counts live
 * entries; an entry that is deleted stays in its leaf until nothing else lives there.
 *
 * The last leaf grows by doubling; when the next one begins, its block is cut to size, and the new one starts with as much.
 */

import type { Argv } from "../bytes/argv.js";
import { copyBytes } from "../bytes/region.js";
import { Arena } from "../memory/arena.js";
import { offsetOf, segmentOf } from "../memory/ref.js";
import type { Segment } from "../memory/segment.js";
import {
  equals,
  next,
  readInteger,
  replacedIntegerSize,
  replaceInteger,
  skip,
  writeInteger,
  writeString,
  writeWords,
} from "../structures/packed/listpack.js";
import { CountedTree, Path } from "../structures/tree/counted-tree.js";
import { EntryFlag, LeafBlock, LeafView, previousEntry, readEntryId } from "../structures/tree/stream-leaf.js";
import type { EncodingLimits } from "./limits.js";
import { compareIds, copyId, newId, type StreamId } from "./stream-id.js";
import { StreamIterator } from "./stream-iterator.js";

const enum Bound {
  /** Texts up to so many bytes take at most SHORT bytes more as an element, longer ones at most LONG. */
  SHORT_TEXT = 63,
  SHORT = 2,
  LONG = 10,
  /** Flags, ID, two counts of an entry, and what the counters of the leaf may grow by. */
  ENTRY = 48,
  /** The numbers of a master entry. */
  MASTER = 40,
  /** A new leaf gets as much as the one before had, up to this. */
  LEAF = 65536,
  /** No leaf and no entry is larger (Redis' STREAM_LISTPACK_MAX_SIZE). */
  RUN = 1 << 30,
  /** What a run has more in Redis, header and terminator, which counts against stream-node-max-bytes. */
  FRAME = 7,
}

/** What XADD and XTRIM may remove; filled by the command's parser. */
export class TrimOptions {
  strategy: "none" | "length" | "id" = "none";
  isApproximate = false;
  /** At most so many entries; 0 for no limit. */
  limit = 0;
  /** Entries to keep. */
  length = 0;
  /** The smallest ID to keep. */
  readonly id = newId();
  /** The arguments that said the limit (0: none did) and what to keep: for the one who repeats the command. */
  limitAt = 0;
  thresholdAt = 0;

  clear(): void {
    this.limitAt = 0;
    this.thresholdAt = 0;
    this.strategy = "none";
    this.isApproximate = false;
    this.limit = 0;
    this.length = 0;
  }
}

export class StreamEntries {
  readonly tree: CountedTree;
  readonly #segments: Segment[];
  readonly #iterator: StreamIterator;
  readonly #path = new Path();
  readonly #leaf = new LeafView();
  readonly #lastId = newId();

  constructor(
    readonly arena: Arena,
    readonly limits: EncodingLimits,
  ) {
    this.#segments = arena.segments;
    this.tree = new CountedTree(arena, 4);
    this.#iterator = new StreamIterator(this.tree, this.#segments);
  }

  /** True when the fields and values from argument `from` on fit into an entry. */
  static fits(argv: Argv, from: number): boolean {
    let bytes = 0;
    for (let i = from; i < argv.count; i++) bytes += argv.length[i]!;
    return bytes <= Bound.RUN;
  }

  /** Appends an entry of the fields and values from argument `from` on; its ID must be the largest. Throws OutOfMemory with nothing changed. */
  append(root: number, id: StreamId, argv: Argv, from: number): void {
    const { tree } = this;
    const path = this.#path;
    const leaf = this.#leaf;
    let text = 0;
    let room: number = Bound.ENTRY;
    for (let i = from; i < argv.count; i++) {
      const length = argv.length[i]!;
      text += length;
      room += length + (length <= Bound.SHORT_TEXT ? Bound.SHORT : Bound.LONG);
    }
    tree.last(root, path);
    let hasSameFields = true;
    if (path.leaf !== 0) leaf.load(this.#segments, path.leaf);
    if (path.leaf === 0 || this.#isFull(text)) {
      this.#begin(id, argv, from, room);
    } else {
      tree.changeLeaf(path);
      this.#reserve(room);
      hasSameFields = this.#hasFieldsOf(argv, from);
    }
    this.#write(id, argv, from, hasSameFields);
    tree.addItems(path, 1);
  }

  /** Removes an entry; false when there is none with this ID. */
  remove(root: number, id: StreamId): boolean {
    const iterator = this.#iterator;
    iterator.start(root, id, id, false);
    if (!iterator.next()) return false;
    this.#path.copyFrom(iterator.path);
    const { live, deleted } = iterator.leaf;
    if (live === 1) {
      this.#dropLeaf();
      return true;
    }
    const at = iterator.at - iterator.leaf.start;
    const moved = this.#setCounts(live - 1, deleted + 1);
    // Flags are below 128: one byte, in place.
    this.#leaf.segment.u8[this.#leaf.start + at + moved]! |= EntryFlag.DELETED;
    this.tree.addItems(this.#path, -1);
    return true;
  }

  /** Removes entries from the beginning as the options say; returns how many. */
  trim(root: number, options: TrimOptions): number {
    if (options.strategy === "none") return 0;
    const { tree } = this;
    const path = this.#path;
    const byLength = options.strategy === "length";
    let removed = 0;
    for (;;) {
      const length = tree.items(root);
      if (byLength && length <= options.length) return removed;
      tree.first(root, path);
      if (path.leaf === 0) return removed;
      const live = tree.leafItems(path);
      if (options.limit > 0 && removed + live > options.limit) return removed;
      if (byLength ? length - live >= options.length : this.#endsBefore(options.id)) {
        this.#dropLeaf();
        removed += live;
        continue;
      }
      if (options.isApproximate) return removed;
      return removed + this.#trimLeaf(byLength ? length - options.length : -1, options.id);
    }
  }

  /** How many entries are below an ID. */
  countBelow(root: number, id: StreamId): number {
    const { tree } = this;
    const path = this.#path;
    copyId(tree.target, id);
    tree.seekKey(root, path);
    if (path.leaf === 0) return 0;
    this.#leaf.load(this.#segments, path.leaf);
    return tree.position(path) + this.#countInLeaf(id);
  }

  /** Copies the entries of a stream; returns the root of the copy. */
  copy(root: number): number {
    return this.tree.copy(
      root,
      (leaf) => this.#copyLeaf(leaf),
      (leaf) => this.arena.free(leaf),
    );
  }

  /** Frees about `limit` entries; true when the tree is gone, its root included. */
  drain(root: number, limit: number): boolean {
    return this.tree.drain(root, Math.max(1, Math.ceil(limit / 64)), (leaf) => this.arena.free(leaf));
  }

  #copyLeaf(leaf: number): number {
    const segment = segmentOf(this.#segments, leaf);
    const offset = offsetOf(leaf);
    const bytes = segment.u32[offset >> 2]! + LeafBlock.RUN;
    const copy = this.arena.allocate(bytes);
    const target = segmentOf(this.#segments, copy);
    copyBytes(segment, offset, target, offsetOf(copy), bytes);
    return copy;
  }

  /** Is the loaded leaf too full for an entry with so many bytes of text? */
  #isFull(text: number): boolean {
    const { start, end, live, deleted } = this.#leaf;
    const { streamNodeMaxBytes, streamNodeMaxEntries } = this.limits;
    const most = streamNodeMaxBytes === 0 ? Bound.RUN : Math.min(streamNodeMaxBytes, Bound.RUN);
    if (end - start + Bound.FRAME + text >= most) return true;
    return streamNodeMaxEntries > 0 && live + deleted >= streamNodeMaxEntries;
  }

  /** Begins a leaf behind the last one with a master entry of these fields, and room for `room` bytes. */
  #begin(id: StreamId, argv: Argv, from: number, room: number): void {
    const { arena, tree } = this;
    const path = this.#path;
    const leaf = this.#leaf;
    let size = LeafBlock.RUN + Bound.MASTER + room;
    for (let i = from; i < argv.count; i += 2) size += argv.length[i]! + Bound.LONG;
    if (path.leaf !== 0) {
      size = Math.max(size, Math.min(leaf.end - leaf.start + LeafBlock.RUN, Bound.LEAF));
      this.#move(leaf.end - leaf.start + LeafBlock.RUN, false);
    }
    const ref = arena.allocate(size);
    copyId(tree.key, id);
    try {
      tree.insertAfter(path, ref, 0);
    } catch (error) {
      arena.free(ref);
      throw error;
    }
    const segment = segmentOf(this.#segments, ref);
    const start = offsetOf(ref) + LeafBlock.RUN;
    const fields = (argv.count - from) >> 1;
    let at = writeInteger(segment, start, 0);
    at = writeInteger(segment, at, 0);
    at = writeInteger(segment, at, fields);
    for (let i = from; i < argv.count; i += 2) {
      at = writeString(segment, at, argv.source, argv.offset[i]!, argv.length[i]!);
    }
    at = writeInteger(segment, at, 0);
    segment.u32[(start - LeafBlock.RUN) >> 2] = at - start;
    leaf.load(this.#segments, ref);
  }

  /** Are these the fields of the loaded leaf's master entry? */
  #hasFieldsOf(argv: Argv, from: number): boolean {
    const { segment, fieldCount, fieldsAt } = this.#leaf;
    if (fieldCount * 2 !== argv.count - from) return false;
    let at = fieldsAt;
    for (let i = from; i < argv.count; i += 2) {
      if (!equals(segment, at, argv.source, argv.offset[i]!, argv.length[i]!)) return false;
      at = next(segment, at);
    }
    return true;
  }

  /** Writes an entry behind the others of the loaded leaf, which has room, and counts it there. */
  #write(id: StreamId, argv: Argv, from: number, hasSameFields: boolean): void {
    const { segment, start, live } = this.#leaf;
    const { source } = argv;
    const { tree } = this;
    tree.loadKey(this.#path);
    const master = tree.key;
    let at = writeInteger(segment, this.#leaf.end, hasSameFields ? EntryFlag.SAME_FIELDS : 0);
    at = writeDifference(segment, at, id, master, 0);
    at = writeDifference(segment, at, id, master, 2);
    const fields = (argv.count - from) >> 1;
    if (hasSameFields) {
      for (let i = from + 1; i < argv.count; i += 2) {
        at = writeString(segment, at, source, argv.offset[i]!, argv.length[i]!);
      }
      at = writeInteger(segment, at, fields + 3);
    } else {
      at = writeInteger(segment, at, fields);
      for (let i = from; i < argv.count; i++) {
        at = writeString(segment, at, source, argv.offset[i]!, argv.length[i]!);
      }
      at = writeInteger(segment, at, fields * 2 + 4);
    }
    if (live < 127) segment.u8[start] = live + 1;
    else at = replaceInteger(segment, start, at, live + 1);
    segment.u32[(start - LeafBlock.RUN) >> 2] = at - start;
  }

  /** Gives the loaded leaf at the path room for `room` more bytes. */
  #reserve(room: number): void {
    const leaf = this.#leaf;
    const used = leaf.end - leaf.start + LeafBlock.RUN;
    if (used + room > this.arena.capacity(this.#path.leaf)) this.#move(Math.max(used + room, used * 2), true);
  }

  /** Moves the loaded leaf at the path to a block of so many bytes, or when it shall not grow, only if that is smaller. */
  #move(bytes: number, isGrowing: boolean): void {
    const { arena } = this;
    const path = this.#path;
    const leaf = this.#leaf;
    const old = path.leaf;
    if (!isGrowing && Arena.roundedSize(bytes) >= arena.capacity(old)) return;
    const ref = arena.allocate(bytes);
    const segment = segmentOf(this.#segments, ref);
    const from = leaf.start - LeafBlock.RUN;
    copyBytes(leaf.segment, from, segment, offsetOf(ref), leaf.end - from);
    this.tree.replaceLeaf(path, ref);
    arena.free(old);
    leaf.load(this.#segments, ref);
  }

  /** Frees the leaf at the path. */
  #dropLeaf(): void {
    const path = this.#path;
    const { leaf } = path;
    this.tree.remove(path);
    this.arena.free(leaf);
  }

  /** Are all entries of the leaf at the path, deleted ones too, below this ID? */
  #endsBefore(id: StreamId): boolean {
    const leaf = this.#leaf;
    const last = this.#lastId;
    leaf.load(this.#segments, this.#path.leaf);
    this.tree.loadKey(this.#path);
    const at = previousEntry(leaf.segment, leaf.end);
    readEntryId(leaf.segment, next(leaf.segment, at), this.tree.key, last);
    return compareIds(last, id) < 0;
  }

  /** Marks the first `count` live entries of the leaf at the path as deleted, or those below `minId` when it is -1; returns how many. */
  #trimLeaf(count: number, minId: StreamId): number {
    const leaf = this.#leaf;
    const id = this.#lastId;
    leaf.load(this.#segments, this.#path.leaf);
    // First count, so that the counters, which may need memory, change before the entries do.
    let marked = count;
    if (count < 0) marked = this.#countInLeaf(minId);
    if (marked === 0) return 0;
    this.#setCounts(leaf.live - marked, leaf.deleted + marked);
    const { segment } = leaf;
    this.tree.loadKey(this.#path);
    let at = leaf.entriesAt;
    for (let left = marked; left > 0; ) {
      const flags = readInteger(segment, at);
      if ((flags & EntryFlag.DELETED) === 0) {
        segment.u8[at] = flags | EntryFlag.DELETED;
        left--;
      }
      at = this.#entryEnd(readEntryId(segment, next(segment, at), this.tree.key, id), flags);
    }
    this.tree.addItems(this.#path, -marked);
    return marked;
  }

  /** Live entries of the loaded leaf at the path that are below an ID. */
  #countInLeaf(minId: StreamId): number {
    const leaf = this.#leaf;
    const { segment } = leaf;
    const id = this.#lastId;
    this.tree.loadKey(this.#path);
    let count = 0;
    for (let at = leaf.entriesAt; at < leaf.end; ) {
      const flags = readInteger(segment, at);
      const behindId = readEntryId(segment, next(segment, at), this.tree.key, id);
      if (compareIds(id, minId) >= 0) break;
      if ((flags & EntryFlag.DELETED) === 0) count++;
      at = this.#entryEnd(behindId, flags);
    }
    return count;
  }

  /** The end of an entry of the loaded leaf, given where its ID ends. */
  #entryEnd(at: number, flags: number): number {
    const { segment, end, fieldCount } = this.#leaf;
    if ((flags & EntryFlag.SAME_FIELDS) !== 0) return skip(segment, at, end, fieldCount + 1);
    return skip(segment, at, end, readInteger(segment, at) * 2 + 2);
  }

  /** Sets the counters of the leaf at the path, and loads it; returns by how many bytes its entries moved. */
  #setCounts(live: number, deleted: number): number {
    const leaf = this.#leaf;
    this.tree.changeLeaf(this.#path);
    leaf.load(this.#segments, this.#path.leaf);
    const used = leaf.end - leaf.start + LeafBlock.RUN;
    const liveDelta = replacedIntegerSize(leaf.segment, leaf.start, live);
    const deletedDelta = replacedIntegerSize(leaf.segment, next(leaf.segment, leaf.start), deleted);
    const most = used + Math.max(deletedDelta, 0);
    if (most > this.arena.capacity(this.#path.leaf)) this.#move(most, true);
    const { segment, start } = leaf;
    let end = replaceInteger(segment, start, leaf.end, live);
    end = replaceInteger(segment, next(segment, start), end, deleted);
    segment.u32[(start - LeafBlock.RUN) >> 2] = end - start;
    leaf.load(this.#segments, this.#path.leaf);
    return liveDelta + deletedDelta;
  }
}

/** Writes what the 64-bit number at words `i` of `id` adds to that of `master`; returns the end. */
function writeDifference(segment: Segment, at: number, id: StreamId, master: StreamId, i: number): number {
  const low = id[i + 1]! - master[i + 1]!;
  const high = id[i]! - master[i]! - (low < 0 ? 1 : 0);
  return writeWords(segment, at, high | 0, low | 0);
}
