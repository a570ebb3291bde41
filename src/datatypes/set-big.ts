/**
 * Big sets: a dict of elements without payload (structures/entry/element.ts), given by its root.
 *
 * A member of 12 bytes takes 13 in a block of 16, and 7.4 to 10.8 bytes of the dict: about 25.
 */
import type { Region } from "../bytes/region.js";
import type { Arena } from "../memory/arena.js";
import { offsetOf, segmentOf } from "../memory/ref.js";
import { PAGES_END } from "../structures/dict/dict.js";
import type { ElementDict } from "../structures/dict/element-dict.js";
import { elementHeadSize, elementKeyLength, elementKeyOffset, writeElementHead } from "../structures/entry/element.js";
import type { ElementView } from "../structures/entry/element-view.js";
import { SetCursor } from "./set-cursor.js";

export class BigSets {
  readonly #arena: Arena;
  readonly #dict: ElementDict;
  readonly #cursor: SetCursor;
  readonly #free = (ref: number): void => this.#arena.free(ref);

  constructor(arena: Arena, dict: ElementDict) {
    this.#arena = arena;
    this.#dict = dict;
    this.#cursor = new SetCursor(dict);
  }

  /** Makes an empty set and returns its root. */
  create(): number {
    return this.#dict.create();
  }

  count(root: number): number {
    return this.#dict.count(root);
  }

  has(root: number, source: Region, offset: number, length: number): boolean {
    return this.#dict.find(root, source, offset, length, this.#dict.hash(source, offset, length)) !== 0;
  }

  /** Adds a member; false when it was there already. */
  add(root: number, source: Region, offset: number, length: number): boolean {
    const hash = this.#dict.hash(source, offset, length);
    if (this.#dict.find(root, source, offset, length, hash) !== 0) return false;
    this.#insert(root, hash, source, offset, length);
    return true;
  }

  #insert(root: number, hash: number, source: Region, offset: number, length: number): void {
    const ref = this.#arena.allocate(elementHeadSize(length, false));
    const segment = segmentOf(this.#arena.segments, ref);
    writeElementHead(segment, offsetOf(ref), source, offset, length, 0, false);
    try {
      this.#dict.insert(root, hash, ref, 0);
    } catch (error) {
      this.#arena.free(ref);
      throw error;
    }
  }

  /** Removes a member; false when it was not there. */
  remove(root: number, source: Region, offset: number, length: number): boolean {
    const ref = this.#dict.find(root, source, offset, length, this.#dict.hash(source, offset, length));
    if (ref === 0) return false;
    this.#dict.removeFound(root);
    this.#arena.free(ref);
    return true;
  }

  /** Removes the member at `ref`. */
  removeRef(root: number, ref: number): void {
    this.#dict.findRef(root, ref, this.#dict.hashOf(ref));
    this.#dict.removeFound(root);
    this.#arena.free(ref);
  }

  /** A random member's ref; every member is equally likely. */
  random(root: number, random: () => number): number {
    return this.#dict.random(root, random);
  }

  /** Shows the member at `ref`. */
  load(ref: number, member: ElementView): void {
    const segment = segmentOf(this.#arena.segments, ref);
    const start = offsetOf(ref);
    member.setText(segment, elementKeyOffset(segment, start), elementKeyLength(segment, start));
  }

  /** Visits about `count` members from `cursor` on, as Dict.scan; returns the next cursor, 0 at the end. */
  scan(root: number, cursor: number, count: number, visit: (ref: number) => void): number {
    let visited = 0;
    let steps = count * 10;
    const counting = (ref: number): void => {
      visited++;
      visit(ref);
    };
    do {
      cursor = this.#dict.scan(root, cursor, counting);
    } while (cursor !== 0 && visited < count && --steps > 0);
    return cursor;
  }

  /** Makes a set of all members a cursor has to show, which are distinct; returns its root. On OutOfMemory nothing is left. */
  collect(cursor: SetCursor): number {
    const root = this.#dict.create();
    try {
      while (cursor.next()) {
        const { region, offset, length } = cursor.member;
        this.#insert(root, this.#dict.hash(region, offset, length), region, offset, length);
      }
    } catch (error) {
      this.release(root, Number.POSITIVE_INFINITY);
      throw error;
    }
    return root;
  }

  /** A copy of a set; returns its root. On OutOfMemory nothing is left. */
  copy(root: number): number {
    this.#cursor.openRoot(root);
    return this.collect(this.#cursor);
  }

  /** Frees about `limit` members; true when the set is gone. */
  release(root: number, limit: number): boolean {
    return this.#dict.drain(root, limit, this.#free);
  }

  /** Visits every block of a set, also of one that is being released. */
  eachBlock(root: number, visit: (ref: number) => void): void {
    this.#dict.eachBlock(root, visit);
    let prefix = this.#dict.drainPosition(root);
    while (prefix < PAGES_END) prefix = this.#dict.visitPage(root, prefix, visit);
  }

  /** Bytes of all blocks, those of the members estimated from `samples` of them (0: all). */
  memoryBytes(root: number, samples: number): number {
    const count = this.#dict.count(root);
    let sampled = 0;
    let bytes = 0;
    const weigh = (ref: number): void => {
      bytes += this.#arena.capacity(ref);
      sampled++;
    };
    if (samples === 0) for (let prefix = 0; prefix < PAGES_END; ) prefix = this.#dict.visitPage(root, prefix, weigh);
    else this.#dict.sample(root, 0, samples, false, Number.POSITIVE_INFINITY, weigh);
    return this.#dict.overheadBytes(root) + (sampled === 0 ? 0 : Math.round((bytes / sampled) * count));
  }
}
