/**
 * Walks the entries of a stream between two IDs, in either direction. Made once and started again and again; valid until the
 * stream changes.
 */
import type { Segment } from "../memory/segment.js";
import { ElementView } from "../structures/entry/element-view.js";
import { load, next, readInteger, skip } from "../structures/packed/listpack.js";
import type { CountedTree } from "../structures/tree/counted-tree.js";
import { Path } from "../structures/tree/counted-tree.js";
import { EntryFlag, LeafView, previousEntry, readEntryId } from "../structures/tree/stream-leaf.js";
import { compareIds, copyId, fillId, newId, type StreamId } from "./stream-id.js";

export class StreamIterator {
  /** The entry: its ID, where it starts, its flags and the number of its fields. */
  readonly id = newId();
  at = 0;
  flags = 0;
  fieldCount = 0;
  /** The field and value `nextField` came to. */
  readonly field = new ElementView();
  readonly value = new ElementView();
  /** The leaf the entry is in. */
  readonly path = new Path();
  readonly leaf = new LeafView();
  readonly #tree: CountedTree;
  readonly #segments: Segment[];
  readonly #start = newId();
  readonly #end = newId();
  readonly #master = newId();
  #isReverse = false;
  /** Before the first entry that is not before the range: until then IDs are compared with its near end. */
  #isOutside = false;
  /** Where the next entry starts; in reverse, where the one before ends. */
  #nextAt = 0;
  /** Where the next field (unless it is the master's) and value are, and how many elements of the entry are left from there. */
  #elementAt = 0;
  #elementsLeft = 0;
  #masterFieldAt = 0;

  constructor(tree: CountedTree, segments: Segment[]) {
    this.#tree = tree;
    this.#segments = segments;
  }

  /** Starts before the first entry from `start` to `end` (inclusive), in reverse behind the last. null: no limit. */
  start(root: number, start: StreamId | null, end: StreamId | null, isReverse: boolean): void {
    if (start === null) fillId(this.#start, 0);
    else copyId(this.#start, start);
    if (end === null) fillId(this.#end, 0xffffffff);
    else copyId(this.#end, end);
    this.#isReverse = isReverse;
    this.#isOutside = true;
    this.#elementsLeft = -1;
    const tree = this.#tree;
    copyId(tree.target, isReverse ? this.#end : this.#start);
    tree.seekKey(root, this.path);
    this.#enter();
  }

  /** Goes to the next entry that is not deleted; false when there is none. */
  next(): boolean {
    return this.#isReverse ? this.#previousEntry() : this.#nextEntry();
  }

  /** Goes to the next of the `fieldCount` fields of the entry. */
  nextField(): void {
    const { segment } = this.leaf;
    if ((this.flags & EntryFlag.SAME_FIELDS) !== 0) {
      load(segment, this.#masterFieldAt, this.field);
      this.#masterFieldAt = next(segment, this.#masterFieldAt);
    } else {
      load(segment, this.#elementAt, this.field);
      this.#elementAt = next(segment, this.#elementAt);
      this.#elementsLeft--;
    }
    load(segment, this.#elementAt, this.value);
    this.#elementAt = next(segment, this.#elementAt);
    this.#elementsLeft--;
  }

  #nextEntry(): boolean {
    const { leaf, path } = this;
    if (path.leaf === 0) return false;
    this.#skipRest();
    for (;;) {
      if (this.#nextAt >= leaf.end) {
        if (!this.#tree.next(path)) return false;
        this.#enter();
        continue;
      }
      this.#read(this.#nextAt);
      if ((this.flags & EntryFlag.DELETED) !== 0 || (this.#isOutside && compareIds(this.id, this.#start) < 0)) {
        this.#skipRest();
        continue;
      }
      this.#isOutside = false;
      if (compareIds(this.id, this.#end) <= 0) return true;
      this.#nextAt = leaf.end;
      this.#elementsLeft = -1;
      this.path.leaf = 0;
      return false;
    }
  }

  #previousEntry(): boolean {
    const { leaf, path } = this;
    if (path.leaf === 0) return false;
    for (;;) {
      const at = previousEntry(leaf.segment, this.#nextAt);
      if (at < 0) {
        if (!this.#tree.previous(path)) return false;
        this.#enter();
        continue;
      }
      this.#nextAt = at;
      this.#read(at);
      if ((this.flags & EntryFlag.DELETED) !== 0 || (this.#isOutside && compareIds(this.id, this.#end) > 0)) continue;
      this.#isOutside = false;
      if (compareIds(this.id, this.#start) >= 0) return true;
      this.path.leaf = 0;
      return false;
    }
  }

  /** Leaves the entry, however many of its fields were read. */
  #skipRest(): void {
    if (this.#elementsLeft < 0) return;
    const { leaf } = this;
    this.#nextAt = skip(leaf.segment, this.#elementAt, leaf.end, this.#elementsLeft + 1);
    this.#elementsLeft = -1;
  }

  #enter(): void {
    const { leaf, path } = this;
    if (path.leaf === 0) return;
    leaf.load(this.#segments, path.leaf);
    const tree = this.#tree;
    tree.loadKey(path);
    copyId(this.#master, tree.key);
    this.#nextAt = this.#isReverse ? leaf.end : leaf.entriesAt;
  }

  #read(at: number): void {
    const { leaf } = this;
    const { segment } = leaf;
    this.at = at;
    this.flags = readInteger(segment, at);
    let elementAt = readEntryId(segment, next(segment, at), this.#master, this.id);
    if ((this.flags & EntryFlag.SAME_FIELDS) !== 0) {
      this.fieldCount = leaf.fieldCount;
      this.#elementsLeft = leaf.fieldCount;
      this.#masterFieldAt = leaf.fieldsAt;
    } else {
      this.fieldCount = readInteger(segment, elementAt);
      this.#elementsLeft = this.fieldCount * 2;
      elementAt = next(segment, elementAt);
    }
    this.#elementAt = elementAt;
  }
}
