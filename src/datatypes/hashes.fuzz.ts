/**
 * Hashes under a few keys against Maps: fields set, removed, expiring and persisted, in all encodings, with allocations that fail,
 * while time passes, the expire cycle runs, and keys are copied, renamed and removed.
 */
import assert from "node:assert/strict";
import { fuzz, type SeededRandom } from "../../test/support/fuzzing.js";
import { Argv } from "../bytes/argv.js";
import type { Database } from "../keyspace/database.js";
import { ExpireCycle } from "../keyspace/expire-cycle.js";
import { expireFields } from "../keyspace/field-expiry.js";
import { Keyspace } from "../keyspace/keyspace.js";
import { Arena, OutOfMemory } from "../memory/arena.js";
import { ElementView } from "../structures/entry/element-view.js";
import { Encoding, ValueType } from "../structures/entry/entry.js";
import { HashPack } from "./hash-pack.js";
import { KEEP_FIELD_TTL, NO_FIELD } from "./hashes.js";

interface Field {
  value: string;
  expireAtMs: number;
}

const LENGTHS = [0, 1, 3, 8, 20, 61, 62, 63, 64, 65, 100, 253, 254, 300];
const LARGE_LENGTHS = [...LENGTHS, 4095, 4096, 4097, 5000, 9000, 66_000];

class Round {
  readonly arena = new Arena();
  readonly keyspace: Keyspace;
  readonly db: Database;
  readonly expireCycle: ExpireCycle;
  readonly models = new Map<string, Map<string, Field>>();
  readonly view = new ElementView();
  readonly keys: string[];
  readonly fields: string[];
  readonly lengths: number[];
  failIn = 0;

  constructor(readonly random: SeededRandom) {
    const { bits } = random;
    this.keyspace = new Keyspace({ arena: this.arena, databaseCount: 1, hashKey: [bits(), bits()], random: bits });
    this.keyspace.setNow(1_700_000_000_000);
    this.keyspace.limits.hashMaxListpackEntries = random.pick([0, 4, 40, 512]);
    this.keyspace.limits.hashMaxListpackValue = random.pick([8, 64, 1000]);
    this.db = this.keyspace.database(0);
    this.expireCycle = new ExpireCycle(this.keyspace);
    this.keys = Array.from({ length: random.pick([1, 3, 300]) }, (_, i) =>
      `key${i}`.padEnd(random.pick([4, 20, 600]), "k"),
    );
    const count = this.keys.length > 3 ? 6 : random.pick([3, 30, 1500]);
    this.fields = Array.from({ length: count }, (_, i) =>
      random.chance(0.3)
        ? String(i)
        : `${i}`.padEnd(random.pick([5, 61, 62, 63, 64, 70, 70_000].slice(0, count > 30 ? 5 : 7)), "f"),
    );
    this.lengths = count > 30 || random.chance(0.6) ? LENGTHS : LARGE_LENGTHS;
    const allocate = this.arena.allocate.bind(this.arena);
    this.arena.allocate = (size) => {
      if (this.failIn > 0 && --this.failIn === 0) throw new OutOfMemory();
      return allocate(size);
    };
    this.keyspace.listener.removed = () => {};
  }

  run(): void {
    const steps = this.random.pick([300, 3000, 8000]);
    for (let step = 0; step < steps; step++) {
      this.step();
      if (step % 499 === 0) this.verify();
    }
    this.verify();
    this.db.clear(true);
    while (this.keyspace.lazyFree.freeSome(1 + this.random.below(300)))
      if (this.random.chance(0.1)) this.verifyBlocks();
    assert.deepEqual(this.arena.verify([this.keyspace.indexTable]), []);
  }

  step(): void {
    const { random, keyspace } = this;
    const kind = random.below(1000);
    if (kind < 8) keyspace.setNow(keyspace.nowMs + random.pick([1, 20, 500, 3000]));
    else if (kind < 16) this.cycle();
    else if (kind < 18) keyspace.lazyFree.freeSome(1 + random.below(50));
    else if (kind < 26) this.copyOrMove();
    else if (kind < 30) this.removeKey();
    else if (kind < 36) this.expireKey();
    else this.change();
  }

  cycle(): void {
    this.expireCycle.run(() => this.random.chance(0.5));
  }

  change(): void {
    const { random } = this;
    const key = random.pick(this.keys);
    const name = random.pick(this.fields);
    const value = this.randomValue();
    const argv = Argv.from([key, name, value]);
    const change = random.pick([this.set, this.set, this.set, this.delete, this.expire, this.persist, this.purge]);
    if (random.chance(0.1)) this.failIn = 1 + random.below(4);
    const before = { ...this.model(key).get(name) };
    try {
      change.call(this, argv, key, name, value);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      // The value may be there already when its expiry finds no memory; everything else is as before.
      this.takeOver(argv, key, name, before);
    } finally {
      this.failIn = 0;
    }
    if (this.model(key).size === 0) this.models.delete(key);
    this.compareField(argv, key, name);
  }

  takeOver(argv: Argv, key: string, name: string, before: Partial<Field>): void {
    const found = this.read(argv);
    if (found === null) return assert.ok(before.value === undefined || this.isOver(before as Field));
    if (found.value !== before.value || this.isOver(before as Field)) this.model(key).set(name, found);
  }

  set(argv: Argv, key: string, name: string, value: string): void {
    const { db, keyspace, random } = this;
    const { hashes } = keyspace.types;
    const { slot } = keyspace;
    const model = this.model(key);
    const old = this.live(model.get(name));
    const expireAtMs = random.pick([0, 0, KEEP_FIELD_TTL, keyspace.nowMs + random.below(3000)]);
    const args = [
      slot,
      argv.source,
      argv.offset[1]!,
      argv.length[1]!,
      argv.source,
      argv.offset[2]!,
      argv.length[2]!,
    ] as const;
    const ref = db.lookupWrite(argv, 0);
    if (ref === 0) {
      db.begin(argv, 0, ValueType.HASH, Encoding.LISTPACK, HashPack.COUNT_BYTES, slot);
      hashes.clear(slot);
      try {
        assert.ok(hashes.set(...args, Math.max(0, expireAtMs)));
      } catch (error) {
        db.abandon(slot);
        throw error;
      }
      db.place(slot);
    } else {
      db.edit(argv, 0, ref, slot);
      assert.equal(hashes.set(...args, expireAtMs), old === undefined);
    }
    model.set(name, { value, expireAtMs: expireAtMs === KEEP_FIELD_TTL ? (old?.expireAtMs ?? 0) : expireAtMs });
  }

  delete(argv: Argv, key: string, name: string): void {
    const { slot, types } = this.keyspace;
    const model = this.model(key);
    if (!this.open(argv)) return assert.equal(this.live(model.get(name)), undefined);
    const isThere = this.live(model.get(name)) !== undefined;
    assert.equal(types.hashes.delete(slot, argv.source, argv.offset[1]!, argv.length[1]!), isThere);
    if (isThere) model.delete(name);
    if (types.hashes.count(slot) === 0) this.db.remove(argv, 0);
  }

  expire(argv: Argv, key: string, name: string): void {
    const field = this.live(this.model(key).get(name));
    if (!this.open(argv) || field === undefined) return;
    const expireAtMs = this.keyspace.nowMs + this.random.below(4000);
    this.keyspace.types.hashes.setExpireAt(
      this.keyspace.slot,
      argv.source,
      argv.offset[1]!,
      argv.length[1]!,
      expireAtMs,
    );
    field.expireAtMs = expireAtMs;
  }

  persist(argv: Argv, key: string, name: string): void {
    const field = this.live(this.model(key).get(name));
    if (!this.open(argv) || field === undefined) return;
    this.keyspace.types.hashes.setExpireAt(this.keyspace.slot, argv.source, argv.offset[1]!, argv.length[1]!, 0);
    field.expireAtMs = 0;
  }

  purge(argv: Argv): void {
    const { slot, types } = this.keyspace;
    if (this.open(argv) && types.hashes.isDue(slot)) expireFields(this.keyspace, slot, 1 + this.random.below(40));
  }

  copyOrMove(): void {
    const { db, random, models } = this;
    const key = random.pick(this.keys);
    const to = random.pick(this.keys);
    const argv = Argv.from([key, to]);
    if (key === to || db.peek(argv, 0) === 0) return;
    const copy = new Map([...this.model(key)].map(([name, field]) => [name, { ...field }]));
    if (random.chance(0.2)) this.failIn = 1 + random.below(20);
    try {
      if (random.chance(0.5)) {
        db.moveEntry(argv, 0, db, 1);
        models.delete(key);
      } else {
        db.copyEntry(argv, 0, db, 1);
      }
      models.set(to, copy);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
    } finally {
      this.failIn = 0;
    }
  }

  removeKey(): void {
    const key = this.random.pick(this.keys);
    this.db.remove(Argv.from([key]), 0);
    this.models.delete(key);
  }

  /** Gives a key an expiry of its own far away, or takes it. */
  expireKey(): void {
    const argv = Argv.from([this.random.pick(this.keys)]);
    this.db.setExpire(argv, 0, this.random.chance(0.5) ? 0 : this.keyspace.nowMs + 10 ** 9);
  }

  open(argv: Argv): boolean {
    const ref = this.db.lookupWrite(argv, 0);
    if (ref !== 0) this.db.edit(argv, 0, ref, this.keyspace.slot);
    return ref !== 0;
  }

  read(argv: Argv): Field | null {
    const { slot, types } = this.keyspace;
    if (!this.open(argv)) return null;
    const expireAtMs = types.hashes.expireAt(slot, argv.source, argv.offset[1]!, argv.length[1]!);
    const isThere = types.hashes.get(slot, argv.source, argv.offset[1]!, argv.length[1]!, this.view);
    assert.equal(isThere, expireAtMs !== NO_FIELD);
    return isThere ? { value: this.view.latin1(), expireAtMs } : null;
  }

  compareField(argv: Argv, key: string, name: string): void {
    const expected = this.live(this.models.get(key)?.get(name)) ?? null;
    assert.deepEqual(this.read(argv), expected);
  }

  verify(): void {
    const { db, keyspace } = this;
    const { hashes } = keyspace.types;
    const { slot } = keyspace;
    let volatileCount = 0;
    for (const key of this.keys) {
      const argv = Argv.from([key]);
      const model = new Map([...(this.models.get(key) ?? [])].filter(([, field]) => this.live(field) !== undefined));
      const ref = db.peek(argv, 0);
      if (ref === 0) {
        assert.equal(model.size, 0);
        continue;
      }
      if (db.expireAt(ref) !== 0) volatileCount++;
      db.edit(argv, 0, ref, slot);
      const seen = new Map<string, string>();
      hashes.each(slot, (field, value) => seen.set(field.latin1(), value.latin1()));
      assert.deepEqual([...seen].sort(), [...model].map(([name, field]) => [name, field.value]).sort());
      assert.ok(hashes.count(slot) >= seen.size);
      if (hashes.isExact(slot)) assert.equal(hashes.count(slot), seen.size);
      assert.deepEqual(hashes.verify(slot), []);
      this.verifyWalks(seen);
    }
    assert.equal(db.volatileCount, volatileCount);
    if (db.keys.root !== 0) assert.deepEqual(keyspace.dict.verify(db.keys.root), []);
    this.verifyBlocks();
  }

  /** Scans and samples see the same fields. */
  verifyWalks(fields: Map<string, string>): void {
    const { random } = this;
    const { slot, types } = this.keyspace;
    const scanned = new Set<string>();
    let cursor = 0;
    do {
      cursor = types.hashes.scan(slot, cursor, 1 + random.below(40), (field) => scanned.add(field.latin1()));
    } while (cursor !== 0);
    assert.equal(scanned.size, fields.size);
    const count = random.below(20);
    const sampled = new Set<string>();
    let visits = 0;
    types.hashes.sampleDistinct(slot, count, (field, value) => {
      assert.equal(fields.get(field.latin1()), value.latin1());
      sampled.add(field.latin1());
      visits++;
    });
    assert.equal(sampled.size, visits);
    assert.ok(visits <= Math.max(count, fields.size));
    if (types.hashes.isExact(slot)) assert.equal(visits, Math.min(count, fields.size));
    types.hashes.sample(slot, 3, (field) => assert.ok(fields.has(field.latin1())));
  }

  verifyBlocks(): void {
    assert.deepEqual(this.arena.verify(this.keyspace.liveBlocks()), []);
  }

  model(key: string): Map<string, Field> {
    let model = this.models.get(key);
    if (model === undefined) {
      model = new Map();
      this.models.set(key, model);
    }
    return model;
  }

  isOver(field: Field): boolean {
    return field.expireAtMs !== 0 && field.expireAtMs < this.keyspace.nowMs;
  }

  live(field: Field | undefined): Field | undefined {
    return field === undefined || this.isOver(field) ? undefined : field;
  }

  randomValue(): string {
    const { random } = this;
    if (random.chance(0.3)) return String((random.bits() - 2 ** 31) * (random.chance(0.3) ? 2 ** 40 : 1));
    return String.fromCharCode(33 + random.below(200)).repeat(random.pick(this.lengths));
  }
}

fuzz("hashes", (random) => new Round(random).run());
