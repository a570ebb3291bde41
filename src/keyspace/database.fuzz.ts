/**
 * A key space of three databases against Maps: every change that strings know, with allocations that fail, while time passes, keys
 * expire and are evicted, and flushed databases are freed in slices.
 */
import assert from "node:assert/strict";
import { fuzz, type SeededRandom } from "../../test/support/fuzzing.js";
import { Argv } from "../bytes/argv.js";
import { Region } from "../bytes/region.js";
import { Arena, OutOfMemory } from "../memory/arena.js";
import { EntryView } from "../structures/entry/entry.js";
import { type Database, KEEP_TTL, StringView } from "./database.js";
import { Eviction, type EvictionPolicy } from "./evict.js";
import { ExpireCycle } from "./expire-cycle.js";
import { Keyspace } from "./keyspace.js";

interface Value {
  bytes: Uint8Array;
  expireAtMs: number;
}

const DATABASES = 3;
const LENGTHS = [0, 1, 2, 8, 20, 44, 45, 100, 1000, 4080, 4095, 4096, 4097, 5000, 20_000, 140_000];
const HUGE_LENGTHS = [2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 3_000_000];
const POLICIES: EvictionPolicy[] = [
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
];

class Round {
  readonly arena = new Arena();
  readonly keyspace: Keyspace;
  readonly expireCycle: ExpireCycle;
  readonly eviction: Eviction;
  models = Array.from({ length: DATABASES }, () => new Map<string, Value>());
  readonly view = new StringView();
  readonly entry = new EntryView();
  readonly keys: string[];
  readonly lengths: readonly number[];
  /** Allocations left until one fails; 0 = none will. */
  failIn = 0;

  constructor(readonly random: SeededRandom) {
    this.keyspace = new Keyspace({
      arena: this.arena,
      databaseCount: DATABASES,
      hashKey: [random.bits(), random.bits()],
      random: random.bits,
    });
    this.keyspace.setNow(1_700_000_000_000);
    this.keyspace.isLfu = random.chance(0.3);
    this.expireCycle = new ExpireCycle(this.keyspace);
    this.eviction = new Eviction(this.keyspace);
    const longKeys = [511, 512, 4096, 5000, 70_000];
    const count = random.pick([5, 200, 3000]);
    this.keys = Array.from({ length: count }, (_, i) =>
      `${i}`.padEnd(random.chance(0.02) ? random.pick(longKeys) : 3, "k"),
    );
    this.lengths = count > 200 || random.chance(0.7) ? LENGTHS.slice(0, 9) : [...LENGTHS, ...HUGE_LENGTHS];
    const allocate = this.arena.allocate.bind(this.arena);
    this.arena.allocate = (size) => {
      if (this.failIn > 0 && --this.failIn === 0) throw new OutOfMemory();
      return allocate(size);
    };
    this.keyspace.listener = {
      touched() {},
      notify() {},
      removed: (_reason, db, argv, i) => assert.ok(this.models[db.index]!.delete(argv.latin1(i)), "removed a stranger"),
      fieldRemoved() {},
      flushing() {},
      swapping() {},
    };
  }

  run(): void {
    const steps = this.random.pick([300, 3000, 10_000]);
    for (let step = 0; step < steps; step++) {
      this.step();
      if (step % 997 === 0) this.verify();
    }
    this.verify();
    for (let index = 0; index < DATABASES; index++) this.keyspace.database(index).clear(true);
    while (this.keyspace.lazyFree.freeSome(1 + this.random.below(500)))
      if (this.random.chance(0.1)) this.verifyBlocks();
    assert.deepEqual(this.arena.verify([this.keyspace.indexTable]), []);
  }

  step(): void {
    const { random, keyspace } = this;
    const index = random.below(DATABASES);
    const db = keyspace.database(index);
    const kind = random.below(1000);
    if (kind < 5) keyspace.setNow(keyspace.nowMs + random.pick([1, 10, 500, 3000]));
    else if (kind < 10) this.expireCycle.run(() => random.chance(0.5));
    else if (kind < 15) this.evict();
    else if (kind < 16) this.flush(db);
    else if (kind < 17) this.swap(index, random.below(DATABASES));
    else if (kind < 20) keyspace.lazyFree.freeSome(1 + random.below(50));
    else if (kind < 30) this.pickRandom(db);
    else if (kind < 40) this.scan(db, random.chance(0.1) ? random.bits() * random.bits() : 0);
    else this.change(db, index);
  }

  /** One change of one key, during which an allocation may fail: then nothing must have changed. */
  change(db: Database, index: number): void {
    const { random } = this;
    const targetIndex = random.below(DATABASES);
    const key = random.pick(this.keys);
    const to = random.pick(this.keys);
    const argv = Argv.from([key, to]);
    const change = random.pick([this.set, this.set, this.resize, this.remove, this.expire, this.move, this.copy]);
    if (random.chance(0.1)) this.failIn = 1 + random.below(5);
    try {
      change.call(this, db, this.models[index]!, argv, key, targetIndex, to);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
    } finally {
      this.failIn = 0;
    }
    this.compare(db, this.models[index]!, argv, 0);
    this.compare(this.keyspace.database(targetIndex), this.models[targetIndex]!, argv, 1);
  }

  set(db: Database, model: Map<string, Value>, argv: Argv, key: string): void {
    const { random, keyspace } = this;
    const bytes = random.chance(0.2) ? Buffer.from(`${random.bits() - 2 ** 31}`) : this.randomBytes();
    let expireAtMs = random.pick([0, 0, KEEP_TTL, keyspace.nowMs + random.below(5000)]);
    db.setString(argv, 0, new Region(bytes), 0, bytes.length, expireAtMs);
    if (expireAtMs === KEEP_TTL) expireAtMs = this.live(model, key)?.expireAtMs ?? 0;
    model.set(key, { bytes, expireAtMs });
  }

  resize(db: Database, model: Map<string, Value>, argv: Argv, key: string): void {
    const ref = db.lookupWrite(argv, 0);
    const old = this.live(model, key);
    assert.equal(ref !== 0, old !== undefined);
    const length = this.random.chance(0.5)
      ? (old?.bytes.length ?? 0) + this.random.below(300)
      : this.random.pick(this.lengths);
    const created = db.resizeString(argv, 0, ref, length, this.view);
    assert.equal(created, db.peek(argv, 0));
    assert.equal(this.view.length, length);
    const bytes = new Uint8Array(length);
    if (old !== undefined) bytes.set(old.bytes.subarray(0, length));
    if (length > 0) {
      const at = this.random.below(length);
      this.view.region.u8[this.view.offset + at] = bytes[at] = this.random.below(256);
    }
    model.set(key, { bytes, expireAtMs: old?.expireAtMs ?? 0 });
  }

  remove(db: Database, model: Map<string, Value>, argv: Argv, key: string): void {
    const old = this.live(model, key);
    assert.equal(db.remove(argv, 0), old !== undefined);
    model.delete(key);
  }

  expire(db: Database, model: Map<string, Value>, argv: Argv, key: string): void {
    const expireAtMs = this.random.chance(0.3) ? 0 : this.keyspace.nowMs + this.random.below(4000);
    const old = this.live(model, key);
    db.setExpire(argv, 0, expireAtMs);
    if (old !== undefined) old.expireAtMs = expireAtMs;
  }

  move(db: Database, model: Map<string, Value>, argv: Argv, key: string, targetIndex: number, to: string): void {
    const target = this.keyspace.database(targetIndex);
    if (db.peek(argv, 0) === 0 || (target === db && to === key)) return;
    db.moveEntry(argv, 0, target, 1);
    this.models[targetIndex]!.set(to, model.get(key)!);
    model.delete(key);
  }

  copy(db: Database, model: Map<string, Value>, argv: Argv, key: string, targetIndex: number, to: string): void {
    const target = this.keyspace.database(targetIndex);
    if (db.peek(argv, 0) === 0 || (target === db && to === key)) return;
    db.copyEntry(argv, 0, target, 1);
    this.models[targetIndex]!.set(to, { ...model.get(key)! });
  }

  evict(): void {
    const policy = this.random.pick(POLICIES);
    this.eviction.policy = policy;
    const before = this.keyspace.size;
    const volatileCount = [...this.keyspace.used()].reduce((sum, db) => sum + db.volatileCount, 0);
    for (let i = 0; i < 5; i++) {
      const left = (policy.startsWith("volatile") ? volatileCount : before) - i;
      assert.equal(this.eviction.evictOne(5), left > 0, `${policy} with ${left} keys left`);
      assert.equal(this.keyspace.size, before - Math.min(i + 1, i + left));
      if (left <= 0) return;
    }
  }

  flush(db: Database): void {
    const model = this.models[db.index]!;
    assert.equal(db.clear(this.random.chance(0.5)), model.size);
    model.clear();
  }

  swap(a: number, b: number): void {
    this.keyspace.swap(a, b);
    [this.models[a], this.models[b]] = [this.models[b]!, this.models[a]!];
  }

  pickRandom(db: Database): void {
    const ref = db.randomEntry();
    const model = this.models[db.index]!;
    if (ref === 0) assert.ok(![...model.keys()].some((key) => this.live(model, key) !== undefined));
    else assert.ok(this.live(model, this.keyOf(db, ref)) !== undefined);
  }

  scan(db: Database, cursor: number): void {
    const seen = new Set<string>();
    const isWhole = cursor === 0;
    do {
      cursor = db.scan(cursor, 1 + this.random.below(100), (ref) => {
        const key = this.keyOf(db, ref);
        assert.ok(!seen.has(key) || !isWhole, "a scan returned a key twice");
        seen.add(key);
      });
    } while (cursor !== 0);
    const model = this.models[db.index]!;
    for (const key of seen) assert.ok(model.has(key));
    if (isWhole) assert.equal(seen.size, model.size);
  }

  live(model: Map<string, Value>, key: string): Value | undefined {
    const value = model.get(key);
    return value === undefined || (value.expireAtMs !== 0 && value.expireAtMs < this.keyspace.nowMs)
      ? undefined
      : value;
  }

  compare(db: Database, model: Map<string, Value>, argv: Argv, i: number): void {
    const expected = this.live(model, argv.latin1(i));
    const ref = db.peek(argv, i);
    assert.equal(ref !== 0, expected !== undefined);
    if (expected === undefined) return;
    assert.equal(db.expireAt(ref), expected.expireAtMs);
    db.loadString(ref, this.view);
    const { region, offset, length } = this.view;
    assert.ok(Buffer.compare(region.u8.subarray(offset, offset + length), expected.bytes) === 0, "the value differs");
  }

  keyOf(db: Database, ref: number): string {
    db.loadEntry(ref, this.entry);
    const { segment, keyOffset, keyLength } = this.entry;
    return Buffer.from(segment.u8.subarray(keyOffset, keyOffset + keyLength)).toString("latin1");
  }

  randomBytes(): Uint8Array {
    const bytes = new Uint8Array(this.random.pick(this.lengths));
    bytes.fill(this.random.below(256));
    if (bytes.length > 0) bytes[this.random.below(bytes.length)] = this.random.below(256);
    return bytes;
  }

  verify(): void {
    for (let index = 0; index < DATABASES; index++) {
      const db = this.keyspace.database(index);
      const model = this.models[index]!;
      assert.equal(db.size, model.size);
      if (db.keys.root !== 0) assert.deepEqual(this.keyspace.dict.verify(db.keys.root), []);
      for (const key of model.keys())
        if (this.live(model, key) !== undefined) this.compare(db, model, Argv.from([key]), 0);
    }
    this.verifyBlocks();
  }

  verifyBlocks(): void {
    assert.deepEqual(this.arena.verify(this.keyspace.liveBlocks()), []);
  }
}

fuzz("database", (random) => new Round(random).run());
