/**
 * A snapshot: what all databases held at one instant, written in slices while commands go on (docs/design/0007-snapshots.md).
 *
 * An entry whose mark differs from the key space's has not been seen. To begin is to flip the key space's mark. Then the walk, page by page of
 * the index, writes each entry that has not been seen and gives it the new mark, and whoever is about to change or to free one has it written
 * first (`save`). New entries are born with the new mark. So each key is written once, as it was, whatever happens meanwhile; when the walk
 * has ended all marks agree again, and a comparison that every write makes anyway finds nothing to do.
 *
 * What is too large to be written at once is frozen instead (frozen.ts), and comes piece by piece before the walk goes on.
 *
 * The walk follows the indexes there were at the beginning, not the numbers of databases: SWAPDB does not matter. The index of a database that
 * is flushed is taken apart by LazyFree, which has each entry saved before it frees it.
 */
import { copyAll } from "../../bytes/copy-long.js";
import { copyBytes } from "../../bytes/region.js";
import type { Collection } from "../../datatypes/collection.js";
import { Ref } from "../../memory/segment.js";
import { PAGES_END, type PageGuard } from "../../structures/dict/dict.js";
import { DictPage } from "../../structures/dict/dict-page.js";
import type { ElementDict } from "../../structures/dict/element-dict.js";
import {
  type Encoding,
  Entry,
  EntryView,
  encodingIn,
  expireAtOf,
  externalPayload,
  loadEntry,
  lruIn,
  typeIn,
  ValueType,
} from "../../structures/entry/entry.js";
import type { CountedTree, LeafGuard } from "../../structures/tree/counted-tree.js";
import type { Keyspace } from "../keyspace.js";
import type { Frozen } from "./frozen.js";
import { FrozenDict } from "./frozen-dict.js";
import type { FrozenLeaves } from "./frozen-leaves.js";
import { FrozenList } from "./frozen-list.js";
import { FrozenStream } from "./frozen-stream.js";
import { FrozenString, PIECE } from "./frozen-string.js";
import { BeginPayload, RecordKind } from "./record.js";
import { NOWHERE, RecordWriter, type SnapshotSink } from "./record-writer.js";

/** Large values of so many pieces are written at once: some 0.1 ms. */
const AT_ONCE = 6;

const NOTHING = new Uint8Array(0);

/** An index there was at the beginning. */
interface Walked {
  /** The number that its database had. */
  readonly database: number;
  /** LazyFree is taking it apart. */
  isDetached: boolean;
}

export class Snapshot implements PageGuard, LeafGuard {
  /** Of this snapshot; no other has the same. */
  epoch = 0;
  readonly #keyspace: Keyspace;
  readonly #elements: ElementDict;
  readonly #trees: readonly CountedTree[];
  readonly #view = new EntryView();
  #writer: RecordWriter | null = null;
  /** By root: the indexes that have not been walked to the end. */
  readonly #indexes = new Map<number, Walked>();
  #root = 0;
  #prefix = 0;
  /** Entries of the page that is being walked. */
  readonly #refs = new Uint32Array(DictPage.SLOTS);
  #refCount = 0;
  readonly #collect = (ref: number): void => {
    this.#refs[this.#refCount++] = ref;
  };
  /** Large values that are not written yet, the oldest first. */
  readonly #frozen: Frozen[] = [];
  #nextFrozen = 0;
  #numbers = 0;
  /** By root, those of them that are dicts, and leaves of trees. */
  readonly #dicts = new Map<number, FrozenDict>();
  readonly #leaves = new Map<number, FrozenLeaves>();
  /** By block, those that are strings. */
  readonly #strings = new Map<number, FrozenString>();
  #touched = 0;
  #lastBytes = 0;

  constructor(keyspace: Keyspace, elements: ElementDict) {
    this.#keyspace = keyspace;
    this.#elements = elements;
    const { lists, streams } = keyspace.types;
    this.#trees = [lists.packed.tree, streams.entries.tree, streams.groups.pending.tree];
  }

  /** True from `begin` until the last record has been written. */
  get isRunning(): boolean {
    return this.#writer !== null;
  }

  /** Bytes of the records of this snapshot, or of the last. */
  get writtenBytes(): number {
    return this.#writer?.writtenBytes ?? this.#lastBytes;
  }

  /** Begins a snapshot of what is there now; `walk` writes it into the sink. One at a time. */
  begin(sink: SnapshotSink): void {
    if (this.isRunning) throw new Error("a snapshot is being taken");
    this.#writer = new RecordWriter(sink);
    this.epoch++;
    this.#numbers = 0;
    this.#keyspace.flipMark();
    for (const db of this.#keyspace.used()) {
      if (db.keys.root !== 0) this.#indexes.set(db.keys.root, { database: db.index, isDetached: false });
    }
    this.#root = 0;
    this.#prefix = 0;
  }

  /** Nobody wants the rest: the walk goes on, until all marks agree, and what it writes goes nowhere. */
  discard(): void {
    if (this.#writer !== null) this.#writer.sink = NOWHERE;
  }

  /** Goes on writing until `hasTime`, asked after each entry or piece, answers no; true when all has been written. */
  walk(hasTime: () => boolean): boolean {
    while (this.#writer !== null && !this.#writer.sink.isFull) {
      if (!this.#writeFrozen(hasTime)) return false;
      if (!this.#nextIndex()) {
        if (this.#indexes.size > 0) return false;
        this.#end();
        return true;
      }
      if (!this.#walkPage(hasTime)) return false;
    }
    return !this.isRunning;
  }

  /** Writes an entry, which lies in this index and has not been seen, as it is now. */
  save(root: number, ref: number): void {
    const view = this.#view;
    loadEntry(this.#keyspace.arena, ref, view);
    const { segment, offset, payloadSegment, payloadOffset, payloadLength } = view;
    const word0 = segment.u32[offset >> 2]!;
    segment.u32[offset >> 2] = word0 ^ Entry.MARK;
    const type = typeIn(word0);
    const encoding = encodingIn(word0);
    // What LazyFree had when the snapshot began was no key's any more.
    const database = this.#indexes.get(root)?.database ?? -1;
    if (database < 0) return;
    if (type === ValueType.STRING && payloadLength > PIECE) return this.#freezeString(word0, database);
    const collection = this.#keyspace.types.collection(type);
    if (collection?.isStructured(encoding)) return this.#freeze(collection, word0, database);
    const writer = this.#writer!;
    const at = this.#begin(RecordKind.WHOLE, word0, database, 0, payloadLength);
    copyBytes(payloadSegment, payloadOffset, writer.region, at, payloadLength);
    writer.end();
  }

  // Who is told of what happens to what is being walked

  /** An index has gone over to LazyFree, which has its entries saved as it frees them. */
  detached(root: number): void {
    const index = this.#indexes.get(root);
    if (index !== undefined) index.isDetached = true;
  }

  /** An index is gone: it was empty, or LazyFree is through with it. */
  indexReleased(root: number): void {
    this.#indexes.delete(root);
  }

  /** The bytes of a string are about to change where they lie; `block` is that of its payload. */
  stringChanges(block: number): void {
    const string = this.#strings.get(block);
    if (string !== undefined && !string.isHuge) string.willChange();
  }

  /** A payload's block is about to be freed: true when it is kept until it has been written, and then freed. */
  keepsBlock(block: number): boolean {
    const string = this.#strings.get(block);
    if (string === undefined || string.isHuge) return false;
    string.isOrphaned = true;
    return true;
  }

  /** Whether strings are being written in pieces. */
  get hasStrings(): boolean {
    return this.#strings.size > 0;
  }

  /** Visits the blocks that wait only for being written; for `Arena.verify`. */
  eachBlock(visit: (ref: number) => void): void {
    for (const string of this.#strings.values()) if (string.isOrphaned) visit(string.block);
  }

  // PageGuard, LeafGuard

  guards(root: number): boolean {
    return this.#dicts.has(root);
  }

  willChange(root: number, block: number, items = 0): void {
    const dict = this.#dicts.get(root);
    if (dict !== undefined) dict.writePage(block);
    else this.#leaves.get(root)?.willChange(block, items);
  }

  released(root: number): void {
    this.#dicts.get(root)?.released();
    this.#dicts.delete(root);
    this.#leaves.delete(root);
  }

  // Walking

  /** Writes large values; false when time ran out. */
  #writeFrozen(hasTime: () => boolean): boolean {
    const writer = this.#writer!;
    while (this.#nextFrozen < this.#frozen.length) {
      const frozen = this.#frozen[this.#nextFrozen]!;
      if (frozen.writeNext(writer)) {
        this.#nextFrozen++;
        this.#thaw(frozen);
      }
      if (!hasTime() || writer.sink.isFull) return false;
    }
    this.#frozen.length = 0;
    this.#nextFrozen = 0;
    return true;
  }

  /** Finds an index to walk; false when those that are left are LazyFree's. */
  #nextIndex(): boolean {
    const current = this.#indexes.get(this.#root);
    if (current !== undefined && !current.isDetached) {
      if (this.#prefix < PAGES_END) return true;
      this.#indexes.delete(this.#root);
    }
    for (const [root, index] of this.#indexes) {
      if (index.isDetached) continue;
      this.#root = root;
      this.#prefix = 0;
      return true;
    }
    return false;
  }

  /** Writes the entries of a page that have not been seen; false when time ran out. */
  #walkPage(hasTime: () => boolean): boolean {
    const { arena, dict, mark } = this.#keyspace;
    const { segments } = arena;
    const refs = this.#refs;
    this.#refCount = 0;
    const next = dict.visitPage(this.#root, this.#prefix, this.#collect);
    // They are fetched first, so that the waits for memory overlap.
    let touched = 0;
    for (let i = 0; i < this.#refCount; i++) {
      touched ^= segments[refs[i]! >>> Ref.SEGMENT_SHIFT]!.u32[(refs[i]! & Ref.UNIT) << 1]!;
    }
    this.#touched ^= touched;
    for (let i = 0; i < this.#refCount; i++) {
      const ref = refs[i]!;
      const word0 = segments[ref >>> Ref.SEGMENT_SHIFT]!.u32[(ref & Ref.UNIT) << 1]!;
      if (((word0 ^ mark) & Entry.MARK) === 0) continue;
      this.save(this.#root, ref);
      // What is left of the page is found again, as it has not been seen.
      if ((i & 7) === 7 && !hasTime()) return false;
      if (this.#frozen.length > 0) return hasTime();
    }
    this.#prefix = next;
    return hasTime();
  }

  #end(): void {
    this.#writer!.flush();
    this.#lastBytes = this.#writer!.writtenBytes;
    this.#writer = null;
  }

  // Large values

  /** Begins a record of the entry in `#view`; returns where its payload goes. */
  #begin(kind: RecordKind, word0: number, database: number, number: number, length: number): number {
    const { segment, offset, keyOffset, keyLength } = this.#view;
    return this.#writer!.begin(
      kind,
      typeIn(word0),
      encodingIn(word0),
      database,
      number,
      expireAtOf(segment, offset),
      lruIn(word0),
      segment,
      keyOffset,
      keyLength,
      length,
    );
  }

  #beginValue(
    word0: number,
    database: number,
    number: number,
    elements: number,
    pieces: number,
    more: Uint8Array,
  ): void {
    const at = this.#begin(RecordKind.BEGIN, word0, database, number, BeginPayload.BYTES + more.length);
    const { region } = this.#writer!;
    region.dv.setUint32(at + BeginPayload.ELEMENTS, elements, true);
    region.dv.setUint32(at + BeginPayload.PIECES, pieces, true);
    copyAll(more, region, at + BeginPayload.BYTES);
    this.#writer!.end();
  }

  #freezeString(word0: number, database: number): void {
    const { segment, offset, word1, payloadSegment, payloadOffset, payloadLength } = this.#view;
    const block = externalPayload(segment, offset, word1);
    const number = ++this.#numbers;
    const bytes = payloadSegment.u8.subarray(payloadOffset, payloadOffset + payloadLength);
    const string = new FrozenString(number, block, bytes);
    this.#beginValue(word0, database, number, payloadLength, Math.ceil(payloadLength / PIECE), NOTHING);
    if (payloadSegment.isHuge) string.borrow(payloadSegment.lend(payloadOffset, payloadLength));
    this.#strings.set(block, string);
    this.#frozen.push(string);
  }

  /** Freezes a value that has structures of its own, or writes it if it is small. */
  #freeze(collection: Collection, word0: number, database: number): void {
    const { payloadSegment, payloadOffset } = this.#view;
    const { types } = this.#keyspace;
    const type = typeIn(word0);
    const encoding: Encoding = encodingIn(word0);
    const number = ++this.#numbers;
    const root = collection.structureOf(payloadSegment, payloadOffset, encoding);
    if (type === ValueType.LIST) {
      const list = new FrozenList(number, root, types.lists.packed);
      this.#beginValue(word0, database, number, types.lists.packed.count(root), list.leaves.count, NOTHING);
      return this.#add(list, list.leaves.count, () => this.#leaves.set(root, list.leaves));
    }
    if (type === ValueType.STREAM) {
      const stream = new FrozenStream(number, root, types.streams);
      const pieces = stream.entries.count;
      this.#beginValue(word0, database, number, types.streams.length(root), pieces, stream.image);
      return this.#add(stream, stream.pieces, () => this.#guardStream(stream));
    }
    const dict = new FrozenDict(number, root, type, this.#elements, this, this.#writer!);
    this.#dicts.set(root, dict);
    const pieces = this.#elements.pageCount(root);
    this.#beginValue(word0, database, number, this.#elements.count(root), pieces, NOTHING);
    this.#add(dict, pieces, () => undefined);
  }

  #add(frozen: Frozen, pieces: number, guard: () => void): void {
    if (pieces <= AT_ONCE) {
      while (!frozen.writeNext(this.#writer!)) {}
      return this.#thaw(frozen);
    }
    guard();
    this.#frozen.push(frozen);
    this.#switchGuards();
  }

  #guardStream({ entries, pending }: FrozenStream): void {
    this.#leaves.set(entries.root, entries);
    for (const leaves of pending) if (leaves.root !== 0) this.#leaves.set(leaves.root, leaves);
  }

  /** A large value has been written. */
  #thaw(frozen: Frozen): void {
    this.#writer!.endValue(frozen.number);
    if (frozen instanceof FrozenDict) this.#dicts.delete(frozen.root);
    else if (frozen instanceof FrozenList) this.#leaves.delete(frozen.leaves.root);
    else if (frozen instanceof FrozenStream) {
      for (const leaves of [frozen.entries, ...frozen.pending]) this.#leaves.delete(leaves.root);
    } else if (frozen instanceof FrozenString) {
      this.#strings.delete(frozen.block);
      if (frozen.isOrphaned) this.#keyspace.arena.free(frozen.block);
    }
    this.#switchGuards();
  }

  /** Structures ask only while some of them are frozen. */
  #switchGuards(): void {
    this.#elements.guard = this.#dicts.size > 0 ? this : null;
    const guard = this.#leaves.size > 0 ? this : null;
    for (const tree of this.#trees) tree.guard = guard;
  }
}
