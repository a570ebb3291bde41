/**
 * What is no key's any more and takes long to free: the indexes of flushed databases with their entries, big collections. They wait in two
 * lists, which lie in the arena as what they list does, and are freed in slices.
 *
 *     root-words.ts          first dict | first record | how many entries and records wait
 *     dict                   the last word of its root links to the next
 *     record                 word 0 type and encoding as in an entry | word 1 next record | payload as in an entry
 *
 * A record is the block of the value's entry, written over: header, key and expiry are gone, the payload has moved up to where they were.
 * So nothing has to be allocated in order to free.
 */
import { moveBytes } from "../bytes/region.js";
import type { Collection } from "../datatypes/collection.js";
import type { Arena } from "../memory/arena.js";
import { Ref } from "../memory/segment.js";
import { PAGES_END } from "../structures/dict/dict.js";
import { type Encoding, Entry, EntryView, externalPayload, loadEntry, ValueType } from "../structures/entry/entry.js";
import type { Keyspace } from "./keyspace.js";
import { RootWord } from "./root-words.js";

/** Collections with more elements than this are freed in slices. */
const RELEASED_AT_ONCE = 64;

const enum RecordLayout {
  /** Word. */
  NEXT = 1,
  /** Offset of the payload. */
  PAYLOAD = 8,
}

export class LazyFree {
  readonly #keyspace: Keyspace;
  readonly #arena: Arena;
  readonly #rootWord: number;
  readonly #view = new EntryView();
  /** The dict whose entries are being freed. */
  #draining = 0;
  /** Elements that `#freeDrained` has freed. */
  #freed = 0;
  readonly #freeDrained = (ref: number): void => {
    this.#freed += this.freeEntry(this.#draining, ref);
    this.#pending--;
    this.#keyspace.stats.lazyFreedObjects++;
  };

  /** `rootWord`: the first word of the arena's root that is the key space's. */
  constructor(keyspace: Keyspace, rootWord: number) {
    this.#keyspace = keyspace;
    this.#arena = keyspace.arena;
    this.#rootWord = rootWord;
  }

  /** Is there anything to free? */
  get isPending(): boolean {
    return this.#dicts !== 0 || this.#records !== 0;
  }

  /** Entries and records that wait; none may be left of a dict that is. */
  get pendingCount(): number {
    return this.#arena.rootWord(this.#rootWord + RootWord.FREED_PENDING);
  }

  /** Takes over a dict that is no database's any more, with its entries. */
  addDict(root: number): void {
    const { dict, snapshot } = this.#keyspace;
    snapshot.detached(root);
    dict.setNext(root, this.#dicts);
    this.#dicts = root;
    this.#pending += dict.count(root);
  }

  /** Frees a record, of which word 0 and the payload are written, with all that it refers to: a big one later. */
  freeRecord(ref: number): void {
    const word0 = this.#word(ref, 0);
    const encoding = encodingIn(word0);
    const collection = this.#structuredBy(word0)!;
    const segment = this.#arena.segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const payload = payloadOf(ref);
    if (collection.weight(segment, payload, encoding) > RELEASED_AT_ONCE) return this.#addRecord(ref);
    collection.release(segment, payload, encoding, Number.POSITIVE_INFINITY);
    this.#arena.free(ref);
  }

  /**
   * Frees an entry that is in no dict any more, and was in this one if in any, with its value, or a big value later. Returns how many elements
   * that were, at least 1.
   */
  freeEntry(root: number, ref: number): number {
    const word0 = this.#word(ref, 0);
    if (((word0 ^ this.#keyspace.mark) & Entry.MARK) !== 0) this.#keyspace.snapshot.save(root, ref);
    if ((word0 & Entry.TYPE) === ValueType.STRING) {
      this.freeBlocks(ref);
      return 1;
    }
    const view = this.#view;
    loadEntry(this.#arena, ref, view);
    const encoding = encodingIn(word0);
    const collection = this.#structuredBy(word0);
    let weight = 0;
    if (collection !== null) {
      weight = collection.weight(view.payloadSegment, view.payloadOffset, encoding);
      if (weight > RELEASED_AT_ONCE) {
        this.#toRecord(ref, word0);
        return 1;
      }
      collection.release(view.payloadSegment, view.payloadOffset, encoding, Number.POSITIVE_INFINITY);
    }
    this.freeBlocks(ref);
    return weight + 1;
  }

  /** Frees an entry's own blocks, not what its payload refers to. */
  freeBlocks(ref: number): void {
    const segment = this.#arena.segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const offset = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    const external = externalPayload(segment, offset, segment.u32[(offset >> 2) + 1]!);
    if (external !== 0) this.#freePayload(external);
    this.#arena.free(ref);
  }

  #freePayload(block: number): void {
    const { snapshot } = this.#keyspace;
    if (!snapshot.hasStrings || !snapshot.keepsBlock(block)) this.#arena.free(block);
  }

  /** Frees about `limit` elements; returns true while there is more to do. */
  freeSome(limit: number): boolean {
    const { dict } = this.#keyspace;
    limit = this.#freeRecords(limit);
    while (limit > 0 && this.#dicts !== 0) {
      const root = this.#dicts;
      const next = dict.next(root);
      this.#freed = 0;
      this.#draining = root;
      // A page at a time.
      if (dict.drain(root, 1, this.#freeDrained)) {
        this.#dicts = next;
        this.#keyspace.snapshot.indexReleased(root);
      }
      limit = this.#freeRecords(limit - this.#freed - 1);
    }
    return this.isPending;
  }

  /** Visits every block that waits. */
  eachBlock(visit: (ref: number) => void): void {
    const { dict } = this.#keyspace;
    for (let root = this.#dicts; root !== 0; root = dict.next(root)) {
      dict.eachBlock(root, visit);
      for (let prefix = dict.drainPosition(root); prefix < PAGES_END; ) {
        prefix = dict.visitPage(root, prefix, (entry) => this.#keyspace.eachEntryBlock(entry, visit));
      }
    }
    for (let ref = this.#records; ref !== 0; ref = this.#word(ref, RecordLayout.NEXT)) {
      const segment = this.#arena.segments[ref >>> Ref.SEGMENT_SHIFT]!;
      const payload = payloadOf(ref);
      const word0 = this.#word(ref, 0);
      visit(ref);
      this.#structuredBy(word0)!.eachBlock(segment, payload, encodingIn(word0), visit);
    }
  }

  /** Frees records, about `limit` elements; returns how many of those are left. */
  #freeRecords(limit: number): number {
    while (limit > 0 && this.#records !== 0) {
      const ref = this.#records;
      const word0 = this.#word(ref, 0);
      const encoding = encodingIn(word0);
      const collection = this.#structuredBy(word0)!;
      const segment = this.#arena.segments[ref >>> Ref.SEGMENT_SHIFT]!;
      const payload = payloadOf(ref);
      const weight = collection.weight(segment, payload, encoding);
      if (!collection.release(segment, payload, encoding, limit)) return 0;
      limit -= weight + 1;
      this.#records = this.#word(ref, RecordLayout.NEXT);
      this.#arena.free(ref);
      this.#pending--;
      this.#keyspace.stats.lazyFreedObjects++;
    }
    return limit;
  }

  #addRecord(ref: number): void {
    this.#setWord(ref, RecordLayout.NEXT, this.#records);
    this.#records = ref;
    this.#pending++;
  }

  /** Makes the entry that `#view` shows a record. */
  #toRecord(ref: number, word0: number): void {
    const { segment, offset, word1, payloadSegment, payloadOffset, payloadLength } = this.#view;
    const external = externalPayload(segment, offset, word1);
    // A payload in a block of its own stays there: the entry's may be too small for it.
    const record = external === 0 ? ref : external;
    moveBytes(payloadSegment, payloadOffset, payloadOf(record), payloadLength);
    if (external !== 0) this.#arena.free(ref);
    this.#setWord(record, 0, word0);
    this.#addRecord(record);
  }

  #structuredBy(word0: number): Collection | null {
    const collection = this.#keyspace.types.collection(word0 & Entry.TYPE);
    return collection?.isStructured(encodingIn(word0)) ? collection : null;
  }

  #word(ref: number, index: number): number {
    return this.#arena.segments[ref >>> Ref.SEGMENT_SHIFT]!.u32[((ref & Ref.UNIT) << 1) + index]!;
  }

  #setWord(ref: number, index: number, value: number): void {
    this.#arena.segments[ref >>> Ref.SEGMENT_SHIFT]!.u32[((ref & Ref.UNIT) << 1) + index] = value;
  }

  get #dicts(): number {
    return this.#arena.rootWord(this.#rootWord + RootWord.FREED_DICTS);
  }

  set #dicts(root: number) {
    this.#arena.setRootWord(this.#rootWord + RootWord.FREED_DICTS, root);
  }

  get #records(): number {
    return this.#arena.rootWord(this.#rootWord + RootWord.FREED_RECORDS);
  }

  set #records(ref: number) {
    this.#arena.setRootWord(this.#rootWord + RootWord.FREED_RECORDS, ref);
  }

  get #pending(): number {
    return this.pendingCount;
  }

  set #pending(count: number) {
    this.#arena.setRootWord(this.#rootWord + RootWord.FREED_PENDING, count);
  }
}

/** Where the payload of a record begins in its segment. */
function payloadOf(record: number): number {
  return ((record & Ref.UNIT) << Ref.UNIT_SHIFT) + RecordLayout.PAYLOAD;
}

function encodingIn(word0: number): Encoding {
  return (word0 & Entry.ENCODING) >>> Entry.ENCODING_SHIFT;
}
