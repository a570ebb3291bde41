/**
 * A big hash: fields (structures/entry/field.ts) indexed by a dict, whose root the payload keeps:
 *
 *     hashtable       | root, 4 |
 *     with expiries   | due, 8 | root, 4 |
 *
 * One FieldTable serves all big hashes; every method takes the root it works on.
 */
import type { Region } from "../bytes/region.js";
import type { Arena } from "../memory/arena.js";
import { offsetOf, segmentOf } from "../memory/ref.js";
import { PAGES_END } from "../structures/dict/dict.js";
import { DictPage } from "../structures/dict/dict-page.js";
import type { ElementDict } from "../structures/dict/element-dict.js";
import { elementExpireAt, setElementExpireAt } from "../structures/entry/element.js";
import { ElementView } from "../structures/entry/element-view.js";
import {
  copyField,
  createField,
  eachFieldBlock,
  freeField,
  loadFieldName,
  overwriteField,
  withExpiry,
} from "../structures/entry/field.js";

/** Dicts of up to so many pages are searched for the soonest expiry; larger ones are looked at again after a second. */
const SEARCHED_PAGES = 16;
const LATER_MS = 1000;
/** Fields that are left lying for the sweep to find many at a time are looked for again after so long. */
const SOON_MS = 100;

export class FieldTable {
  readonly #arena: Arena;
  readonly #dict: ElementDict;
  readonly #due = new Uint32Array(DictPage.SLOTS);
  readonly #name = new ElementView();
  #soonest = 0;
  readonly #seekSoonest = (ref: number): void => {
    const expireAtMs = this.expireAt(ref);
    if (expireAtMs !== 0 && (this.#soonest === 0 || expireAtMs < this.#soonest)) this.#soonest = expireAtMs;
  };
  readonly #free = (ref: number): void => freeField(this.#arena, ref);

  constructor(arena: Arena, dict: ElementDict) {
    this.#arena = arena;
    this.#dict = dict;
  }

  /** The field of this name, 0 when there is none. */
  find(root: number, source: Region, offset: number, length: number): number {
    const dict = this.#dict;
    return dict.find(root, source, offset, length, dict.hash(source, offset, length));
  }

  /** When a field expires, 0 when it does not. */
  expireAt(ref: number): number {
    return elementExpireAt(segmentOf(this.#arena.segments, ref), offsetOf(ref));
  }

  /** Sets the value of a field; an expiry it had stays. Returns true when the field is new. Throws OutOfMemory with nothing changed. */
  set(
    root: number,
    source: Region,
    offset: number,
    length: number,
    valueSource: Region,
    valueOffset: number,
    valueLength: number,
  ): boolean {
    const dict = this.#dict;
    const arena = this.#arena;
    const hash = dict.hash(source, offset, length);
    const ref = dict.find(root, source, offset, length, hash);
    if (ref !== 0) {
      dict.changeFound(root);
      if (overwriteField(arena, ref, valueSource, valueOffset, valueLength)) return false;
      const expireAtMs = this.expireAt(ref);
      const moved = createField(arena, source, offset, length, valueSource, valueOffset, valueLength, expireAtMs);
      dict.replaceFound(root, moved);
      freeField(arena, ref);
      return false;
    }
    const created = createField(arena, source, offset, length, valueSource, valueOffset, valueLength, 0);
    try {
      dict.insert(root, hash, created, 0);
    } catch (error) {
      freeField(arena, created);
      throw error;
    }
    return true;
  }

  /** Sets when a field expires, 0 for never. Throws OutOfMemory with nothing changed. */
  setExpireAt(root: number, ref: number, expireAtMs: number): void {
    const dict = this.#dict;
    const arena = this.#arena;
    const had = this.expireAt(ref);
    if (had === expireAtMs) return;
    const hash = dict.hashOf(ref);
    if (had !== 0 && expireAtMs !== 0) {
      const segment = segmentOf(arena.segments, ref);
      dict.findRef(root, ref, hash);
      dict.changeFound(root);
      setElementExpireAt(segment, offsetOf(ref), expireAtMs);
    } else {
      const moved = withExpiry(arena, ref, expireAtMs);
      dict.findRef(root, ref, hash);
      dict.replaceFound(root, moved);
      // Its value in a block of its own, if there is one, belongs to the new block.
      arena.free(ref);
    }
    dict.expireFound(root, expireAtMs);
  }

  /** Removes a field. */
  remove(root: number, ref: number): void {
    const dict = this.#dict;
    dict.findRef(root, ref, dict.hashOf(ref));
    dict.removeFound(root);
    freeField(this.#arena, ref);
  }

  /** Adds a field made elsewhere whose name is not yet there. Throws OutOfMemory; the field stays the caller's. */
  insert(root: number, ref: number): void {
    this.#dict.insert(root, this.#dict.hashOf(ref), ref, this.expireAt(ref));
  }

  /**
   * Goes on removing fields that expired before `nowMs`, spending about `limit` of effort: one for each field, one for each page.
   * Shows their names, and returns how many it removed; `nextDueMs` then tells when to come again, 0 = never.
   */
  expire(root: number, nowMs: number, limit: number, visit: (field: ElementView) => void): number {
    const dict = this.#dict;
    let prefix = dict.sweepPosition(root);
    let expired = 0;
    for (let effort = 0; effort < limit; ) {
      const due = dict.sweepPage(root, prefix, nowMs, this.#due);
      prefix = dict.sweepNext;
      for (let i = 0; i < due; i++) {
        loadFieldName(this.#arena, this.#due[i]!, this.#name);
        visit(this.#name);
        this.remove(root, this.#due[i]!);
      }
      expired += due;
      effort += due + 1;
      if (prefix < PAGES_END) continue;
      dict.setSweepPosition(root, 0);
      this.nextDueMs = this.#dueAfterSweep(root, nowMs);
      return expired;
    }
    dict.setSweepPosition(root, prefix);
    this.nextDueMs = nowMs;
    return expired;
  }

  /** When to call `expire` again, ms since 1970; set by it. */
  nextDueMs = 0;

  #dueAfterSweep(root: number, nowMs: number): number {
    const dict = this.#dict;
    if (dict.volatileCount(root) === 0) return 0;
    const pages = dict.pageCount(root);
    if (pages > SEARCHED_PAGES) return nowMs + LATER_MS;
    this.#soonest = 0;
    for (let prefix = 0; prefix < PAGES_END; ) prefix = dict.visitPage(root, prefix, this.#seekSoonest);
    // More pages, less often: so that searching them all never takes more than a few per cent of the time.
    return Math.max(this.#soonest, this.#soonest < nowMs ? nowMs + SOON_MS : nowMs + 2 * (pages - 1));
  }

  /** A copy of a dict with copies of its fields; returns its root. Throws OutOfMemory having freed what it made. */
  copy(root: number): number {
    const dict = this.#dict;
    const arena = this.#arena;
    const copy = dict.create();
    try {
      for (let prefix = 0; prefix < PAGES_END; ) {
        prefix = dict.visitPage(root, prefix, (ref) => {
          const field = copyField(arena, ref);
          try {
            this.insert(copy, field);
          } catch (error) {
            freeField(arena, field);
            throw error;
          }
        });
      }
    } catch (error) {
      this.release(copy, Number.POSITIVE_INFINITY);
      throw error;
    }
    return copy;
  }

  /** Frees about `limit` fields; true when all are gone, and the dict with them. */
  release(root: number, limit: number): boolean {
    return this.#dict.drain(root, limit, this.#free);
  }

  /** Visits every block of a dict and its fields. */
  eachBlock(root: number, visit: (ref: number) => void): void {
    const dict = this.#dict;
    dict.eachBlock(root, visit);
    for (let prefix = dict.drainPosition(root); prefix < PAGES_END; ) {
      prefix = dict.visitPage(root, prefix, (ref) => eachFieldBlock(this.#arena, ref, visit));
    }
  }

  /** Bytes of a dict and its fields, estimated from `samples` of these (0: all). */
  memoryBytes(root: number, samples: number): number {
    const dict = this.#dict;
    const count = dict.count(root);
    let bytes = 0;
    let seen = 0;
    const weigh = (ref: number): void => {
      if (samples > 0 && seen >= samples) return;
      seen++;
      eachFieldBlock(this.#arena, ref, (block) => {
        bytes += this.#arena.capacity(block);
      });
    };
    for (let prefix = 0; prefix < PAGES_END && (samples === 0 || seen < samples); ) {
      prefix = dict.visitPage(root, prefix, weigh);
    }
    return dict.overheadBytes(root) + (seen === 0 ? 0 : Math.round((bytes / seen) * count));
  }
}
