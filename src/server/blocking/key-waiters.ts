/**
 * Who waits for which keys, by database and key, in the order they came; and which of those keys have changed since somebody looked.
 *
 * Every write asks here. While nobody waits that is one comparison; otherwise a table of counters, indexed by the length and the last
 * byte of a key, turns most other keys away before their name is made into a string.
 */
import type { Argv } from "../../bytes/argv.js";
import type { CommandEntry } from "../../commands/command-entry.js";
import type { Database } from "../../keyspace/database.js";
import type { ValueType } from "../../structures/entry.js";
import type { Connection } from "../clients/connection.js";

/** A client that waits for keys, with the command it will run again. */
export interface Waiter {
  readonly connection: Connection;
  readonly command: CommandEntry;
  /** A copy of its arguments. */
  readonly argv: Argv;
  /** The type of value it can use. */
  readonly type: ValueType;
  /** It also wants to run when a key goes, or becomes another type. */
  readonly wakesOnDeletion: boolean;
  readonly keys: WaitedKey[];
  /** When its time is up, ms since 1970; infinite when never. */
  readonly deadlineMs: number;
  /** Its place among the deadlines, kept by them; -1 when it has none there. */
  heapIndex: number;
  /** Bytes counted as memory of the client. */
  readonly heldBytes: number;
}

/** A key that somebody waits for. */
export class WaitedKey {
  /** In the order they came. */
  readonly waiters = new Set<Waiter>();
  /** How many of them want to know when the key goes. */
  deletionWaiters = 0;
  isReady = false;

  constructor(
    readonly db: Database,
    readonly name: string,
    /** The key as argument 0. */
    readonly argv: Argv,
  ) {}
}

const enum Filter {
  SIZE = 1024,
}

export class KeyWaiters {
  /** Keys that changed, in the order they did; whoever serves them empties it. */
  readonly ready: WaitedKey[] = [];
  /** Different keys that somebody waits for, and those among them whose going somebody waits for. */
  keyCount = 0;
  deletionKeyCount = 0;
  readonly #keys = new Map<Database, Map<string, WaitedKey>>();
  /** How many waited keys have this length and last byte. */
  readonly #filter = new Int32Array(Filter.SIZE);

  /** Lets a waiter wait for argument `i` of `argv` also; the same key twice counts once. */
  add(waiter: Waiter, db: Database, argv: Argv, i: number): void {
    const name = argv.latin1(i);
    let keys = this.#keys.get(db);
    if (keys === undefined) this.#keys.set(db, (keys = new Map()));
    let key = keys.get(name);
    if (key === undefined) {
      const copy = argv.copy(i);
      copy.count = 1;
      key = new WaitedKey(db, name, copy);
      keys.set(name, key);
      this.keyCount++;
      this.#filter[filterIndex(argv, i)]!++;
    } else if (key.waiters.has(waiter)) {
      return;
    }
    key.waiters.add(waiter);
    waiter.keys.push(key);
    if (waiter.wakesOnDeletion && key.deletionWaiters++ === 0) this.deletionKeyCount++;
  }

  /** Ends a waiter's waiting for all its keys. */
  remove(waiter: Waiter): void {
    for (const key of waiter.keys) {
      key.waiters.delete(waiter);
      if (waiter.wakesOnDeletion && --key.deletionWaiters === 0) this.deletionKeyCount--;
      if (key.waiters.size > 0) continue;
      this.keyCount--;
      this.#filter[filterIndex(key.argv, 0)]!--;
      const keys = this.#keys.get(key.db)!;
      keys.delete(key.name);
      if (keys.size === 0) this.#keys.delete(key.db);
    }
    waiter.keys.length = 0;
  }

  /** A key changed. True when somebody waits for it. */
  touched(db: Database, argv: Argv, i: number): boolean {
    if (this.keyCount === 0 || this.#filter[filterIndex(argv, i)] === 0) return false;
    const key = this.#keys.get(db)?.get(argv.latin1(i));
    if (key === undefined) return false;
    this.markReady(key);
    return true;
  }

  /** All keys of a database have changed, or with `isEmptied` gone. */
  databaseChanged(db: Database, isEmptied: boolean): void {
    const keys = this.#keys.get(db);
    if (keys === undefined) return;
    for (const key of keys.values()) if (!isEmptied || key.deletionWaiters > 0) this.markReady(key);
  }

  /** The databases in which somebody waits for a key. */
  databases(): Iterable<Database> {
    return this.#keys.keys();
  }

  markReady(key: WaitedKey): void {
    if (key.isReady) return;
    key.isReady = true;
    this.ready.push(key);
  }
}

function filterIndex(argv: Argv, i: number): number {
  const length = argv.length[i]!;
  const last = length === 0 ? 0 : argv.source.u8[argv.offset[i]! + length - 1]!;
  return (length * 37 + last) & (Filter.SIZE - 1);
}
