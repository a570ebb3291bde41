/**
 * All data of a server: its databases over one arena, with what they share: the clock, the eviction policy, statistics, and who
 * listens to changes.
 */
import type { Argv } from "../bytes/argv.js";
import { Region } from "../bytes/region.js";
import type { Arena } from "../memory/arena.js";
import { EntryDict } from "../structures/entry-dict.js";
import { lruClock } from "./access-time.js";
import { Database, StringView } from "./database.js";
import type { NotifyClass } from "./notify.js";

export interface KeyspaceStats {
  hits: number;
  misses: number;
  expiredKeys: number;
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
}

/** Who wants to know what happens to keys. All are called while the change is being made, and must not change data. */
export interface KeyspaceListener {
  /** A key's value changed, or it came or went. */
  touched(db: Database, argv: Argv, i: number): void;
  /** A keyspace event of a class that is switched on. */
  notify(notifyClass: NotifyClass, event: string, db: Database, argv: Argv, i: number): void;
  /** A key was removed by expiry or eviction, which replicas must be told. */
  removed(reason: "expired" | "evicted", db: Database, argv: Argv, i: number): void;
  /** A database is about to be emptied (null: all of them), or two are about to be exchanged. */
  flushing(db: Database | null): void;
  swapping(a: Database, b: Database): void;
}

const SILENT: KeyspaceListener = {
  touched() {},
  notify() {},
  removed() {},
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
  /** False while expired keys stay where they are (CLIENT PAUSE, replicas). */
  expireOnAccess = true;
  /** Bits of NotifyClass that are switched on. */
  notifyFlags = 0;
  /** Changes since the start; whoever propagates compares it before and after. */
  dirty = 0;
  listener: KeyspaceListener = SILENT;
  stats = freshKeyspaceStats();
  /** The string a command is working on; free for any command, not kept across calls that load another. */
  readonly value = new StringView();
  /** Room to format a number in; used and done with at once. */
  readonly scratch = Region.allocate(64);
  /** Values up to this length read "embstr" in OBJECT ENCODING. */
  readonly #databases: (Database | undefined)[] = [];
  /** Roots of dicts being taken apart in slices. */
  readonly #draining: number[] = [];
  #drainingEntries = 0;

  constructor(options: KeyspaceOptions) {
    this.arena = options.arena;
    this.databaseCount = options.databaseCount;
    this.random = options.random;
    this.dict = new EntryDict(options.arena, options.hashKey[0], options.hashKey[1]);
  }

  setNow(nowMs: number): void {
    this.nowMs = nowMs;
    this.lruClock = lruClock(nowMs);
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

  /** SWAPDB: exchanges the contents of two databases. */
  swap(a: number, b: number): void {
    const left = this.database(a);
    const right = this.database(b);
    this.listener.swapping(left, right);
    left.exchangeContents(right);
  }

  /** Entries waiting to be freed. */
  get drainingEntries(): number {
    return this.#drainingEntries;
  }

  /** Hands a detached dict over to be taken apart by `drainSome`. */
  drainLater(root: number, entries: number): void {
    this.#draining.push(root);
    this.#drainingEntries += entries;
  }

  /** Frees about `limit` entries of detached dicts; returns true while there is more to do. */
  drainSome(limit: number): boolean {
    while (this.#draining.length > 0) {
      const root = this.#draining[0]!;
      let freed = 0;
      const isDone = this.dict.drain(root, limit, (ref) => {
        this.freeEntry(ref);
        freed++;
      });
      this.#drainingEntries -= freed;
      this.stats.lazyFreedObjects += freed;
      if (isDone) this.#draining.shift();
      limit -= freed;
      if (!isDone || limit <= 0) break;
    }
    return this.#draining.length > 0;
  }

  /** Frees an entry that is in no dict any more, with its value. */
  freeEntry(ref: number): void {
    Database.freeEntry(this.arena, ref);
  }

  /** Refs of every block the keyspace owns, for `Arena.verify`. */
  liveBlocks(): number[] {
    const refs: number[] = [];
    for (const db of this.used()) db.eachBlock((ref) => refs.push(ref));
    for (const root of this.#draining) {
      this.dict.eachBlock(root, (ref) => refs.push(ref));
      for (let prefix = this.dict.drainPosition(root); prefix < 2 ** 32; ) {
        prefix = this.dict.visitPage(root, prefix, (entry) => {
          Database.eachEntryBlock(this.arena, entry, (ref) => refs.push(ref));
        });
      }
    }
    return refs;
  }
}
