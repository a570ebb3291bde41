/**
 * All data of a server: its databases over one arena, with what they share: the clock, the eviction policy, statistics, and who
 * listens to changes.
 */
import type { Argv } from "../bytes/argv.js";
import { Region } from "../bytes/region.js";
import type { Collection } from "../datatypes/collection.js";
import { DataTypes } from "../datatypes/data-types.js";
import { EncodingLimits } from "../datatypes/limits.js";
import type { Arena } from "../memory/arena.js";
import { Ref } from "../memory/segment.js";
import { ElementDict } from "../structures/dict/element-dict.js";
import { EntryDict } from "../structures/dict/entry-dict.js";
import { ElementView } from "../structures/entry/element-view.js";
import { type Encoding, Entry, EntryView, externalPayload, loadEntry } from "../structures/entry/entry.js";
import { HyperLogLogEditor } from "../structures/hyperloglog/hyperloglog-editor.js";
import { lruClock } from "./access-time.js";
import { Database, StringView } from "./database.js";
import { Expiry } from "./expiry.js";
import { IndexWord } from "./key-index.js";
import { LazyFree } from "./lazy-free.js";
import type { NotifyClass } from "./notify.js";
import { OpenValue, type OpenView } from "./open-value.js";
import { RootWord } from "./root-words.js";
import { Snapshot } from "./snapshot/snapshot.js";

export interface KeyspaceStats {
  hits: number;
  misses: number;
  expiredKeys: number;
  /** Fields of hashes. */
  expiredFields: number;
  evictedKeys: number;
  /** Milliseconds the active expire cycle has run. */
  expireCycleMs: number;
  /** Estimated percentage of expired keys still in memory. */
  stalePercent: number;
  expireTimeCapReached: number;
  lazyFreedObjects: number;
}

export function freshKeyspaceStats(): KeyspaceStats {
  return {
    hits: 0,
    misses: 0,
    expiredKeys: 0,
    expiredFields: 0,
    evictedKeys: 0,
    expireCycleMs: 0,
    stalePercent: 0,
    expireTimeCapReached: 0,
    lazyFreedObjects: 0,
  };
}

export interface KeyspaceOptions {
  arena: Arena;
  /** Number of databases. */
  databaseCount: number;
  /** The key of the hash function: two random 32-bit numbers. */
  hashKey: readonly [number, number];
  /** Returns 32 random bits. */
  random: () => number;
  /** The first of RootWord.COUNT words of the arena's root that this key space may use: 0 unless there are several in one arena. */
  rootWord?: number;
}

/** Who wants to know what happens to keys. All are called while the change is being made, and must not change data. */
export interface KeyspaceListener {
  /** A key's value changed, or it came or went. */
  touched(db: Database, argv: Argv, i: number): void;
  /** A keyspace event of a class that is switched on. */
  notify(notifyClass: NotifyClass, event: string, db: Database, argv: Argv, i: number): void;
  /** A key was removed by expiry or eviction, which replicas must be told. */
  removed(reason: "expired" | "evicted", db: Database, argv: Argv, i: number): void;
  /** A field, whose name lies in `field`, was removed by expiry from the hash at a key, which replicas must be told. */
  fieldRemoved(db: Database, argv: Argv, i: number, field: Region, offset: number, length: number): void;
  /** A database is about to be emptied (null: all of them), or two are about to be exchanged. */
  flushing(db: Database | null): void;
  swapping(a: Database, b: Database): void;
}

const SILENT: KeyspaceListener = {
  touched() {},
  notify() {},
  removed() {},
  fieldRemoved() {},
  flushing() {},
  swapping() {},
};

export class Keyspace {
  readonly arena: Arena;
  readonly dict: EntryDict;
  readonly databaseCount: number;
  readonly random: () => number;
  /** Milliseconds since 1970; set by the dispatcher, decides what is expired. */
  nowMs = 0;
  lruClock = 0;
  /** True when entries keep LFU counters rather than access times. */
  isLfu = false;
  lfuLogFactor = 10;
  lfuDecayMinutes = 1;
  /** False while lookups must not refresh access times (CLIENT NO-TOUCH). */
  touchOnAccess = true;
  /** What becomes of what has expired. */
  expiry: Expiry = Expiry.REMOVED;
  /** What expires before this, ms since 1970, has expired. */
  expiredBeforeMs = 0;
  /** The mark of entries that no snapshot has yet to see: 0 or Entry.MARK; set by `flipMark`. */
  mark = 0;
  /** Bits of NotifyClass that are switched on. */
  notifyFlags = 0;
  /** Changes since the start; whoever propagates compares it before and after. */
  dirty = 0;
  listener: KeyspaceListener = SILENT;
  stats = freshKeyspaceStats();
  /** The string a command is working on; free for any command, not kept across calls that load another. */
  readonly value = new StringView();
  /** The collection a command reads; as `value`. */
  readonly view: OpenView = new OpenValue();
  /** The collections a command changes or makes; as `value`. */
  readonly slot = new OpenValue();
  readonly secondSlot = new OpenValue();
  /** The element of a collection a command is working on, as `value`. */
  readonly element = new ElementView();
  /** Where collections change their encoding. */
  readonly limits = new EncodingLimits();
  readonly types: DataTypes;
  /** Room to format a number in; used and done with at once. */
  readonly scratch = Region.allocate(64);
  /** The HyperLogLog a command is working on, as `value`. */
  readonly hyperloglog = new HyperLogLogEditor();
  readonly #databases: (Database | undefined)[] = [];
  /** Where the indexes of the databases note where they are (key-index.ts). */
  readonly indexTable: number;
  readonly #rootWord: number;
  /** What is being freed in slices. */
  readonly lazyFree: LazyFree;
  readonly snapshot: Snapshot;
  readonly #view = new EntryView();

  constructor(options: KeyspaceOptions) {
    this.arena = options.arena;
    this.databaseCount = options.databaseCount;
    this.random = options.random;
    this.dict = new EntryDict(options.arena, options.hashKey[0], options.hashKey[1]);
    const elements = new ElementDict(options.arena, options.hashKey[0], options.hashKey[1]);
    this.types = new DataTypes({
      arena: options.arena,
      elements,
      limits: this.limits,
      clock: this,
      random: options.random,
    });
    const rootWord = options.rootWord ?? 0;
    this.#rootWord = rootWord;
    this.indexTable = createIndexTable(options.arena, options.databaseCount);
    options.arena.setRootWord(rootWord + RootWord.DATABASES, this.indexTable);
    for (let i = 0; i < 2; i++) options.arena.setRootWord(rootWord + RootWord.HASH_KEY + i, options.hashKey[i]!);
    this.lazyFree = new LazyFree(this, rootWord);
    this.snapshot = new Snapshot(this, elements);
  }

  setNow(nowMs: number): void {
    this.nowMs = nowMs;
    this.expiredBeforeMs = this.expiry === Expiry.KEPT ? Number.NEGATIVE_INFINITY : nowMs;
    this.lruClock = lruClock(nowMs);
  }

  /** A snapshot begins: no entry that is there now has been seen by it. */
  flipMark(): void {
    this.mark ^= Entry.MARK;
    this.arena.setRootWord(this.#rootWord + RootWord.MARK, this.mark);
  }

  setExpiry(expiry: Expiry): void {
    this.expiry = expiry;
    this.setNow(this.nowMs);
  }

  /** Whether what is to expire at this time would be gone at once. */
  isPast(expireAtMs: number): boolean {
    return this.expiry !== Expiry.KEPT && expireAtMs <= this.nowMs;
  }

  /** The database with this index, made on first use. */
  database(index: number): Database {
    let db = this.#databases[index];
    if (db === undefined) {
      db = new Database(this, index);
      this.#databases[index] = db;
    }
    return db;
  }

  /** The database with this index, null while it has never been used. */
  existing(index: number): Database | null {
    return this.#databases[index] ?? null;
  }

  /** The databases that were ever used. */
  *used(): Iterable<Database> {
    for (const db of this.#databases) if (db !== undefined) yield db;
  }

  /** Entries in all databases. */
  get size(): number {
    let size = 0;
    for (const db of this.used()) size += db.size;
    return size;
  }

  /** Bytes that the system has given and no data uses. */
  get unusedBytes(): number {
    return this.arena.unusedBytes;
  }

  /** Bytes of memory dropped since the start. */
  get droppedBytes(): number {
    return this.arena.droppedBytes;
  }

  /** As `Arena.trim`, when nothing uses the databases; an empty one gives up its index, whose few blocks would hold large pages. */
  trim(least: number, moveLimit: number): number {
    for (const db of this.used()) db.releaseEmptyIndex();
    return this.arena.trim(least, moveLimit);
  }

  /** SWAPDB: exchanges the contents of two databases. */
  swap(a: number, b: number): void {
    const left = this.database(a);
    const right = this.database(b);
    this.listener.swapping(left, right);
    left.exchangeContents(right);
  }

  /** Gives an entry whose payload is a copy its own structures. Throws OutOfMemory; the entry's own blocks stay the caller's. */
  duplicateStructures(ref: number): void {
    this.#load(ref);
    const view = this.#view;
    const encoding = encodingOf(view);
    this.#structuredBy(view, encoding)?.duplicate(view.payloadSegment, view.payloadOffset, encoding);
  }

  /** Bytes of the blocks that an entry's payload refers to. */
  structureBytes(ref: number, samples: number): number {
    this.#load(ref);
    const view = this.#view;
    const encoding = encodingOf(view);
    const collection = this.#structuredBy(view, encoding);
    return collection === null ? 0 : collection.memoryBytes(view.payloadSegment, view.payloadOffset, encoding, samples);
  }

  /** Visits the blocks of one entry. */
  eachEntryBlock(ref: number, visit: (ref: number) => void): void {
    this.#load(ref);
    const { segment, offset, word1, payloadSegment, payloadOffset } = this.#view;
    const encoding = encodingOf(this.#view);
    const collection = this.#structuredBy(this.#view, encoding);
    const external = externalPayload(segment, offset, word1);
    visit(ref);
    if (external !== 0) visit(external);
    collection?.eachBlock(payloadSegment, payloadOffset, encoding, visit);
  }

  #load(ref: number): void {
    loadEntry(this.arena, ref, this.#view);
  }

  #structuredBy(view: EntryView, encoding: Encoding): Collection | null {
    const collection = this.types.collection(view.segment.u32[view.offset >> 2]! & Entry.TYPE);
    return collection?.isStructured(encoding) ? collection : null;
  }

  /** Refs of every block the keyspace owns, for `Arena.verify`. */
  liveBlocks(): number[] {
    const refs: number[] = [this.indexTable];
    for (const db of this.used()) db.eachBlock((ref) => refs.push(ref));
    this.lazyFree.eachBlock((ref) => refs.push(ref));
    this.snapshot.eachBlock((ref) => refs.push(ref));
    return refs;
  }
}

function createIndexTable(arena: Arena, databaseCount: number): number {
  const words = databaseCount * IndexWord.COUNT;
  const table = arena.allocate(words * 4);
  const at = (table & Ref.UNIT) << 1;
  arena.segments[table >>> Ref.SEGMENT_SHIFT]!.u32.fill(0, at, at + words);
  return table;
}

function encodingOf(view: EntryView): Encoding {
  return (view.segment.u32[view.offset >> 2]! & Entry.ENCODING) >>> Entry.ENCODING_SHIFT;
}
