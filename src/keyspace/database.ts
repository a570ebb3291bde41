/**
 * One numbered database: keys with their values, looked up, changed, expired and walked.
 *
 * A key is given as argument `i` of an argv; an entry is a ref, 0 when there is none, valid until the next change to the keyspace.
 * Everything that changes an entry's place allocates first, so that OutOfMemory leaves the data as it was.
 *
 * One piece because every call works on what the look-up before it has found, and all that changes an entry has to pass `#willChange`.
 */
import { Argv } from "../bytes/argv.js";
import { parseInt64, parseInteger } from "../bytes/integer.js";
import type { Loan } from "../bytes/loan.js";
import { clearBytes, copyBytes, Region } from "../bytes/region.js";
import { Arena } from "../memory/arena.js";
import { Ref, Segment } from "../memory/segment.js";
import { DICT_AHEAD_LIMIT, type EntryVisitor, PAGES_END } from "../structures/dict/dict.js";
import {
  Encoding,
  Entry,
  EntryView,
  expireAtOf,
  externalPayload,
  externalPayloadWord,
  loadEntry,
  ValueType,
} from "../structures/entry/entry.js";
import { EntryWriter } from "../structures/entry/entry-writer.js";
import { idleSeconds, Lfu, lfuDecayed, lfuField, lfuTouched, lruBefore } from "./access-time.js";
import { Expiry } from "./expiry.js";
import { KeyIndex } from "./key-index.js";
import type { Keyspace } from "./keyspace.js";
import type { LazyFree } from "./lazy-free.js";
import { NotifyClass } from "./notify.js";
import type { OpenValue, OpenView } from "./open-value.js";

const EMPTY = new Region(new Uint8Array(0));

/** Where the bytes of a string value lie; filled by `loadString`, reused by its owner. */
export class StringView {
  region: Region = EMPTY;
  offset = 0;
  length = 0;

  /** Lends `length` bytes from `start` on, to be read later; null for strings that lie among other data. */
  lend(start: number, length: number): Loan | null {
    const { region } = this;
    return region instanceof Segment && region.isHuge ? region.lend(this.offset + start, length) : null;
  }
}

/** For `setString`: leave the expiry as it is. */
export const KEEP_TTL = -1;

/** Strings up to this length are "embstr" (Redis' OBJ_ENCODING_EMBSTR_SIZE_LIMIT). */
const EMBSTR_MAX = 44;

/** Keys prepared at a time. */
export const LOOK_AHEAD = DICT_AHEAD_LIMIT;

/** Databases smaller than this are in the processor's cache anyway. */
export const LOOK_AHEAD_SIZE = 16384;

/** Random entries that may have expired before one that has not is searched for. */
const RANDOM_TRIES = 100;

/** FLUSHALL SYNC frees this many keys or elements at once and leaves the rest to slices. */
const FLUSH_SYNC_ELEMENTS = 100_000;

/** By Encoding. */
const ENCODING_NAMES: Readonly<Record<number, string>> = {
  ...["raw", "int", "embstr", "listpack", "intset", "hashtable", "quicklist", "skiplist", "stream"],
  [Encoding.LISTPACKEX]: "listpackex",
  [Encoding.HASHTABLEEX]: "hashtable",
};

export class Database {
  readonly #keyspace: Keyspace;
  readonly #arena: Arena;
  readonly #segments: Segment[];
  readonly #keys: KeyIndex;
  readonly #writer: EntryWriter;
  readonly #lazyFree: LazyFree;
  /** Hash of the key last looked up. */
  #peekedHash = 0;
  readonly #view = new EntryView();
  readonly #aheadOffset = new Int32Array(LOOK_AHEAD);
  readonly #aheadLength = new Int32Array(LOOK_AHEAD);
  /** The key being expired or evicted, as an argument. */
  readonly #argv = new Argv();

  constructor(
    keyspace: Keyspace,
    readonly index: number,
  ) {
    this.#keyspace = keyspace;
    this.#arena = keyspace.arena;
    this.#segments = keyspace.arena.segments;
    this.#keys = new KeyIndex(keyspace.arena, keyspace.dict, keyspace.indexTable, index);
    this.#writer = new EntryWriter(keyspace.arena);
    this.#lazyFree = keyspace.lazyFree;
    this.#argv.count = 1;
  }

  get size(): number {
    return this.#keys.count;
  }

  /** Keys with an expiry. */
  get volatileCount(): number {
    return this.#keys.volatileCount;
  }

  /** Keys that the expire cycle looks at: with an expiry, or with elements that have one. */
  get dueCount(): number {
    return this.#keys.dueCount;
  }

  /** Bytes of the index over the keys. */
  get overheadBytes(): number {
    return this.#keys.overheadBytes;
  }

  /** The index over the keys, for those who walk and sample. */
  get keys(): KeyIndex {
    return this.#keys;
  }

  // Looking up

  /** Finds a key for reading: expires it if due, counts a hit or a miss, refreshes its access time. */
  lookupRead(argv: Argv, i: number): number {
    const ref = this.peek(argv, i);
    const keyspace = this.#keyspace;
    if (ref === 0) {
      keyspace.stats.misses++;
      if ((keyspace.notifyFlags & NotifyClass.KEY_MISS) !== 0) this.notify(NotifyClass.KEY_MISS, "keymiss", argv, i);
      return 0;
    }
    keyspace.stats.hits++;
    if (keyspace.touchOnAccess) this.touchAccess(ref);
    return ref;
  }

  /**
   * Prepares for looking up every `step`th argument from `from` on, as far as there is room: MGET and its like call it every
   * LOOK_AHEAD keys. Worth it only while the keys do not fit the processor's cache.
   */
  lookAhead(argv: Argv, from: number, step: number): void {
    if (this.size < LOOK_AHEAD_SIZE || from + step >= argv.count) return;
    let count = 0;
    for (let i = from; i < argv.count && count < LOOK_AHEAD; i += step) {
      this.#aheadOffset[count] = argv.offset[i]!;
      this.#aheadLength[count++] = argv.length[i]!;
    }
    this.#keys.lookAhead(argv.source, this.#aheadOffset, this.#aheadLength, count);
  }

  /** As `lookAhead`, for keys of commands to come, found in `region`. False when that was not worth it. */
  lookAheadAt(region: Region, offsets: Int32Array, lengths: Int32Array, count: number): boolean {
    return this.size >= LOOK_AHEAD_SIZE && this.#keys.lookAhead(region, offsets, lengths, count);
  }

  /** Finds a key for changing it: expires it if due, refreshes its access time. */
  lookupWrite(argv: Argv, i: number): number {
    const ref = this.peek(argv, i);
    if (ref !== 0 && this.#keyspace.touchOnAccess) this.touchAccess(ref);
    return ref;
  }

  /** Finds a key, expiring it if due, with no other effect. */
  peek(argv: Argv, i: number): number {
    const keys = this.#keys;
    const offset = argv.offset[i]!;
    const length = argv.length[i]!;
    let ref = keys.mayRepeat ? keys.findAgain(argv.source, offset, length) : 0;
    if (ref === 0) {
      const hash = keys.hash(argv.source, offset, length);
      this.#peekedHash = hash;
      ref = keys.find(argv.source, offset, length, hash);
    }
    if (ref === 0 || !this.isExpired(ref)) return ref;
    if (this.#keyspace.expiry === Expiry.REMOVED) this.#expireFound(ref);
    return 0;
  }

  /** True when the key is in memory and has not expired; changes nothing. */
  holdsLive(argv: Argv, i: number): boolean {
    const ref = this.#findAny(argv, i);
    return ref !== 0 && !this.isExpired(ref);
  }

  /** True when the key has expired and is still in memory; changes nothing. */
  holdsExpired(argv: Argv, i: number): boolean {
    const ref = this.#findAny(argv, i);
    return ref !== 0 && this.isExpired(ref);
  }

  /** True when an entry's time is over: later than its expiry, not at it, as in Redis. */
  isExpired(ref: number): boolean {
    const segment = this.#segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const offset = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    return (
      segment.u32[(offset >> 2) + 1]! >= Entry.EXPIRE &&
      segment.f64[(offset >> 3) + 1]! < this.#keyspace.expiredBeforeMs
    );
  }

  type(ref: number): ValueType {
    return this.#word0(ref) & Entry.TYPE;
  }

  encoding(ref: number): Encoding {
    return (this.#word0(ref) & Entry.ENCODING) >>> Entry.ENCODING_SHIFT;
  }

  /** As OBJECT ENCODING prints it. */
  encodingName(ref: number): string {
    return ENCODING_NAMES[this.encoding(ref)]!;
  }

  /** Where an entry's parts lie. */
  loadEntry(ref: number, view: EntryView): void {
    loadEntry(this.#arena, ref, view);
  }

  /** Where the bytes of a string value lie, to be read; valid until the next change. */
  loadString(ref: number, view: StringView): void {
    const segment = this.#segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const offset = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    const word1 = segment.u32[(offset >> 2) + 1]!;
    if ((word1 & (Entry.LONG | Entry.EXTERNAL)) === 0) {
      view.region = segment;
      view.offset = offset + 8 + ((word1 >>> 28) & 8) + ((word1 >>> Entry.KEY_SHIFT) & Entry.KEY_MAX);
      view.length = word1 & Entry.PAYLOAD_MAX;
      return;
    }
    const entry = this.#view;
    loadEntry(this.#arena, ref, entry);
    view.region = entry.payloadSegment;
    view.offset = entry.payloadOffset;
    view.length = entry.payloadLength;
  }

  // Strings

  /**
   * Makes the value of a key a string, whatever it was. `expireAtMs` is ms since 1970, 0 for none, KEEP_TTL to leave it.
   * The source must not lie in the arena. Unless given, the encoding is the one that fits the bytes.
   */
  setString(
    argv: Argv,
    i: number,
    source: Region,
    offset: number,
    length: number,
    expireAtMs: number,
    encoding: Encoding = stringEncoding(source, offset, length),
  ): void {
    const keyOffset = argv.offset[i]!;
    const keyLength = argv.length[i]!;
    const keys = this.#keys;
    const hash = keys.hash(argv.source, keyOffset, keyLength);
    const old = this.#findLive(argv, i, hash);
    if (old !== 0 && expireAtMs === KEEP_TTL) expireAtMs = this.expireAt(old);
    if (expireAtMs < 0) expireAtMs = 0;
    if (old !== 0 && this.#keyspace.isLfu && this.#keyspace.touchOnAccess) this.touchAccess(old);
    if (old !== 0 && this.#overwriteInPlace(old, source, offset, length, encoding, expireAtMs)) return;
    this.#storeString(argv, i, hash, old, source, offset, length, expireAtMs, encoding);
  }

  /** Adds a string without expiry under a key for which a look-up of this database, the last one there was, has just returned 0. */
  createString(argv: Argv, i: number, source: Region, offset: number, length: number, encoding: Encoding): void {
    if (this.#keyspace.expiry !== Expiry.REMOVED) this.setString(argv, i, source, offset, length, 0, encoding);
    else this.#storeString(argv, i, this.#peekedHash, 0, source, offset, length, 0, encoding);
  }

  /**
   * As `setString` with argument `valueAt`, whose memory becomes the value's, without a copy; false when it is not an argument for that.
   * Arguments stay readable until the command is done.
   */
  adoptString(argv: Argv, i: number, valueAt: number, expireAtMs: number): boolean {
    const { source, long } = argv;
    const length = argv.length[valueAt]!;
    if (long === null || long.isTaken || long.offset !== argv.offset[valueAt]) return false;
    const hash = this.#keys.hash(argv.source, argv.offset[i]!, argv.length[i]!);
    const old = this.#findLive(argv, i, hash);
    if (expireAtMs === KEEP_TTL) expireAtMs = old === 0 ? 0 : this.expireAt(old);
    if (old !== 0 && this.#keyspace.isLfu && this.#keyspace.touchOnAccess) this.touchAccess(old);
    const lru = old !== 0 && this.#keyspace.isLfu ? this.#word0(old) >>> Entry.LRU_SHIFT : this.#initialLru();
    const { buffer, byteOffset } = source.u8;
    const start = byteOffset + long.offset;
    const payload = this.#arena.adopt(buffer, start, length, long.end - long.offset);
    let ref: number;
    try {
      ref = this.#writer.createShell(source, argv.offset[i]!, argv.length[i]!, length, expireAtMs, payload);
    } catch (error) {
      this.#arena.free(payload);
      throw error;
    }
    this.#setKind(ref, ValueType.STRING, Encoding.RAW, lru);
    this.#place(argv, i, hash, old, ref, expireAtMs);
    long.take();
    return true;
  }

  /** Puts a string into a new entry in the place of `old`, which may be 0. */
  #storeString(
    argv: Argv,
    i: number,
    hash: number,
    old: number,
    source: Region,
    offset: number,
    length: number,
    expireAtMs: number,
    encoding: Encoding,
  ): void {
    const lru = old !== 0 && this.#keyspace.isLfu ? this.#word0(old) >>> Entry.LRU_SHIFT : this.#initialLru();
    const ref = this.#writer.create(argv.source, argv.offset[i]!, argv.length[i]!, length, expireAtMs);
    this.#setKind(ref, ValueType.STRING, encoding, lru);
    const view = this.#view;
    loadEntry(this.#arena, ref, view);
    copyBytes(source, offset, view.payloadSegment, view.payloadOffset, length);
    this.#place(argv, i, hash, old, ref, expireAtMs);
  }

  /**
   * Makes the string at a key `length` bytes long, creating it when `ref` (from lookupWrite) is 0, and shows its bytes for writing.
   * Bytes beyond the old end are zero; the expiry stays; the encoding becomes raw. Returns the entry's ref, which may be another.
   */
  resizeString(argv: Argv, i: number, ref: number, length: number, view: StringView): number {
    if (ref !== 0) {
      this.#willChange(ref);
      this.loadString(ref, view);
      const oldLength = view.length;
      if (length === oldLength || this.#resizeInPlace(ref, length)) {
        this.loadString(ref, view);
        if (length > oldLength && !this.#isHuge(ref))
          clearBytes(view.region, view.offset + oldLength, length - oldLength);
        this.setEncoding(ref, Encoding.RAW);
        return ref;
      }
    }
    const hash = this.#keys.hash(argv.source, argv.offset[i]!, argv.length[i]!);
    const old = this.#findLive(argv, i, hash);
    const expireAtMs = old === 0 ? 0 : this.expireAt(old);
    if (old !== 0) this.loadString(old, view);
    const from = view.region;
    const fromOffset = view.offset;
    const kept = old === 0 ? 0 : Math.min(view.length, length);
    const isGrowing = old !== 0 && length > kept;
    const created = this.#writer.create(argv.source, argv.offset[i]!, argv.length[i]!, length, expireAtMs, isGrowing);
    const lru = old === 0 ? this.#initialLru() : this.#word0(old) >>> Entry.LRU_SHIFT;
    this.#setKind(created, ValueType.STRING, Encoding.RAW, lru);
    this.loadString(created, view);
    copyBytes(from, fromOffset, view.region, view.offset, kept);
    if (!this.#isHuge(created)) clearBytes(view.region, view.offset + kept, length - kept);
    this.#place(argv, i, hash, old, created, expireAtMs);
    return created;
  }

  /**
   * Shows the string at `ref`, which a look-up has returned, for writing: `length` bytes from `from` on, some of which may be behind its end, are
   * about to be changed in place.
   */
  editString(ref: number, from: number, length: number, view: StringView): void {
    this.#willChange(ref);
    const word1 = this.#segments[ref >>> Ref.SEGMENT_SHIFT]!.u32[((ref & Ref.UNIT) << 1) + 1]!;
    if ((word1 & Entry.EXTERNAL) !== 0) this.#makeChangeable(ref, from, length);
    this.loadString(ref, view);
  }

  /**
   * Whoever is being sent these bytes of a string gets a copy of them. If that is not possible, or not less work, the string moves to another
   * block, in one go.
   */
  #makeChangeable(ref: number, from: number, length: number): void {
    const entry = this.#view;
    loadEntry(this.#arena, ref, entry);
    const { segment, offset, word1, payloadSegment, payloadOffset, payloadLength } = entry;
    const { loanCount } = payloadSegment;
    const { snapshot } = this.#keyspace;
    if (snapshot.hasStrings && from < payloadLength) snapshot.stringChanges(externalPayload(segment, offset, word1));
    if (loanCount === 0 || from >= payloadLength) return;
    length = Math.min(length, payloadLength - from);
    if (length * loanCount < payloadLength && payloadSegment.saveLent(payloadOffset + from, length)) return;
    const lent = externalPayload(segment, offset, word1);
    const moved = this.#arena.allocate(payloadLength);
    const target = this.#segments[moved >>> Ref.SEGMENT_SHIFT]!;
    copyBytes(payloadSegment, payloadOffset, target, (moved & Ref.UNIT) << Ref.UNIT_SHIFT, payloadLength);
    segment.u32[externalPayloadWord(offset, word1)] = moved;
    this.#arena.free(lent);
  }

  /** The segment that the payload of an entry has to itself, null when it has none. */
  hugeSegment(ref: number): Segment | null {
    return this.#isHuge(ref) ? this.#view.payloadSegment : null;
  }

  /**
   * Prepares for making a string longer from `from` on, without anybody seeing it: behind its end there is room up to `length`, and up to
   * `from` the bytes there are zero. Returns the segment that the string then begins and has to itself, null when there is none with
   * room. `ref` is from lookupWrite.
   */
  prepareGrowth(argv: Argv, i: number, ref: number, from: number, length: number): Segment | null {
    this.#willChange(ref);
    const entry = this.#view;
    loadEntry(this.#arena, ref, entry);
    const oldLength = entry.payloadLength;
    let external = externalPayload(entry.segment, entry.offset, entry.word1);
    if (external === 0 || !entry.payloadSegment.isHuge) {
      const expireAtMs = this.expireAt(ref);
      const value = this.#keyspace.value;
      this.loadString(ref, value);
      const created = this.#writer.create(argv.source, argv.offset[i]!, argv.length[i]!, length, expireAtMs);
      this.#setWord0(created, (this.#word0(ref) & ~Entry.ENCODING) | (Encoding.RAW << Entry.ENCODING_SHIFT));
      loadEntry(this.#arena, created, entry);
      copyBytes(value.region, value.offset, entry.payloadSegment, entry.payloadOffset, oldLength);
      this.#writer.setPayloadLength(created, oldLength);
      const hash = this.#keys.hash(argv.source, argv.offset[i]!, argv.length[i]!);
      this.#place(argv, i, hash, this.#findLive(argv, i, hash), created, expireAtMs);
      loadEntry(this.#arena, created, entry);
      external = externalPayload(entry.segment, entry.offset, entry.word1);
      // Fresh from the system.
      entry.payloadSegment.touchedBytes = oldLength;
    }
    const segment = entry.payloadSegment;
    if (!segment.isHuge || !this.#arena.grow(external, oldLength, Math.max(from, oldLength))) return null;
    return this.#arena.grow(external, length, length) ? segment : null;
  }

  /** Makes what was written behind the end of a string part of it, after `prepareGrowth`. */
  extendString(ref: number, length: number): void {
    this.#willChange(ref);
    this.#writer.setPayloadLength(ref, length);
    this.setEncoding(ref, Encoding.RAW);
  }

  // Collections

  /** Opens the value of the entry at `ref` for reading. */
  read(ref: number, view: OpenView): void {
    this.#show(ref, view);
  }

  /** Opens the value of the entry at `ref`, which a look-up of argument `i` has returned, for changing it. */
  edit(argv: Argv, i: number, ref: number, slot: OpenValue): void {
    this.#willChange(ref);
    slot.db = this;
    slot.argv = argv;
    slot.i = i;
    slot.isPlaced = true;
    this.#show(ref, slot);
  }

  /**
   * Opens a new value of `length` undefined bytes for a key. It belongs to the slot until `place` puts it into the database, or
   * `abandon` frees it.
   */
  begin(argv: Argv, i: number, type: ValueType, encoding: Encoding, length: number, slot: OpenValue): void {
    const ref = this.#writer.create(argv.source, argv.offset[i]!, argv.length[i]!, length, 0);
    this.#setKind(ref, type, encoding, this.#initialLru());
    slot.db = this;
    slot.argv = argv;
    slot.i = i;
    slot.isPlaced = false;
    this.#show(ref, slot);
  }

  /**
   * Puts a value that was begun into the database, in the place of what the key had, without an expiry. On OutOfMemory it is freed.
   * `isQuiet`: the caller will report the event "new".
   */
  place(slot: OpenValue, isQuiet = false): void {
    try {
      this.#add(slot.argv, slot.i, slot.ref, false, isQuiet);
    } catch (error) {
      this.#lazyFree.freeEntry(this.#keys.root, slot.ref);
      throw error;
    }
    slot.isPlaced = true;
  }

  /** Frees a value that was begun and not placed. */
  abandon(slot: OpenValue): void {
    this.#lazyFree.freeEntry(this.#keys.root, slot.ref);
  }

  /** Changes the size of an open value; for OpenValue. */
  resizeOpen(slot: OpenValue, length: number): void {
    if (this.#resizeInPlace(slot.ref, length)) return this.#show(slot.ref, slot);
    const { argv, i, ref, segment, offset } = slot;
    const isGrowing = length > slot.length;
    const kept = isGrowing ? slot.length : length;
    const expireAtMs = this.expireAt(ref);
    let created: number;
    try {
      created = this.#writer.create(argv.source, argv.offset[i]!, argv.length[i]!, length, expireAtMs, isGrowing);
    } catch (error) {
      if (isGrowing) throw error;
      // What becomes shorter stays where it is, in a block too large for it.
      this.#writer.setPayloadLength(ref, length);
      return this.#show(ref, slot);
    }
    this.#setWord0(created, this.#word0(ref));
    this.#show(created, slot);
    copyBytes(segment, offset, slot.segment, slot.offset, kept);
    if (slot.isPlaced) {
      this.#keys.findRef(ref, this.#keys.hash(argv.source, argv.offset[i]!, argv.length[i]!));
      this.#keys.replaceFound(created);
    }
    this.#lazyFree.freeBlocks(ref);
  }

  /** The due time of an open value has changed; for OpenValue. */
  dueChanged(slot: OpenValue, had: boolean): void {
    const { argv, i, ref } = slot;
    const has = this.#keys.hasDueElements(ref);
    if (this.expireAt(ref) === 0) this.#keys.addDueOnly(Number(has) - Number(had));
    this.#keys.findRef(ref, this.#keys.hash(argv.source, argv.offset[i]!, argv.length[i]!));
    this.#keys.dueFound(this.#keys.dueAtOf(ref));
  }

  setEncoding(ref: number, encoding: Encoding): void {
    this.#setWord0(ref, (this.#word0(ref) & ~Entry.ENCODING) | (encoding << Entry.ENCODING_SHIFT));
  }

  #show(ref: number, slot: OpenView): void {
    const view = this.#view;
    loadEntry(this.#arena, ref, view);
    slot.ref = ref;
    const encoding = (this.#word0(ref) & Entry.ENCODING) >>> Entry.ENCODING_SHIFT;
    slot.show(view.payloadSegment, view.payloadOffset, view.payloadLength, encoding);
  }

  // Removing, expiring, moving

  /** Removes a key with its value; false when there is none. */
  remove(argv: Argv, i: number): boolean {
    const ref = this.peek(argv, i);
    if (ref === 0) return false;
    if (this.#keys.isDueOnly(ref)) this.#keys.addDueOnly(-1);
    this.#keys.removeFound();
    this.#lazyFree.freeEntry(this.#keys.root, ref);
    this.#releaseWhenEmpty();
    return true;
  }

  /** When the entry expires, ms since 1970; 0 when never. */
  expireAt(ref: number): number {
    return expireAtOf(this.#segments[ref >>> Ref.SEGMENT_SHIFT]!, (ref & Ref.UNIT) << Ref.UNIT_SHIFT);
  }

  /** Sets when an existing key expires, or that it does not (0). */
  setExpire(argv: Argv, i: number, expireAtMs: number): void {
    let ref = this.peek(argv, i);
    if (ref === 0) return;
    this.#willChange(ref);
    const segment = this.#segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const offset = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    const hadExpire = segment.u32[(offset >> 2) + 1]! >= Entry.EXPIRE;
    if (hadExpire && expireAtMs !== 0) {
      segment.f64[(offset >> 3) + 1] = expireAtMs;
    } else if (hadExpire || expireAtMs !== 0) {
      const moved = this.#writer.clone(ref, argv.source, argv.offset[i]!, argv.length[i]!, expireAtMs, false);
      if (this.#keys.hasDueElements(ref)) this.#keys.addDueOnly(hadExpire ? 1 : -1);
      this.#keys.replaceFound(moved);
      this.#arena.free(ref);
      ref = moved;
    }
    this.#keys.dueFound(this.#keys.dueAtOf(ref));
  }

  /** Gives the entry of key `from` the other key `to`, in `target`, in the place of what had it; its expiry goes along. */
  moveEntry(argv: Argv, from: number, target: Database, to: number): void {
    const ref = this.peek(argv, from);
    this.#willChange(ref);
    const expireAtMs = this.expireAt(ref);
    const moved = this.#writer.clone(ref, argv.source, argv.offset[to]!, argv.length[to]!, expireAtMs, false);
    try {
      target.#add(argv, to, moved, true);
    } catch (error) {
      // Only the block itself: an external payload still belongs to the old entry.
      this.#arena.free(moved);
      throw error;
    }
    this.#keys.findRef(ref, this.#keys.hash(argv.source, argv.offset[from]!, argv.length[from]!));
    if (this.#keys.isDueOnly(ref)) this.#keys.addDueOnly(-1);
    this.#keys.removeFound();
    this.#arena.free(ref);
    this.#releaseWhenEmpty();
  }

  /** Copies the entry of key `from` to the other key `to` in `target`, in the place of what had it, with its expiry. */
  copyEntry(argv: Argv, from: number, target: Database, to: number): void {
    const ref = this.peek(argv, from);
    const expireAtMs = this.expireAt(ref);
    const copy = this.#writer.clone(ref, argv.source, argv.offset[to]!, argv.length[to]!, expireAtMs, true);
    this.#setKind(copy, this.type(copy), this.encoding(copy), this.#initialLru());
    try {
      this.#keyspace.duplicateStructures(copy);
    } catch (error) {
      this.#lazyFree.freeBlocks(copy);
      throw error;
    }
    try {
      target.#add(argv, to, copy, true);
    } catch (error) {
      this.#lazyFree.freeEntry(this.#keys.root, copy);
      throw error;
    }
  }

  /** Empties the database; returns how many keys it had. What is large is freed in slices, even when not `async`. */
  clear(async: boolean): number {
    const { size } = this;
    const root = this.#keys.detach();
    if (root === 0) return 0;
    this.#lazyFree.addDict(root);
    if (!async) this.#lazyFree.freeSome(FLUSH_SYNC_ELEMENTS);
    return size;
  }

  /** Frees the index of a database that has one and no keys; the next key gets another. */
  releaseEmptyIndex(): void {
    const root = this.#keys.releaseEmpty();
    if (root !== 0) this.#keyspace.snapshot.indexReleased(root);
  }

  exchangeContents(other: Database): void {
    this.#keys.exchange(other.#keys);
  }

  /** Removes an entry that the expire cycle or eviction chose. */
  removeEntry(ref: number, reason: "expired" | "evicted"): void {
    if (this.isPlaced(ref, this.#keyspace.dict.hashOf(ref))) this.#removeFoundFor(ref, reason);
  }

  /** True when an entry of this hash still lies at this place; for eviction, which remembers places. */
  isPlaced(ref: number, hash: number): boolean {
    return this.#keys.findRef(ref, hash);
  }

  // Walking

  /** Visits about `count` entries from `cursor` on; returns the next cursor, 0 at the end. `visit` must not change data. */
  scan(cursor: number, count: number, visit: EntryVisitor): number {
    let visited = 0;
    let steps = count * 10;
    const counting = (ref: number): void => {
      visited++;
      visit(ref);
    };
    do {
      cursor = this.#keys.scan(cursor, counting);
    } while (cursor !== 0 && visited < count && --steps > 0);
    return cursor;
  }

  /** Visits every entry. `visit` must not change data. */
  each(visit: EntryVisitor): void {
    for (let prefix = 0; prefix < PAGES_END; ) prefix = this.visitPage(prefix, visit);
  }

  /**
   * Visits the entries of the page that holds `prefix` (32 leading bits of a hash); returns the prefix where the next page starts,
   * PAGES_END at the end. The database may change between calls, even to another's contents. `visit` must not change data.
   */
  visitPage(prefix: number, visit: EntryVisitor): number {
    return this.#keys.visitPage(prefix, visit);
  }

  /** A random entry that has not expired, 0 when there is none. Takes long only while nearly all have. */
  randomEntry(): number {
    for (let tries = 0; tries < RANDOM_TRIES; tries++) {
      const ref = this.#keys.random(this.#keyspace.random);
      if (ref === 0 || !this.isExpired(ref)) return ref;
      if (this.#keyspace.expiry === Expiry.REMOVED) this.removeEntry(ref, "expired");
    }
    return this.#keys.randomAmong(this.#keyspace.random, (ref) => !this.isExpired(ref));
  }

  // Access times

  idleSeconds(ref: number): number {
    return idleSeconds(this.#word0(ref) >>> Entry.LRU_SHIFT, this.#keyspace.nowMs);
  }

  setIdleSeconds(ref: number, seconds: number): void {
    const lru = lruBefore(this.#keyspace.nowMs, seconds);
    this.#setWord0(ref, (this.#word0(ref) & 0xff) | (lru << Entry.LRU_SHIFT));
  }

  /** The LFU counter after decay. */
  frequency(ref: number): number {
    return lfuDecayed(this.#word0(ref) >>> Entry.LRU_SHIFT, this.#keyspace.nowMs, this.#keyspace.lfuDecayMinutes);
  }

  setFrequency(ref: number, counter: number): void {
    const field = lfuField(this.#keyspace.nowMs, counter);
    this.#setWord0(ref, (this.#word0(ref) & 0xff) | (field << Entry.LRU_SHIFT));
  }

  /** Bytes of memory an entry takes, its share of the index included; of a big collection estimated from `samples` elements (0: all). */
  memoryBytes(ref: number, samples = 5): number {
    const segment = this.#segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const offset = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    const external = externalPayload(segment, offset, segment.u32[(offset >> 2) + 1]!);
    const own = this.#arena.capacity(ref) + (external === 0 ? 0 : this.#arena.capacity(external)) + 8;
    return own + this.#keyspace.structureBytes(ref, samples);
  }

  // Reporting

  /** Reports a change of a key: a write for whoever counts them, a touch for watchers, an event for subscribers. */
  changed(argv: Argv, i: number, notifyClass: NotifyClass, event: string): void {
    this.#keyspace.dirty++;
    this.#keyspace.listener.touched(this, argv, i);
    if ((this.#keyspace.notifyFlags & notifyClass) !== 0)
      this.#keyspace.listener.notify(notifyClass, event, this, argv, i);
  }

  /** As `changed`, without an event. */
  touched(argv: Argv, i: number): void {
    this.#keyspace.dirty++;
    this.#keyspace.listener.touched(this, argv, i);
  }

  /** Reports a keyspace event. */
  notify(notifyClass: NotifyClass, event: string, argv: Argv, i: number): void {
    if ((this.#keyspace.notifyFlags & notifyClass) !== 0)
      this.#keyspace.listener.notify(notifyClass, event, this, argv, i);
  }

  /** Refreshes an entry's access time or counter. */
  touchAccess(ref: number): void {
    const segment = this.#segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const at = (ref & Ref.UNIT) << 1;
    const word0 = segment.u32[at]!;
    const keyspace = this.#keyspace;
    if (!keyspace.isLfu) {
      segment.u32[at] = (word0 & 0xff) | (keyspace.lruClock << Entry.LRU_SHIFT);
      return;
    }
    const random = keyspace.random() / 2 ** 32;
    const field = lfuTouched(
      word0 >>> Entry.LRU_SHIFT,
      keyspace.nowMs,
      keyspace.lfuDecayMinutes,
      keyspace.lfuLogFactor,
      random,
    );
    segment.u32[at] = (word0 & 0xff) | (field << Entry.LRU_SHIFT);
  }

  /** Visits every block this database owns; for `Arena.verify`. */
  eachBlock(visit: (ref: number) => void): void {
    this.#keys.eachBlock(visit);
    this.each((ref) => this.#keyspace.eachEntryBlock(ref, visit));
  }

  // Inside

  #word0(ref: number): number {
    return this.#segments[ref >>> Ref.SEGMENT_SHIFT]!.u32[(ref & Ref.UNIT) << 1]!;
  }

  #setWord0(ref: number, value: number): void {
    this.#segments[ref >>> Ref.SEGMENT_SHIFT]!.u32[(ref & Ref.UNIT) << 1] = value;
  }

  #setKind(ref: number, type: ValueType, encoding: Encoding, lru: number): void {
    const { mark } = this.#keyspace;
    this.#setWord0(ref, type | mark | (encoding << Entry.ENCODING_SHIFT) | (lru << Entry.LRU_SHIFT));
  }

  /** What is at `ref` is about to change where it lies, or to move: a snapshot that has not seen it does so now. */
  #willChange(ref: number): void {
    if (((this.#word0(ref) ^ this.#keyspace.mark) & Entry.MARK) !== 0)
      this.#keyspace.snapshot.save(this.#keys.root, ref);
  }

  #initialLru(): number {
    return this.#keyspace.isLfu ? lfuField(this.#keyspace.nowMs, Lfu.INITIAL) : this.#keyspace.lruClock;
  }

  #findLive(argv: Argv, i: number, hash: number): number {
    const ref = this.#keys.find(argv.source, argv.offset[i]!, argv.length[i]!, hash);
    if (ref === 0 || !this.isExpired(ref)) return ref;
    this.#expireFound(ref);
    return 0;
  }

  #findAny(argv: Argv, i: number): number {
    const offset = argv.offset[i]!;
    const length = argv.length[i]!;
    return this.#keys.find(argv.source, offset, length, this.#keys.hash(argv.source, offset, length));
  }

  #expireFound(ref: number): void {
    this.#removeFoundFor(ref, "expired");
  }

  #removeFoundFor(ref: number, reason: "expired" | "evicted"): void {
    const argv = this.#argv;
    const keyspace = this.#keyspace;
    this.#keyOf(ref, this.#view);
    argv.source = this.#view.segment;
    argv.offset[0] = this.#view.keyOffset;
    argv.length[0] = this.#view.keyLength;
    if (this.#keys.isDueOnly(ref)) this.#keys.addDueOnly(-1);
    this.#keys.removeFound();
    if (reason === "expired") keyspace.stats.expiredKeys++;
    else keyspace.stats.evictedKeys++;
    // The block is still whole: listeners read the key where it lies.
    keyspace.listener.touched(this, argv, 0);
    keyspace.listener.removed(reason, this, argv, 0);
    this.notify(reason === "expired" ? NotifyClass.EXPIRED : NotifyClass.EVICTED, reason, argv, 0);
    this.#lazyFree.freeEntry(this.#keys.root, ref);
    this.#releaseWhenEmpty();
  }

  /** The payload lies in a huge block, which keeps account of the bytes that are zero. */
  #isHuge(ref: number): boolean {
    loadEntry(this.#arena, ref, this.#view);
    return (this.#view.word1 & Entry.EXTERNAL) !== 0 && this.#view.payloadSegment.isHuge;
  }

  #keyOf(ref: number, view: EntryView): void {
    loadEntry(this.#arena, ref, view);
  }

  /** Writes the new string over the old one when it needs a block of the same size and shape. */
  #overwriteInPlace(
    ref: number,
    source: Region,
    offset: number,
    length: number,
    encoding: Encoding,
    expireAtMs: number,
  ): boolean {
    const segment = this.#segments[ref >>> Ref.SEGMENT_SHIFT]!;
    const start = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
    const word0 = segment.u32[start >> 2]!;
    const word1 = segment.u32[(start >> 2) + 1]!;
    if ((word0 & Entry.TYPE) !== ValueType.STRING || (word1 & (Entry.LONG | Entry.EXTERNAL)) !== 0) return false;
    if (word1 >= Entry.EXPIRE !== (expireAtMs !== 0) || length > Entry.INLINE_MAX) return false;
    const keyLength = (word1 >>> Entry.KEY_SHIFT) & Entry.KEY_MAX;
    const oldLength = word1 & Entry.PAYLOAD_MAX;
    const before = 8 + ((word1 >>> 28) & 8) + keyLength;
    if (length !== oldLength && Arena.roundedSize(before + length) !== Arena.roundedSize(before + oldLength))
      return false;
    const { isLfu, lruClock, mark } = this.#keyspace;
    if (((word0 ^ mark) & Entry.MARK) !== 0) this.#keyspace.snapshot.save(this.#keys.root, ref);
    copyBytes(source, offset, segment, start + before, length);
    const lru = isLfu ? word0 >>> Entry.LRU_SHIFT : lruClock;
    segment.u32[start >> 2] = ValueType.STRING | mark | (encoding << Entry.ENCODING_SHIFT) | (lru << Entry.LRU_SHIFT);
    segment.u32[(start >> 2) + 1] = ((word1 & ~Entry.PAYLOAD_MAX) | length) >>> 0;
    if (expireAtMs !== 0) {
      segment.f64[(start >> 3) + 1] = expireAtMs;
      this.#keys.dueFound(expireAtMs);
    }
    return true;
  }

  /** Changes the length of a string within its block. */
  #resizeInPlace(ref: number, length: number): boolean {
    const view = this.#view;
    loadEntry(this.#arena, ref, view);
    const { segment, offset, word1 } = view;
    const external = externalPayload(segment, offset, word1);
    if (length < view.payloadLength / 2) return false;
    if ((word1 & Entry.LONG) === 0 && length > Entry.PAYLOAD_MAX) return false;
    const { snapshot } = this.#keyspace;
    if (snapshot.hasStrings && length < view.payloadLength) snapshot.stringChanges(external);
    if (external === 0) {
      if (length > Entry.INLINE_MAX || view.payloadOffset + length > offset + this.#arena.capacity(ref)) return false;
    } else if (length <= Entry.INLINE_MAX) {
      return false;
    } else if (view.payloadSegment.isHuge) {
      if (!this.#arena.grow(external, Math.min(view.payloadLength, length), length)) return false;
    } else if (length > this.#arena.capacity(external)) {
      return false;
    }
    this.#writer.setPayloadLength(ref, length);
    return true;
  }

  /** Puts a finished entry where the old one (0: none, and then `find` found none) was, and frees that. */
  #place(argv: Argv, i: number, hash: number, old: number, ref: number, expireAtMs: number): void {
    if (old === 0) {
      try {
        this.#insert(argv, i, hash, ref, expireAtMs);
      } catch (error) {
        this.#lazyFree.freeEntry(this.#keys.root, ref);
        throw error;
      }
      return;
    }
    if (this.#keys.isDueOnly(old)) this.#keys.addDueOnly(-1);
    this.#keys.replaceFound(ref);
    this.#keys.dueFound(expireAtMs);
    this.#lazyFree.freeEntry(this.#keys.root, old);
  }

  /**
   * Puts a finished entry under a key, in the place of what had it. It stays the caller's, and nothing changes, when this throws.
   * `isAnother`: what had the key counts as deleted, not as overwritten, so that the event "new" is due in any case.
   */
  #add(argv: Argv, i: number, ref: number, isAnother: boolean, isQuiet = false): void {
    const keys = this.#keys;
    const hash = keys.hash(argv.source, argv.offset[i]!, argv.length[i]!);
    const old = this.#findLive(argv, i, hash);
    const expireAtMs = keys.dueAtOf(ref);
    if (old === 0) {
      this.#insert(argv, i, hash, ref, expireAtMs, isQuiet);
      if (this.#keys.isDueOnly(ref)) this.#keys.addDueOnly(1);
      return;
    }
    this.#keys.addDueOnly(Number(this.#keys.isDueOnly(ref)) - Number(this.#keys.isDueOnly(old)));
    keys.replaceFound(ref);
    keys.dueFound(expireAtMs);
    this.#lazyFree.freeEntry(this.#keys.root, old);
    if (isAnother) this.notify(NotifyClass.NEW, "new", argv, i);
  }

  #insert(argv: Argv, i: number, hash: number, ref: number, expireAtMs: number, isQuiet = false): void {
    this.#keys.insert(hash, ref, expireAtMs);
    if (!isQuiet && (this.#keyspace.notifyFlags & NotifyClass.NEW) !== 0) this.notify(NotifyClass.NEW, "new", argv, i);
  }

  /** An emptied dict of many pages is taken apart, so that its directory does not outlive its keys. */
  #releaseWhenEmpty(): void {
    if (this.#keys.count === 0 && this.#keys.pageCount > 1) this.releaseEmptyIndex();
  }
}

/** What OBJECT ENCODING says of a string set from these bytes. */
function stringEncoding(source: Region, offset: number, length: number): Encoding {
  if (length <= 20 && length > 0) {
    const first = source.u8[offset]!;
    if ((first >= 48 && first <= 57) || first === 45) {
      if (!Number.isNaN(parseInteger(source, offset, length)) || parseInt64(source, offset, length) !== null)
        return Encoding.INT;
    }
  }
  return length <= EMBSTR_MAX ? Encoding.EMBSTR : Encoding.RAW;
}
