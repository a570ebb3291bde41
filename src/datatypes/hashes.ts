/**
 * Hashes: fields with values, and when a field expires if it does.
 *
 *     small   a run of listpack elements, "listpack", or "listpackex" once a field had an expiry     hash-pack.ts
 *     big     a dict of fields, "hashtable"                                                           field-table.ts
 *
 * A hash becomes big when it has more than hash-max-listpack-entries fields or one that is longer than hash-max-listpack-value, and
 * does not become small again. Fields that have expired and are still there are not seen: they count only in `count`.
 *
 * A hash with expiries has a due time at the start of its payload: not before it, `expire` has something to do. The keyspace finds it
 * there, which is told of each change that matters (`ValueSlot.dueChanged`).
 *
 * One piece because every operation is two short branches, small and big, over the same open hash; what is long in them is in the files above.
 */
import type { Argv } from "../bytes/argv.js";
import type { Region } from "../bytes/region.js";
import type { Arena } from "../memory/arena.js";
import type { Segment } from "../memory/segment.js";
import { PAGES_END } from "../structures/dict/dict.js";
import type { ElementDict } from "../structures/dict/element-dict.js";
import { ElementView } from "../structures/entry/element-view.js";
import { Encoding } from "../structures/entry/entry.js";
import { createField, freeField, loadFieldName, loadFieldValue } from "../structures/entry/field.js";
import * as listpack from "../structures/packed/listpack.js";
import type { Collection } from "./collection.js";
import type { Clock, DataTypeParts } from "./data-types.js";
import { FieldTable } from "./field-table.js";
import {
  addExpiriesToPack,
  appendToPack,
  clearPack,
  dueOf,
  expireInPack,
  expirePack,
  fillPack,
  findInPack,
  HashPack,
  nextInPack,
  packCount,
  packExpireAt,
  packedSize,
  packStart,
  removeFromPack,
  replaceInPack,
  setDueOf,
  soonestInPack,
} from "./hash-pack.js";
import type { EncodingLimits } from "./limits.js";
import type { ValueSlot, ValueView } from "./value-slot.js";

/** For `set`: the expiry of the field stays as it is. */
export const KEEP_FIELD_TTL = -1;

/** What `expireAt` says of a field that is not there. */
export const NO_FIELD = -1;

/** Receives a field while a hash is walked; both views are valid during the call. */
export type FieldVisitor = (field: ElementView, value: ElementView) => void;
type NameVisitor = (field: ElementView) => void;

const ROOT_BYTES = 4;

/** Random fields that may have expired, or been met before, ere the others are searched for. */
const RANDOM_TRIES = 100;

export class Hashes implements Collection {
  readonly #arena: Arena;
  readonly #dict: ElementDict;
  readonly #table: FieldTable;
  readonly #limits: EncodingLimits;
  readonly #clock: Clock;
  /** Values set since somebody made this 0: so a command that runs out of memory knows what it has done. */
  setCount = 0;
  readonly #random: () => number;
  readonly #field = new ElementView();
  readonly #value = new ElementView();

  constructor(parts: DataTypeParts) {
    this.#arena = parts.arena;
    this.#dict = parts.elements;
    this.#table = new FieldTable(parts.arena, parts.elements);
    this.#limits = parts.limits;
    this.#clock = parts.clock;
    this.#random = parts.random;
  }

  // Making

  /** The encoding a new hash of these pairs of arguments gets. */
  encodingFor(argv: Argv, from: number): Encoding.LISTPACK | Encoding.HASHTABLE {
    const { hashMaxListpackValue: limit } = this.#limits;
    if ((argv.count - from) / 2 > this.#maxPacked()) return Encoding.HASHTABLE;
    for (let i = from; i < argv.count; i++) if (argv.length[i]! > limit) return Encoding.HASHTABLE;
    return Encoding.LISTPACK;
  }

  /** Bytes of payload to make such a hash with. */
  sizeFor(encoding: Encoding, argv: Argv, from: number): number {
    return encoding === Encoding.LISTPACK ? packedSize(argv, from) : ROOT_BYTES;
  }

  /** Fills a new payload of that size with pairs of arguments; returns the number of fields. Throws OutOfMemory. */
  fill(slot: ValueSlot, argv: Argv, from: number): number {
    if (slot.encoding === Encoding.LISTPACK) return fillPack(slot, argv, from);
    // Until there is a root, the payload says so: it is released when this throws.
    setRoot(slot, 0);
    setRoot(slot, this.#dict.create());
    return this.setAll(slot, argv, from);
  }

  /** Makes a new payload of `HashPack.COUNT_BYTES` an empty hash. */
  clear(slot: ValueSlot): void {
    clearPack(slot);
  }

  // Reading

  /** Number of fields; some of them may have expired. */
  count(hash: ValueView): number {
    return isPacked(hash.encoding)
      ? packCount(hash)
      : this.#dict.count(rootOf(hash.segment, hash.offset, hash.encoding));
  }

  /** True when none of the fields that `count` counts can have expired. */
  isExact(hash: ValueView): boolean {
    return !hasExpiries(hash.encoding) || (hash.encoding === Encoding.LISTPACKEX && !this.isDue(hash));
  }

  /** Shows the value of a field; false when there is no such field. */
  get(hash: ValueView, source: Region, offset: number, length: number, view: ElementView): boolean {
    const { encoding, segment } = hash;
    if (isPacked(encoding)) {
      const at = findInPack(hash, source, offset, length);
      if (at < 0 || (encoding === Encoding.LISTPACKEX && this.#isOver(packExpireAt(hash, at)))) return false;
      listpack.load(segment, listpack.next(segment, at), view);
      return true;
    }
    const ref = this.#table.find(rootOf(segment, hash.offset, encoding), source, offset, length);
    if (ref === 0 || (encoding === Encoding.HASHTABLEEX && this.#isOver(this.#table.expireAt(ref)))) return false;
    loadFieldValue(this.#arena, ref, view);
    return true;
  }

  /** True when there is such a field. */
  has(hash: ValueView, source: Region, offset: number, length: number): boolean {
    return this.expireAt(hash, source, offset, length) !== NO_FIELD;
  }

  /** When a field expires, ms since 1970; 0 when it does not, NO_FIELD when it is not there. */
  expireAt(hash: ValueView, source: Region, offset: number, length: number): number {
    let expireAtMs: number;
    if (isPacked(hash.encoding)) {
      const at = findInPack(hash, source, offset, length);
      if (at < 0) return NO_FIELD;
      expireAtMs = packExpireAt(hash, at);
    } else {
      const ref = this.#table.find(rootOf(hash.segment, hash.offset, hash.encoding), source, offset, length);
      if (ref === 0) return NO_FIELD;
      expireAtMs = this.#table.expireAt(ref);
    }
    return this.#isOver(expireAtMs) ? NO_FIELD : expireAtMs;
  }

  // Changing

  /**
   * Sets the value of a field; its expiry too, in ms since 1970, 0 = none, unless KEEP_FIELD_TTL. Returns true when the field is new.
   * Neither source may lie in the arena. Throws OutOfMemory; if it was the expiry that could not be set, with the value already there.
   */
  set(
    slot: ValueSlot,
    source: Region,
    offset: number,
    length: number,
    valueSource: Region,
    valueOffset: number,
    valueLength: number,
    expireAtMs = 0,
  ): boolean {
    if (slot.encoding === Encoding.HASHTABLE && expireAtMs <= 0) {
      const root = rootOf(slot.segment, slot.offset, Encoding.HASHTABLE);
      const isNew = this.#table.set(root, source, offset, length, valueSource, valueOffset, valueLength);
      this.setCount++;
      return isNew;
    }
    const isTimed = hasExpiries(slot.encoding);
    const old = isTimed ? this.expireAt(slot, source, offset, length) : 0;
    let isNew = this.#setValue(slot, source, offset, length, valueSource, valueOffset, valueLength);
    this.setCount++;
    if (isTimed && old === NO_FIELD) {
      // What has expired is not there, though its block is still used.
      isNew = true;
      this.setExpireAt(slot, source, offset, length, Math.max(0, expireAtMs));
    } else if (expireAtMs !== KEEP_FIELD_TTL && expireAtMs !== old) {
      this.setExpireAt(slot, source, offset, length, expireAtMs);
    }
    return isNew;
  }

  #setValue(
    slot: ValueSlot,
    source: Region,
    offset: number,
    length: number,
    valueSource: Region,
    valueOffset: number,
    valueLength: number,
  ): boolean {
    if (isPacked(slot.encoding)) {
      const limit = this.#limits.hashMaxListpackValue;
      if (length <= limit && valueLength <= limit) {
        const at = findInPack(slot, source, offset, length);
        const room = this.#maxPacked() - packCount(slot);
        if (at >= 0 && room >= 0) {
          replaceInPack(slot, at, valueSource, valueOffset, valueLength);
          return false;
        }
        if (at < 0 && room > 0) {
          appendToPack(slot, source, offset, length, valueSource, valueOffset, valueLength);
          return true;
        }
      }
      this.#convert(slot);
    }
    const root = rootOf(slot.segment, slot.offset, slot.encoding);
    return this.#table.set(root, source, offset, length, valueSource, valueOffset, valueLength);
  }

  /** Sets fields from pairs of arguments, without expiries; returns how many are new. Throws OutOfMemory with some of them set. */
  setAll(slot: ValueSlot, argv: Argv, from: number): number {
    const { source } = argv;
    if (isPacked(slot.encoding) && argv.count - from > 2) {
      // As in Redis, all the arguments decide before the first one is set.
      if (this.encodingFor(argv, from) === Encoding.HASHTABLE) this.#convert(slot);
    }
    let created = 0;
    for (let i = from; i < argv.count; i += 2) {
      const offset = argv.offset[i]!;
      const length = argv.length[i]!;
      if (this.set(slot, source, offset, length, source, argv.offset[i + 1]!, argv.length[i + 1]!)) created++;
    }
    return created;
  }

  /** Sets when an existing field expires, ms since 1970, 0 = never. Throws OutOfMemory with the data as it was. */
  setExpireAt(slot: ValueSlot, source: Region, offset: number, length: number, expireAtMs: number): void {
    if (!hasExpiries(slot.encoding)) {
      if (expireAtMs === 0) return;
      if (slot.encoding === Encoding.LISTPACK) addExpiriesToPack(slot);
      else addDueToTable(slot);
    }
    let old: number;
    if (slot.encoding === Encoding.LISTPACKEX) {
      const at = findInPack(slot, source, offset, length);
      old = packExpireAt(slot, at);
      expireInPack(slot, at, expireAtMs);
    } else {
      const root = rootOf(slot.segment, slot.offset, slot.encoding);
      const ref = this.#table.find(root, source, offset, length);
      old = this.#table.expireAt(ref);
      this.#table.setExpireAt(root, ref, expireAtMs);
    }
    this.#timeChanged(slot, old, expireAtMs);
  }

  /** Removes a field; false when it is not there. A hash without fields is the caller's to remove. */
  delete(slot: ValueSlot, source: Region, offset: number, length: number): boolean {
    return this.#take(slot, source, offset, length, false);
  }

  /** Removes a field that has expired; false when there is none of this name. A hash without fields is the caller's to remove. */
  deleteExpired(slot: ValueSlot, source: Region, offset: number, length: number): boolean {
    return this.#take(slot, source, offset, length, true);
  }

  #take(slot: ValueSlot, source: Region, offset: number, length: number, isOver: boolean): boolean {
    let old: number;
    if (isPacked(slot.encoding)) {
      const at = findInPack(slot, source, offset, length);
      if (at < 0) return false;
      old = packExpireAt(slot, at);
      if (this.#isOver(old) !== isOver) return false;
      removeFromPack(slot, at);
    } else {
      const root = rootOf(slot.segment, slot.offset, slot.encoding);
      const ref = this.#table.find(root, source, offset, length);
      if (ref === 0) return false;
      old = this.#table.expireAt(ref);
      if (this.#isOver(old) !== isOver) return false;
      this.#table.remove(root, ref);
    }
    if (old !== 0) this.#timeChanged(slot, old, 0);
    return true;
  }

  // Expiring

  /** True when `expire` may have something to do. */
  isDue(hash: ValueView): boolean {
    if (!hasExpiries(hash.encoding)) return false;
    return this.#isOver(dueOf(hash.segment, hash.offset));
  }

  /** Removes fields that have expired, about `limit` of them, and shows their names; returns how many. While more are left, the hash stays due. */
  expire(slot: ValueSlot, limit: number, visit: NameVisitor): number {
    const nowMs = this.#clock.expiredBeforeMs;
    let expired: number;
    let due: number;
    if (slot.encoding === Encoding.LISTPACKEX) {
      expired = expirePack(slot, nowMs, visit);
      due = soonestInPack(slot);
    } else {
      expired = this.#table.expire(rootOf(slot.segment, slot.offset, slot.encoding), nowMs, limit, visit);
      due = this.#table.nextDueMs;
    }
    setDueOf(slot.segment, slot.offset, due);
    slot.dueChanged(true);
    return expired;
  }

  /** A field's expiry was `old` and is now `expireAtMs`; 0 = none. */
  #timeChanged(slot: ValueSlot, old: number, expireAtMs: number): void {
    const due = dueOf(slot.segment, slot.offset);
    let next = due;
    if (expireAtMs !== 0 && (due === 0 || expireAtMs < due)) next = expireAtMs;
    else if (slot.encoding === Encoding.LISTPACKEX) next = old === due ? soonestInPack(slot) : due;
    else if (this.#dict.volatileCount(rootOf(slot.segment, slot.offset, slot.encoding)) === 0) next = 0;
    if (next === due) return;
    setDueOf(slot.segment, slot.offset, next);
    slot.dueChanged(due !== 0);
  }

  #isOver(expireAtMs: number): boolean {
    return expireAtMs !== 0 && expireAtMs < this.#clock.expiredBeforeMs;
  }

  // Walking

  /** Visits every field. `visit` must not change data. */
  each(hash: ValueView, visit: FieldVisitor): void {
    const { encoding, segment } = hash;
    if (isPacked(encoding)) {
      const end = hash.offset + hash.length;
      for (let at = packStart(hash); at < end; at = nextInPack(hash, at)) {
        if (encoding === Encoding.LISTPACK || !this.#isOver(packExpireAt(hash, at)))
          this.#visitPacked(segment, at, visit);
      }
      return;
    }
    const root = rootOf(segment, hash.offset, encoding);
    const visitRef = this.#refVisitor(encoding, visit);
    for (let prefix = 0; prefix < PAGES_END; ) prefix = this.#dict.visitPage(root, prefix, visitRef);
  }

  /** Visits about `count` fields from `cursor` on, all of a small hash; returns the next cursor, 0 at the end. */
  scan(hash: ValueView, cursor: number, count: number, visit: FieldVisitor): number {
    if (isPacked(hash.encoding)) {
      this.each(hash, visit);
      return 0;
    }
    const root = rootOf(hash.segment, hash.offset, hash.encoding);
    let visited = 0;
    const visitRef = this.#refVisitor(hash.encoding, (field, value) => {
      visited++;
      visit(field, value);
    });
    let steps = count * 10;
    do cursor = this.#dict.scan(root, cursor, visitRef);
    while (cursor !== 0 && visited < count && --steps > 0);
    return cursor;
  }

  /** Visits `count` random fields, each time any of them. */
  sample(hash: ValueView, count: number, visit: FieldVisitor): void {
    if (isPacked(hash.encoding)) {
      const places = this.#livePlaces(hash);
      if (places.length === 0) return;
      for (; count > 0; count--) this.#visitPacked(hash.segment, places[this.#random() % places.length]!, visit);
      return;
    }
    const root = rootOf(hash.segment, hash.offset, hash.encoding);
    for (; count > 0; count--) {
      const ref = this.#randomField(root);
      if (ref === 0) break;
      this.#visitRef(ref, visit);
    }
    if (count === 0) return;
    const live = this.#liveFields(root);
    for (; count > 0 && live.length > 0; count--) this.#visitRef(live[this.#random() % live.length]!, visit);
  }

  /** Visits `count` different random fields, or all if there are no more. */
  sampleDistinct(hash: ValueView, count: number, visit: FieldVisitor): void {
    if (count >= this.count(hash)) return this.each(hash, visit);
    if (isPacked(hash.encoding)) {
      const places = this.#livePlaces(hash);
      for (let i = 0, left = places.length; i < places.length && count > 0; i++, left--) {
        if (this.#random() % left >= count) continue;
        count--;
        this.#visitPacked(hash.segment, places[i]!, visit);
      }
      return;
    }
    const root = rootOf(hash.segment, hash.offset, hash.encoding);
    const fields = this.#dict.count(root);
    if (count * 8 < fields) return this.#sampleFew(root, count, visit);
    const seen = new Set<number>();
    if (hash.encoding === Encoding.HASHTABLEEX) return this.#sampleLive(root, count, seen, visit);
    // Each field is taken with the probability that makes up the number wanted from those that are left.
    let left = fields;
    const choose = (ref: number): void => {
      if (this.#random() % left-- >= count) return;
      count--;
      this.#visitRef(ref, visit);
    };
    for (let prefix = 0; prefix < PAGES_END && count > 0; ) prefix = this.#dict.visitPage(root, prefix, choose);
  }

  /** Picks at random until there are `count` different fields; searches for what is left when too many of them have expired. */
  #sampleFew(root: number, count: number, visit: FieldVisitor): void {
    const seen = new Set<number>();
    for (let tries = RANDOM_TRIES + count * 2; tries > 0 && seen.size < count; tries--) {
      const ref = this.#randomField(root);
      if (ref === 0) break;
      if (seen.has(ref)) continue;
      seen.add(ref);
      this.#visitRef(ref, visit);
    }
    if (seen.size < count) this.#sampleLive(root, count - seen.size, seen, visit);
  }

  /** Visits `count` different random fields that were not seen, or all if there are no more. Looks at every field. */
  #sampleLive(root: number, count: number, seen: ReadonlySet<number>, visit: FieldVisitor): void {
    const live = this.#liveFields(root).filter((ref) => !seen.has(ref));
    let left = live.length;
    for (const ref of live) {
      if (this.#random() % left-- >= count) continue;
      this.#visitRef(ref, visit);
      if (--count === 0) return;
    }
  }

  /** A random field that has not expired; 0 when there is none, or there are so few that chance does not meet one. */
  #randomField(root: number): number {
    for (let tries = 0; tries < RANDOM_TRIES; tries++) {
      const ref = this.#dict.random(root, this.#random);
      if (ref === 0 || !this.#isOver(this.#table.expireAt(ref))) return ref;
    }
    return 0;
  }

  /** The fields of a big hash that have not expired. */
  #liveFields(root: number): number[] {
    const live: number[] = [];
    const collect = (ref: number): void => {
      if (!this.#isOver(this.#table.expireAt(ref))) live.push(ref);
    };
    for (let prefix = 0; prefix < PAGES_END; ) prefix = this.#dict.visitPage(root, prefix, collect);
    return live;
  }

  /** Where the fields of a small hash are that have not expired. */
  #livePlaces(hash: ValueView): Int32Array {
    const places = new Int32Array(packCount(hash));
    const end = hash.offset + hash.length;
    let count = 0;
    for (let at = packStart(hash); at < end; at = nextInPack(hash, at)) {
      if (!this.#isOver(packExpireAt(hash, at))) places[count++] = at;
    }
    return places.subarray(0, count);
  }

  #refVisitor(encoding: Encoding, visit: FieldVisitor): (ref: number) => void {
    if (encoding === Encoding.HASHTABLE) return (ref) => this.#visitRef(ref, visit);
    return (ref) => {
      if (!this.#isOver(this.#table.expireAt(ref))) this.#visitRef(ref, visit);
    };
  }

  #visitRef(ref: number, visit: FieldVisitor): void {
    loadFieldName(this.#arena, ref, this.#field);
    loadFieldValue(this.#arena, ref, this.#value);
    visit(this.#field, this.#value);
  }

  #visitPacked(segment: Segment, at: number, visit: FieldVisitor): void {
    listpack.load(segment, at, this.#field);
    listpack.load(segment, listpack.next(segment, at), this.#value);
    visit(this.#field, this.#value);
  }

  // Encodings

  #maxPacked(): number {
    return Math.min(this.#limits.hashMaxListpackEntries, HashPack.MAX_FIELDS);
  }

  /** Makes a small hash a big one. Throws OutOfMemory with nothing changed. */
  #convert(slot: ValueSlot): void {
    const isTimed = slot.encoding === Encoding.LISTPACKEX;
    const due = isTimed ? dueOf(slot.segment, slot.offset) : 0;
    const root = this.#dict.create();
    try {
      const end = slot.offset + slot.length;
      for (let at = packStart(slot); at < end; at = nextInPack(slot, at)) this.#addPacked(root, slot, at);
      const needed = ROOT_BYTES + (isTimed ? HashPack.DUE_BYTES : 0);
      // The payload is at least as long as what replaces it, but for a hash of no fields.
      slot.resize(needed);
    } catch (error) {
      this.#table.release(root, Number.POSITIVE_INFINITY);
      throw error;
    }
    slot.encoding = isTimed ? Encoding.HASHTABLEEX : Encoding.HASHTABLE;
    if (isTimed) setDueOf(slot.segment, slot.offset, due);
    setRoot(slot, root);
  }

  #addPacked(root: number, hash: ValueView, at: number): void {
    const { segment } = hash;
    const field = this.#field;
    const value = this.#value;
    listpack.load(segment, at, field);
    listpack.load(segment, listpack.next(segment, at), value);
    const ref = createField(
      this.#arena,
      field.region,
      field.offset,
      field.length,
      value.region,
      value.offset,
      value.length,
      packExpireAt(hash, at),
    );
    try {
      this.#table.insert(root, ref);
    } catch (error) {
      freeField(this.#arena, ref);
      throw error;
    }
  }

  // Collection

  isStructured(encoding: Encoding): boolean {
    return !isPacked(encoding);
  }

  structureOf(segment: Segment, offset: number, encoding: Encoding): number {
    return rootOf(segment, offset, encoding);
  }

  weight(segment: Segment, offset: number, encoding: Encoding): number {
    const root = rootOf(segment, offset, encoding);
    return root === 0 ? 0 : this.#dict.count(root);
  }

  release(segment: Segment, offset: number, encoding: Encoding, limit: number): boolean {
    const root = rootOf(segment, offset, encoding);
    return root === 0 || this.#table.release(root, limit);
  }

  duplicate(segment: Segment, offset: number, encoding: Encoding): void {
    const copy = this.#table.copy(rootOf(segment, offset, encoding));
    segment.dv.setUint32(offset + rootOffset(encoding), copy, true);
  }

  eachBlock(segment: Segment, offset: number, encoding: Encoding, visit: (ref: number) => void): void {
    const root = rootOf(segment, offset, encoding);
    if (root !== 0) this.#table.eachBlock(root, visit);
  }

  memoryBytes(segment: Segment, offset: number, encoding: Encoding, samples: number): number {
    return this.#table.memoryBytes(rootOf(segment, offset, encoding), samples);
  }

  /** What is wrong with the index of a hash, in words; for tests. */
  verify(hash: ValueView): string[] {
    if (isPacked(hash.encoding)) return [];
    return this.#dict.verify(rootOf(hash.segment, hash.offset, hash.encoding));
  }
}

function isPacked(encoding: Encoding): boolean {
  return encoding === Encoding.LISTPACK || encoding === Encoding.LISTPACKEX;
}

function hasExpiries(encoding: Encoding): boolean {
  return encoding === Encoding.LISTPACKEX || encoding === Encoding.HASHTABLEEX;
}

function rootOffset(encoding: Encoding): number {
  return encoding === Encoding.HASHTABLEEX ? HashPack.DUE_BYTES : 0;
}

function rootOf(segment: Segment, offset: number, encoding: Encoding): number {
  return segment.dv.getUint32(offset + rootOffset(encoding), true);
}

function setRoot(slot: ValueSlot, root: number): void {
  slot.segment.dv.setUint32(slot.offset + rootOffset(slot.encoding), root, true);
}

/** Makes room for a due time: the payload of a hashtable gets one. Throws OutOfMemory with nothing changed. */
function addDueToTable(slot: ValueSlot): void {
  const root = rootOf(slot.segment, slot.offset, Encoding.HASHTABLE);
  slot.resize(HashPack.DUE_BYTES + ROOT_BYTES);
  slot.encoding = Encoding.HASHTABLEEX;
  setDueOf(slot.segment, slot.offset, 0);
  setRoot(slot, root);
}
