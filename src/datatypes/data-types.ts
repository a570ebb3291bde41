/** The types of values, made once for all databases of a server. */
import type { Arena } from "../memory/arena.js";
import type { ElementDict } from "../structures/dict/element-dict.js";
import { ValueType } from "../structures/entry/entry.js";
import type { Collection } from "./collection.js";
import { Hashes } from "./hashes.js";
import type { EncodingLimits } from "./limits.js";
import { Lists } from "./list.js";
import { Sets } from "./sets.js";
import { SortedSets } from "./sorted-sets.js";
import { Streams } from "./streams.js";

/** What time it is; set by the keyspace. */
export interface Clock {
  /** What expires before this, ms since 1970, has expired. */
  readonly expiredBeforeMs: number;
}

/** What the types work with. */
export interface DataTypeParts {
  readonly arena: Arena;
  /** Index of the elements of all big hashes, sets and sorted sets. */
  readonly elements: ElementDict;
  readonly limits: EncodingLimits;
  readonly clock: Clock;
  /** Returns 32 random bits. */
  readonly random: () => number;
}

export class DataTypes {
  readonly #collections: (Collection | null)[] = new Array(16).fill(null);

  readonly hashes: Hashes;
  readonly sets: Sets;
  readonly sortedSets: SortedSets;
  readonly streams: Streams;

  readonly lists: Lists;

  constructor(readonly parts: DataTypeParts) {
    this.lists = new Lists(parts.arena, parts.limits);
    this.#collections[ValueType.LIST] = this.lists;
    this.hashes = new Hashes(parts);
    this.#collections[ValueType.HASH] = this.hashes;
    this.sets = new Sets(parts);
    this.#collections[ValueType.SET] = this.sets;
    this.sortedSets = new SortedSets(parts, this.sets);
    this.#collections[ValueType.ZSET] = this.sortedSets;
    this.streams = new Streams(parts);
    this.#collections[ValueType.STREAM] = this.streams;
  }

  /** The type's way to own blocks; null for strings. */
  collection(type: ValueType): Collection | null {
    return this.#collections[type]!;
  }
}
