/**
 * The index over the keys of one database: which entry a key has. Today one dict; whoever uses it does not know that, so that there can be one for
 * each slot of a cluster. What an index finds is found in it until the next change: the methods named …Found are about that.
 *
 * Where the dict lies, and how many keys are due only for their elements, is kept in the arena, in two words for each database, so that other
 * threads can find it there: the fields here are copies.
 */
import type { Region } from "../bytes/region.js";
import type { Arena } from "../memory/arena.js";
import { Ref } from "../memory/segment.js";
import { type EntryVisitor, PAGES_END } from "../structures/dict/dict.js";
import type { EntryDict } from "../structures/dict/entry-dict.js";
import { expireAtOf } from "../structures/entry/entry.js";

/** What the table in the arena says of a database. */
export const enum IndexWord {
  ROOT = 0,
  DUE_ONLY = 1,
  COUNT = 2,
}

export class KeyIndex {
  readonly #arena: Arena;
  readonly #dict: EntryDict;
  /** The block of the table, and the words of this index in it. */
  readonly #table: number;
  readonly #word: number;
  #root = 0;
  #dueOnly = 0;

  constructor(arena: Arena, dict: EntryDict, table: number, database: number) {
    this.#arena = arena;
    this.#dict = dict;
    this.#table = table;
    this.#word = ((table & Ref.UNIT) << 1) + database * IndexWord.COUNT;
  }

  /** Root of the dict; 0 while there is none. */
  get root(): number {
    return this.#root;
  }

  get count(): number {
    return this.#root === 0 ? 0 : this.#dict.count(this.#root);
  }

  /** Keys that expire, or have elements that do. */
  get dueCount(): number {
    return this.#root === 0 ? 0 : this.#dict.volatileCount(this.#root);
  }

  /** Keys that expire. */
  get volatileCount(): number {
    return this.dueCount - this.#dueOnly;
  }

  get pageCount(): number {
    return this.#root === 0 ? 0 : this.#dict.pageCount(this.#root);
  }

  /** Bytes of the index. */
  get overheadBytes(): number {
    return this.#root === 0 ? 0 : this.#dict.overheadBytes(this.#root);
  }

  // Finding

  /** Another key may be the one found last, so that `findAgain` is worth it. */
  get mayRepeat(): boolean {
    return this.#root !== 0 && this.#dict.mayRepeat;
  }

  hash(region: Region, offset: number, length: number): number {
    return this.#dict.hash(region, offset, length);
  }

  findAgain(region: Region, offset: number, length: number): number {
    return this.#dict.findAgain(this.#root, region, offset, length);
  }

  /** The entry of a key with this hash; 0 when there is none. */
  find(region: Region, offset: number, length: number, hash: number): number {
    return this.#root === 0 ? 0 : this.#dict.find(this.#root, region, offset, length, hash);
  }

  /** Finds an entry by its place: false when none of that hash lies there any more. Reads no key. */
  findRef(ref: number, hash: number): boolean {
    return this.#root !== 0 && this.#dict.findRef(this.#root, ref, hash);
  }

  /** Prepares for finding several keys; see `Dict.lookAhead`. There must be some. */
  lookAhead(region: Region, offsets: Int32Array, lengths: Int32Array, count: number): boolean {
    return this.#dict.lookAhead(this.#root, region, offsets, lengths, count);
  }

  // Changing

  /** Adds an entry whose key, of this hash, is not there; it is due at `dueAtMs`, 0 for never. Throws OutOfMemory with nothing changed. */
  insert(hash: number, ref: number, dueAtMs: number): void {
    if (this.#root === 0) this.#setRoot(this.#dict.create());
    this.#dict.insert(this.#root, hash, ref, dueAtMs);
  }

  /** The entry that was found has moved to `ref`. */
  replaceFound(ref: number): void {
    this.#dict.replaceFound(this.#root, ref);
  }

  /** The entry that was found is now due at `dueAtMs`, 0 for never. */
  dueFound(dueAtMs: number): void {
    this.#dict.expireFound(this.#root, dueAtMs);
  }

  /** Takes out the entry that was found. */
  removeFound(): void {
    this.#dict.removeFound(this.#root);
  }

  /** When the expire cycle has something to do for an entry: for the key or for its elements. */
  dueAtOf(ref: number): number {
    return this.#dict.expireAtOf(ref);
  }

  /** True when elements of the value expire. */
  hasDueElements(ref: number): boolean {
    return this.#dict.dueAtOf(ref) !== 0;
  }

  /** True when only elements of the value expire, not the key. */
  isDueOnly(ref: number): boolean {
    const segment = this.#arena.segments[ref >>> Ref.SEGMENT_SHIFT]!;
    return this.#dict.dueAtOf(ref) !== 0 && expireAtOf(segment, (ref & Ref.UNIT) << Ref.UNIT_SHIFT) === 0;
  }

  /** So many keys more are due only for their elements. */
  addDueOnly(count: number): void {
    if (count !== 0) this.#setDueOnly(this.#dueOnly + count);
  }

  // As a whole

  /** Gives the dict away, with all entries; returns its root. */
  detach(): number {
    const root = this.#root;
    this.#setRoot(0);
    this.#setDueOnly(0);
    return root;
  }

  /** Frees the dict if it is empty; returns its root then, else 0. */
  releaseEmpty(): number {
    const root = this.#root;
    if (root === 0 || this.#dict.count(root) !== 0) return 0;
    this.#dict.drain(root, Number.POSITIVE_INFINITY, () => {});
    this.#setRoot(0);
    return root;
  }

  exchange(other: KeyIndex): void {
    const root = this.#root;
    const dueOnly = this.#dueOnly;
    this.#setRoot(other.#root);
    this.#setDueOnly(other.#dueOnly);
    other.#setRoot(root);
    other.#setDueOnly(dueOnly);
  }

  // Walking: see the methods of Dict that have the same names.

  scan(cursor: number, visit: EntryVisitor): number {
    return this.#root === 0 ? 0 : this.#dict.scan(this.#root, cursor, visit);
  }

  visitPage(prefix: number, visit: EntryVisitor): number {
    return this.#root === 0 ? PAGES_END : this.#dict.visitPage(this.#root, prefix, visit);
  }

  /** Visits up to `limit` entries behind a random place; returns how many. */
  sample(random: number, limit: number, dueOnly: boolean, maxPages: number, visit: EntryVisitor): number {
    return this.#root === 0 ? 0 : this.#dict.sample(this.#root, random, limit, dueOnly, maxPages, visit);
  }

  random(random: () => number): number {
    return this.#root === 0 ? 0 : this.#dict.random(this.#root, random);
  }

  randomAmong(random: () => number, accepts: (ref: number) => boolean): number {
    return this.#root === 0 ? 0 : this.#dict.randomAmong(this.#root, random, accepts);
  }

  /** Where the expire cycle goes on. */
  get sweepPosition(): number {
    return this.#root === 0 ? PAGES_END : this.#dict.sweepPosition(this.#root);
  }

  set sweepPosition(prefix: number) {
    if (this.#root !== 0) this.#dict.setSweepPosition(this.#root, prefix);
  }

  sweepPage(prefix: number, nowMs: number, due: Uint32Array): number {
    return this.#dict.sweepPage(this.#root, prefix, nowMs, due);
  }

  /** Visits every block of the index, not the entries. */
  eachBlock(visit: (ref: number) => void): void {
    if (this.#root !== 0) this.#dict.eachBlock(this.#root, visit);
  }

  #setRoot(root: number): void {
    this.#root = root;
    this.#words[this.#word + IndexWord.ROOT] = root;
  }

  #setDueOnly(count: number): void {
    this.#dueOnly = count;
    this.#words[this.#word + IndexWord.DUE_ONLY] = count;
  }

  get #words(): Uint32Array {
    return this.#arena.segments[this.#table >>> Ref.SEGMENT_SHIFT]!.u32;
  }
}
