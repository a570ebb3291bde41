/**
 * How many keys of each type have which size, in bins of powers of two, for INFO keysizes.
 *
 * Writes know nothing of it: a walk over all pages counts, and only when somebody asks. A small data set is walked at once, so that
 * its counts are exact. A larger one is walked in slices, by whoever has time for them, and reported as the last complete walk found
 * it; what changes meanwhile, a flush and SWAPDB included, may be counted or not. A walk is at a number of a database and 32 leading
 * bits of a hash, which lead somewhere whatever has happened to the dict. Expired keys and fields count until they are removed.
 */
import { PAGES_END } from "../structures/dict/dict.js";
import { ValueType } from "../structures/entry/entry.js";
import type { Database } from "./database.js";
import type { Keyspace } from "./keyspace.js";
import { OpenValue, type OpenView } from "./open-value.js";

/** Up to so many keys in all databases are counted at once: 0.3 ms on Node 20.20, 6 ms the first time, before it is compiled. */
export const EXACT_KEYS = 10_000;

/** Bins of one type: one for 0, one for each power of two of a 32-bit size. */
const BIN_COUNT = 33;

/** Their numbers are 0 to 4, so that they are also the places of their bins. */
const TYPES_WITH_SIZE = [ValueType.STRING, ValueType.LIST, ValueType.SET, ValueType.ZSET, ValueType.HASH];

/** Keys of one database by ValueType, then by `sizeBin`; streams are not counted, as in Redis. */
export type SizeBins = readonly Uint32Array[];

const ALWAYS = (): boolean => true;

export class KeySizes {
  readonly #keyspace: Keyspace;
  /** What the last complete walk counted, by the number of the database; in that order. */
  #counted = new Map<number, SizeBins>();
  /** What the walk under way has counted so far. */
  #counting: Map<number, SizeBins> | null = null;
  #database = 0;
  #prefix = 0;
  readonly #view: OpenView = new OpenValue();

  constructor(keyspace: Keyspace) {
    this.#keyspace = keyspace;
  }

  /** True while `walkSome` has something to do. */
  get isWalking(): boolean {
    return this.#counting !== null;
  }

  /** The counts by the number of the database; none while a large data set has not been walked. Starts a walk if none is under way. */
  report(): ReadonlyMap<number, SizeBins> {
    if (this.#keyspace.size <= EXACT_KEYS) {
      this.#begin();
      this.walkSome(ALWAYS);
    } else if (!this.isWalking) {
      this.#begin();
    }
    return this.#counted;
  }

  /** Goes on with the walk under way until `hasTime`, asked after each page, answers no. */
  walkSome(hasTime: () => boolean): void {
    const counting = this.#counting;
    if (counting === null) return;
    for (; this.#database < this.#keyspace.databaseCount; this.#database++) {
      const db = this.#keyspace.existing(this.#database);
      if (db !== null && db.size > 0 && !this.#walkDatabase(db, counting, hasTime)) return;
      this.#prefix = 0;
    }
    this.#counted = counting;
    this.#counting = null;
  }

  #begin(): void {
    this.#counting = new Map();
    this.#database = 0;
    this.#prefix = 0;
  }

  /** Counts from `#prefix` on; false when time ran out. */
  #walkDatabase(db: Database, counting: Map<number, SizeBins>, hasTime: () => boolean): boolean {
    let bins = counting.get(db.index);
    if (bins === undefined) {
      bins = TYPES_WITH_SIZE.map(() => new Uint32Array(BIN_COUNT));
      counting.set(db.index, bins);
    }
    const visit = (ref: number): void => {
      const type = db.type(ref);
      if (type !== ValueType.STREAM) bins[type]![sizeBin(this.#sizeOf(db, ref, type))]!++;
    };
    while (this.#prefix < PAGES_END) {
      this.#prefix = db.visitPage(this.#prefix, visit);
      if (!hasTime()) return false;
    }
    return true;
  }

  /** Bytes of a string, elements of a collection. */
  #sizeOf(db: Database, ref: number, type: ValueType): number {
    const view = this.#view;
    const { types } = this.#keyspace;
    db.read(ref, view);
    switch (type) {
      case ValueType.LIST:
        return types.lists.count(view);
      case ValueType.SET:
        return types.sets.count(view);
      case ValueType.ZSET:
        return types.sortedSets.count(view);
      case ValueType.HASH:
        return types.hashes.count(view);
      default:
        return view.length;
    }
  }
}

/** The bin of a size: 0 for 0, n + 1 for 2^n and more, less than 2^(n + 1). */
export function sizeBin(size: number): number {
  return 32 - Math.clz32(size);
}
