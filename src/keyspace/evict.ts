/**
 * Eviction: what goes when memory is full. As in Redis, each round samples a few keys of every database into a pool of the sixteen
 * best candidates so far, and removes the best; the pool is kept between rounds, which makes sampled LRU and LFU close to exact.
 *
 * The pool remembers refs and hashes, not keys: a candidate that has moved or gone since is recognised and skipped.
 * Source: the documentation of Redis' eviction; evict.c of Valkey for the policies' details.
 */
import { Ref } from "../memory/segment.js";
import { expireAtOf, lruIn } from "../structures/entry/entry.js";
import { idleSeconds, Lfu, lfuDecayed } from "./access-time.js";
import type { Database } from "./database.js";
import type { Keyspace } from "./keyspace.js";

export type EvictionPolicy =
  | "noeviction"
  | "allkeys-lru"
  | "allkeys-lfu"
  | "allkeys-random"
  | "volatile-lru"
  | "volatile-lfu"
  | "volatile-random"
  | "volatile-ttl";

/** What a key is judged by. */
const enum Measure {
  /** By nothing: any may go. */
  RANDOM,
  IDLE_TIME,
  RARITY,
  NEAREST_END,
}

const MEASURES: Readonly<Record<string, Measure>> = {
  random: Measure.RANDOM,
  lru: Measure.IDLE_TIME,
  lfu: Measure.RARITY,
  ttl: Measure.NEAREST_END,
};

/** More samples than this take time and choose no better: the pool already remembers the best of many rounds. */
const MAX_SAMPLES = 64;
const POOL_SIZE = 16;
/** Rounds without a candidate, among keys of which only elements expire, after which all are looked at. */
const MAX_ROUNDS = 64;
/** Pages that may be passed in search of volatile keys, in one round. */
const MAX_PAGES = 4096;

export class Eviction {
  readonly #keyspace: Keyspace;
  /** Candidates by rising merit; the last is evicted first. */
  readonly #merits = new Float64Array(POOL_SIZE);
  readonly #refs = new Uint32Array(POOL_SIZE);
  readonly #hashes = new Uint32Array(POOL_SIZE);
  readonly #databases = new Int32Array(POOL_SIZE);
  #count = 0;
  #nextDatabase = 0;
  #policy: EvictionPolicy = "noeviction";
  #measure = Measure.RANDOM;
  #volatileOnly = false;
  /** The database that is being sampled. */
  #db!: Database;
  readonly #consider = (ref: number): void => {
    if (this.#volatileOnly && this.#db.expireAt(ref) === 0) return;
    const merit = this.#merit(ref);
    if (this.#count === POOL_SIZE && merit <= this.#merits[0]!) return;
    for (let i = 0; i < this.#count; i++) if (this.#refs[i] === ref) return;
    this.#offer(this.#db.index, ref, this.#keyspace.dict.hashOf(ref), merit);
  };

  constructor(keyspace: Keyspace) {
    this.#keyspace = keyspace;
  }

  get policy(): EvictionPolicy {
    return this.#policy;
  }

  /** The policy by which keys go; candidates of another are forgotten. */
  set policy(policy: EvictionPolicy) {
    this.#policy = policy;
    this.#count = 0;
    this.#volatileOnly = policy.startsWith("volatile");
    this.#measure = MEASURES[policy.slice(policy.indexOf("-") + 1)] ?? Measure.RANDOM;
  }

  /** Removes one key by the policy; false when there is none to remove. `samples` is maxmemory-samples. */
  evictOne(samples: number): boolean {
    if (this.#policy === "noeviction") return false;
    if (this.#measure === Measure.RANDOM) return this.#evictRandom();
    for (let round = 0; round < MAX_ROUNDS; round++) {
      let keys = 0;
      for (const db of this.#keyspace.used()) {
        const count = this.#volatileOnly ? db.volatileCount : db.size;
        if (count === 0) continue;
        keys += count;
        this.#sample(db, Math.min(samples, MAX_SAMPLES));
      }
      if (keys === 0) return false;
      while (this.#count > 0) {
        const at = --this.#count;
        const db = this.#keyspace.existing(this.#databases[at]!);
        if (db === null || !db.isPlaced(this.#refs[at]!, this.#hashes[at]!)) continue;
        if (this.#volatileOnly && db.expireAt(this.#refs[at]!) === 0) continue;
        db.removeEntry(this.#refs[at]!, "evicted");
        return true;
      }
    }
    return this.#evictRandom();
  }

  #evictRandom(): boolean {
    const volatileOnly = this.#volatileOnly;
    const { databaseCount, random } = this.#keyspace;
    for (let i = 0; i < databaseCount; i++) {
      this.#nextDatabase = (this.#nextDatabase + 1) % databaseCount;
      const db = this.#keyspace.existing(this.#nextDatabase);
      if (db === null || (volatileOnly ? db.volatileCount : db.size) === 0) continue;
      const chosen = volatileOnly ? this.#randomVolatile(db) : db.keys.random(random);
      if (chosen === 0) continue;
      db.removeEntry(chosen, "evicted");
      return true;
    }
    return false;
  }

  /** A random key that expires. */
  #randomVolatile(db: Database): number {
    const { random } = this.#keyspace;
    const pages = db.keys.pageCount + 1;
    let chosen = 0;
    const choose = (ref: number): void => {
      if (chosen === 0 && db.expireAt(ref) !== 0) chosen = ref;
    };
    for (let round = 0; round < MAX_ROUNDS && chosen === 0; round++) db.keys.sample(random(), 1, true, pages, choose);
    if (chosen === 0) db.keys.sample(random(), Number.POSITIVE_INFINITY, true, pages, choose);
    return chosen;
  }

  #sample(db: Database, samples: number): void {
    const { random } = this.#keyspace;
    this.#db = db;
    db.keys.sample(random(), samples, this.#volatileOnly, MAX_PAGES, this.#consider);
  }

  /** How much a key deserves to go: idle seconds, rarity of use, or nearness of its end. */
  #merit(ref: number): number {
    const { arena, lfuDecayMinutes, nowMs } = this.#keyspace;
    const segment = arena.segments[ref >>> Ref.SEGMENT_SHIFT]!;
    if (this.#measure === Measure.NEAREST_END) return -expireAtOf(segment, (ref & Ref.UNIT) << Ref.UNIT_SHIFT);
    const field = lruIn(segment.u32[(ref & Ref.UNIT) << 1]!);
    return this.#measure === Measure.IDLE_TIME
      ? idleSeconds(field, nowMs)
      : Lfu.MAX - lfuDecayed(field, nowMs, lfuDecayMinutes);
  }

  #offer(database: number, ref: number, hash: number, merit: number): void {
    let at = this.#count;
    if (at < POOL_SIZE) {
      this.#count++;
      while (at > 0 && this.#merits[at - 1]! > merit) this.#copySlot(at - 1, at--);
    } else {
      at = 0;
      while (at + 1 < POOL_SIZE && this.#merits[at + 1]! < merit) this.#copySlot(at + 1, at++);
    }
    this.#merits[at] = merit;
    this.#refs[at] = ref;
    this.#hashes[at] = hash;
    this.#databases[at] = database;
  }

  #copySlot(from: number, to: number): void {
    this.#merits[to] = this.#merits[from]!;
    this.#refs[to] = this.#refs[from]!;
    this.#hashes[to] = this.#hashes[from]!;
    this.#databases[to] = this.#databases[from]!;
  }
}
