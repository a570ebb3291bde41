/**
 * Which clients may hold which keys in a cache of their own: for each key, the ids of the clients that have read it since it last
 * changed.
 *
 * The table can have as many keys as the data, so it lives where the data does: it is a key space of its own in the same arena,
 * whose values are packed ids in ascending order, 6 bytes each. A key of 16 bytes that one client has read takes 40 bytes; all of it
 * counts in `used_memory`, and Node's garbage collector sees nothing of it.
 *
 *     value   | id | id | id | …      id: 48 bits, big-endian
 *
 * Noting a reader: one look-up and a binary search; of a key that many have read, a move of the ids behind the new one.
 */

import { Argv } from "../../bytes/argv.js";
import { moveBytes } from "../../bytes/region.js";
import type { Database, StringView } from "../../keyspace/database.js";
import { Keyspace } from "../../keyspace/keyspace.js";
import { RootWord } from "../../keyspace/root-words.js";
import type { Arena } from "../../memory/arena.js";
import { EntryView } from "../../structures/entry/entry.js";

const ID_BYTES = 6;
const LOW = 2 ** 32;

/** What a table is made of. */
export interface TableParts {
  arena: Arena;
  random(): number;
}

/** Of the arena's root, behind those of the key space of the data. */
const ROOT_WORD = RootWord.COUNT;

export class TrackingTable {
  readonly #keyspace: Keyspace;
  readonly #db: Database;
  readonly #value: StringView;
  /** The key that was drawn. */
  readonly #drawn = new Argv();
  readonly #view = new EntryView();
  /** Ids of all keys. */
  #items = 0;

  constructor({ arena, random }: TableParts) {
    this.#keyspace = new Keyspace({
      arena,
      databaseCount: 1,
      hashKey: [random(), random()],
      random,
      rootWord: ROOT_WORD,
    });
    this.#db = this.#keyspace.database(0);
    this.#value = this.#keyspace.value;
    this.#drawn.count = 1;
  }

  get keyCount(): number {
    return this.#db.size;
  }

  get itemCount(): number {
    return this.#items;
  }

  /** Notes that a client has read the key at argument i. Throws OutOfMemory, having changed nothing. */
  add(argv: Argv, i: number, id: number): void {
    const db = this.#db;
    const value = this.#value;
    let ref = db.peek(argv, i);
    let length = 0;
    if (ref !== 0) {
      db.loadString(ref, value);
      length = value.length;
    }
    const at = length === 0 ? 0 : positionOf(value, id);
    if (at < length && readId(value, at) === id) return;
    ref = db.resizeString(argv, i, ref, length + ID_BYTES, value);
    const start = value.offset + at;
    moveBytes(value.region, start, start + ID_BYTES, length - at);
    value.region.dv.setUint16(start, Math.floor(id / LOW));
    value.region.dv.setUint32(start + 2, id >>> 0);
    this.#items++;
  }

  /** Forgets a key; fills `ids` with its readers and returns their number. */
  take(argv: Argv, i: number, ids: number[]): number {
    const ref = this.#db.peek(argv, i);
    if (ref === 0) return 0;
    const value = this.#value;
    this.#db.loadString(ref, value);
    const count = value.length / ID_BYTES;
    for (let k = 0; k < count; k++) ids[k] = readId(value, k * ID_BYTES);
    this.#db.remove(argv, i);
    this.#items -= count;
    return count;
  }

  /** A random key, as argument 0, valid until the next change; null when there is none. */
  draw(): Argv | null {
    const ref = this.#db.randomEntry();
    if (ref === 0) return null;
    const view = this.#view;
    this.#db.loadEntry(ref, view);
    this.#drawn.source = view.segment;
    this.#drawn.offset[0] = view.keyOffset;
    this.#drawn.length[0] = view.keyLength;
    return this.#drawn;
  }

  /** Forgets everything; the memory is given back by `drainSome`. */
  clear(): void {
    this.#db.clear(true);
    this.#items = 0;
  }

  /** Frees about `limit` keys that `clear` has left; true while there are more. */
  drainSome(limit: number): boolean {
    return this.#keyspace.lazyFree.freeSome(limit);
  }

  /** Refs of all blocks, for `Arena.verify`. */
  liveBlocks(): number[] {
    return this.#keyspace.liveBlocks();
  }
}

/** Where in a value an id is, or belongs. */
function positionOf(value: StringView, id: number): number {
  let low = 0;
  let high = value.length / ID_BYTES;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (readId(value, middle * ID_BYTES) < id) low = middle + 1;
    else high = middle;
  }
  return low * ID_BYTES;
}

function readId({ region, offset }: StringView, at: number): number {
  return region.dv.getUint16(offset + at) * LOW + region.dv.getUint32(offset + at + 2);
}
