/**
 * The type stream: entries under growing IDs, with consumer groups. A stream is given by the ref of its head (stream-blocks.ts),
 * which stays the same for its life; `headOf` reads it from the value of a key.
 */
import type { Argv } from "../bytes/argv.js";
import type { Region } from "../bytes/region.js";
import type { Segment } from "../memory/segment.js";
import { Encoding, Entry, ValueType } from "../structures/entry/entry.js";
import type { Collection } from "./collection.js";
import type { DataTypeParts } from "./data-types.js";
import { type EditableRef, Group, Head, StreamBlocks } from "./stream-blocks.js";
import { StreamEntries, TrimOptions } from "./stream-entries.js";
import { StreamGroups } from "./stream-groups.js";
import { compareIds, fillId, incrementId, newId, type StreamId } from "./stream-id.js";
import { StreamIterator } from "./stream-iterator.js";
import { StreamReadOptions } from "./stream-read-options.js";
import type { ValueSlot } from "./value-slot.js";

/** Bytes of the payload of a key: the ref of the head. */
export const STREAM_PAYLOAD_BYTES = 4;

export class Streams implements Collection {
  readonly blocks: StreamBlocks;
  readonly entries: StreamEntries;
  readonly groups: StreamGroups;
  /** For the command that runs: its iterator, its IDs, its options. */
  readonly iterator: StreamIterator;
  readonly id = newId();
  readonly startId = newId();
  readonly endId = newId();
  readonly trimOptions = new TrimOptions();
  readonly readOptions = new StreamReadOptions();
  /** For the methods here. */
  readonly #iterator: StreamIterator;
  readonly #id = newId();
  readonly #otherId = newId();

  constructor(parts: DataTypeParts) {
    const { arena, limits } = parts;
    this.blocks = new StreamBlocks(arena);
    this.entries = new StreamEntries(arena, limits);
    this.groups = new StreamGroups(this.blocks);
    this.iterator = new StreamIterator(this.entries.tree, arena.segments);
    this.#iterator = new StreamIterator(this.entries.tree, arena.segments);
  }

  // Streams

  /** The head a payload refers to; the group, of one that was destroyed. */
  headOf(segment: Segment, offset: number): number {
    return segment.dv.getUint32(offset, true);
  }

  /** The head of a stream that is to be changed. */
  editableHead({ segment, offset }: ValueSlot): EditableRef {
    return this.headOf(segment, offset) as EditableRef;
  }

  /** Makes the payload refer to a head. */
  setHead(segment: Segment, offset: number, head: EditableRef): void {
    segment.dv.setUint32(offset, head, true);
  }

  /** Makes an empty stream; returns its head. */
  create(): EditableRef {
    const { arena } = this.blocks;
    const root = this.entries.tree.create();
    let head: EditableRef;
    try {
      head = arena.allocate(Head.BYTES) as EditableRef;
    } catch (error) {
      arena.free(root);
      throw error;
    }
    for (let i = 0; i < Head.BYTES / 4; i++) this.blocks.setWord(head, i, 0);
    this.blocks.setWord(head, Head.ENTRIES, root);
    return head;
  }

  /**
   * Takes a group out of a stream; returns it, 0 when there is none of this name. Its block has become a record, as the key space frees them
   * in slices: a value of the encoding STREAM_GROUP.
   */
  detachGroup(head: EditableRef, source: Region, offset: number, length: number): number {
    const { blocks } = this;
    const group = this.groups.detachGroup(head, source, offset, length);
    if (group === 0) return 0;
    blocks.setWord(group, Group.KIND, ValueType.STREAM | (Encoding.STREAM_GROUP << Entry.ENCODING_SHIFT));
    blocks.setWord(group, Group.REF, group);
    return group;
  }

  /** Frees a stream at once. */
  destroy(head: EditableRef): void {
    this.#release(head, Number.POSITIVE_INFINITY);
  }

  rootOf(head: number): number {
    return this.blocks.word(head, Head.ENTRIES);
  }

  length(head: number): number {
    const root = this.rootOf(head);
    return root === 0 ? 0 : this.entries.tree.items(root);
  }

  /** Appends an entry of the fields and values from argument `from` on; its ID must be above the last. Throws OutOfMemory with nothing changed. */
  append(head: EditableRef, id: StreamId, argv: Argv, from: number): void {
    const { blocks } = this;
    this.entries.append(this.rootOf(head), id, argv, from);
    blocks.setId(head, Head.LAST_ID, id);
    blocks.increment(head, Head.ENTRIES_ADDED);
    if (this.length(head) === 1) blocks.setId(head, Head.FIRST_ID, id);
  }

  /** Removes an entry; false when there is none with this ID. */
  remove(head: EditableRef, id: StreamId): boolean {
    const { blocks } = this;
    if (!this.entries.remove(this.rootOf(head), id)) return false;
    if (blocks.compareId(id, head, Head.MAX_DELETED_ID) > 0) blocks.setId(head, Head.MAX_DELETED_ID, id);
    if (this.length(head) === 0 || blocks.compareId(id, head, Head.FIRST_ID) === 0) this.#refreshFirstId(head);
    return true;
  }

  /** Removes entries from the beginning as `trimOptions` say; returns how many. */
  trim(head: EditableRef): number {
    const { entries, trimOptions } = this;
    const root = this.rootOf(head);
    const before = this.length(head);
    try {
      return entries.trim(root, trimOptions);
    } finally {
      // Also when memory for a counter ran out: leaves may have gone before.
      if (this.length(head) < before) this.#refreshFirstId(head);
    }
  }

  /** Reads the ID of the last entry that is not deleted; false when there is none, and then it is 0-0. */
  loadLastLiveId(head: number, id: StreamId): boolean {
    const iterator = this.#iterator;
    iterator.start(this.rootOf(head), null, null, true);
    const found = iterator.next();
    for (let i = 0; i < 4; i++) id[i] = found ? iterator.id[i]! : 0;
    return found;
  }

  /** True when there is an entry with this ID that is not deleted. */
  has(head: number, id: StreamId): boolean {
    const iterator = this.#iterator;
    iterator.start(this.rootOf(head), id, id, false);
    return iterator.next();
  }

  #refreshFirstId(head: EditableRef): void {
    const iterator = this.#iterator;
    iterator.start(this.rootOf(head), null, null, false);
    if (!iterator.next()) fillId(iterator.id, 0);
    this.blocks.setId(head, Head.FIRST_ID, iterator.id);
  }

  // What groups have read

  /** An entry is delivered to a group: when it is beyond the last one that was, the group's last ID and counter follow. */
  advance(head: number, group: EditableRef, id: StreamId): void {
    const { blocks, groups } = this;
    const last = this.#id;
    if (blocks.compareId(id, group, Group.LAST_ID) <= 0) return;
    blocks.loadId(group, Group.LAST_ID, last);
    // Nothing may have gone between the two: neither deleted, nor trimmed away with the entries before the first.
    const isNext = blocks.compareId(last, head, Head.FIRST_ID) >= 0 && !this.#hasTombstoneFrom(head, last);
    if (isNext && groups.isReadCountKnown(group)) {
      blocks.increment(group, Group.ENTRIES_READ);
    } else if (blocks.int64(head, Head.ENTRIES_ADDED) !== 0n) {
      const read = this.#readUpTo(head, id);
      blocks.setInt64(group, Group.ENTRIES_READ, Number(read >> 32n), Number(BigInt.asIntN(32, read)));
    }
    blocks.setId(group, Group.LAST_ID, id);
  }

  /**
   * Entries a group has not read yet; null when Redis does not know, as entries behind have been deleted. Where it does, it takes what was
   * read from what was added, which what was trimmed away, or a count that was given, make wrong: here the entries are counted.
   */
  lag(head: number, group: number): number | null {
    const { blocks } = this;
    const length = this.length(head);
    if (length === 0) return 0;
    const id = this.#id;
    blocks.loadId(group, Group.LAST_ID, id);
    if (!this.#isLagKnown(head, group, id)) return null;
    return incrementId(id) ? length - this.entries.countBelow(this.rootOf(head), id) : 0;
  }

  /** `last` is the last ID of the group. */
  #isLagKnown(head: number, group: number, last: StreamId): boolean {
    if (this.groups.isReadCountKnown(group) && !this.#hasTombstoneFrom(head, last)) return true;
    return this.#readUpTo(head, last) >= 0n;
  }

  /** May an entry at or behind an ID have been deleted? */
  #hasTombstoneFrom(head: number, id: StreamId): boolean {
    const deleted = this.#otherId;
    const { blocks } = this;
    blocks.loadId(head, Head.MAX_DELETED_ID, deleted);
    if (this.length(head) === 0 || (deleted[0]! | deleted[1]! | deleted[2]! | deleted[3]!) === 0) return false;
    return blocks.compareId(deleted, head, Head.FIRST_ID) >= 0 && compareIds(id, deleted) <= 0;
  }

  /** How many entries were ever added up to an ID, where that can be told without counting; otherwise -1. */
  #readUpTo(head: number, id: StreamId): bigint {
    const { blocks } = this;
    const added = blocks.int64(head, Head.ENTRIES_ADDED);
    const length = BigInt(this.length(head));
    const toLast = blocks.compareId(id, head, Head.LAST_ID);
    if (added === 0n || toLast === 0 || (length === 0n && toLast < 0)) return added;
    if (toLast > 0) return -1n;
    const deleted = this.#otherId;
    blocks.loadId(head, Head.MAX_DELETED_ID, deleted);
    const isZero = (deleted[0]! | deleted[1]! | deleted[2]! | deleted[3]!) === 0;
    if (!isZero && blocks.compareId(deleted, head, Head.FIRST_ID) >= 0) return -1n;
    const toFirst = blocks.compareId(id, head, Head.FIRST_ID);
    if (toFirst < 0) return added - length;
    return toFirst === 0 ? added - length + 1n : -1n;
  }

  // Collection

  isStructured(): boolean {
    return true;
  }

  structureOf(segment: Segment, offset: number): number {
    return this.headOf(segment, offset);
  }

  weight(segment: Segment, offset: number, encoding: Encoding): number {
    const head = this.headOf(segment, offset);
    if (encoding === Encoding.STREAM_GROUP) return this.groups.groupWeight(head);
    return this.length(head) + this.groups.weight(head);
  }

  release(segment: Segment, offset: number, encoding: Encoding, limit: number): boolean {
    const head = this.headOf(segment, offset);
    return encoding === Encoding.STREAM_GROUP ? this.groups.drainGroup(head, limit) : this.#release(head, limit);
  }

  duplicate(segment: Segment, offset: number): void {
    const { blocks } = this;
    const from = this.headOf(segment, offset);
    const to = this.create();
    try {
      const root = this.entries.copy(this.rootOf(from));
      blocks.arena.free(this.rootOf(to));
      for (let i = 0; i < Head.ENTRIES; i++) blocks.setWord(to, i, blocks.word(from, i));
      blocks.setWord(to, Head.ENTRIES, root);
      this.groups.copy(from, to);
    } catch (error) {
      this.destroy(to);
      throw error;
    }
    this.setHead(segment, offset, to);
  }

  eachBlock(segment: Segment, offset: number, encoding: Encoding, visit: (ref: number) => void): void {
    const head = this.headOf(segment, offset);
    if (encoding === Encoding.STREAM_GROUP) return this.groups.eachGroupBlock(head, visit);
    visit(head);
    const root = this.rootOf(head);
    if (root !== 0) {
      this.entries.tree.eachBlock(root, visit);
      this.entries.tree.eachLeaf(root, visit);
    }
    this.groups.eachBlock(head, visit);
  }

  memoryBytes(segment: Segment, offset: number, _encoding: Encoding, samples: number): number {
    const head = this.headOf(segment, offset);
    const { tree } = this.entries;
    const root = this.rootOf(head);
    const leaves = tree.leaves(root);
    const sampled = samples === 0 ? leaves : Math.min(samples, leaves);
    const path = this.#iterator.path;
    let bytes = 0;
    tree.first(root, path);
    for (let i = 0; i < sampled; i++) {
      bytes += this.blocks.arena.capacity(path.leaf);
      tree.next(path);
    }
    if (sampled > 0) bytes = Math.round((bytes * leaves) / sampled);
    return Head.BYTES + tree.overheadBytes(root) + bytes + this.groups.bytes(head);
  }

  #release(head: number, limit: number): boolean {
    const { blocks } = this;
    const root = this.rootOf(head);
    if (root !== 0) {
      if (!this.entries.drain(root, limit)) return false;
      blocks.setWord(head, Head.ENTRIES, 0);
    }
    if (!this.groups.drain(head, limit)) return false;
    blocks.arena.free(head);
    return true;
  }
}
