/**
 * A dict against a Map: keys come, go, move and get expiries, while scans run that must return whatever stays. Hashes are chosen,
 * so that few keys make pages of all depths and directories of several tables.
 */
import assert from "node:assert/strict";
import { ChosenHashDict, changeExpiry, expiryOf, keyWithHash, makeEntry } from "../../../test/support/entries.js";
import { fuzz, type SeededRandom } from "../../../test/support/fuzzing.js";
import type { Region } from "../../bytes/region.js";
import { Arena, OutOfMemory } from "../../memory/arena.js";
import { DictPage } from "./dict-page.js";

interface Key {
  key: Region;
  hash: number;
  ref: number;
  expireAtMs: number;
  /** Its place in the list of keys. */
  at: number;
}

/** A scan in progress: what was there when it began and has not gone since, and has not been returned yet. */
interface Scan {
  cursor: number;
  awaited: Set<Key>;
}

class Round {
  readonly arena = new Arena();
  readonly dict = new ChosenHashDict(this.arena);
  root = this.dict.create();
  readonly keys: Key[] = [];
  readonly byRef = new Map<number, Key>();
  readonly scans: Scan[] = [];
  readonly due = new Uint32Array(DictPage.SLOTS);
  nowMs = 1000;
  serial = 0;
  /** Hashes are these bits, shifted up: few bits make many keys with equal prefixes. */
  readonly sharedBits: number;
  readonly prefix: number;
  /** Allocations left until one fails; 0 = none will. */
  failIn = 0;

  constructor(readonly random: SeededRandom) {
    this.sharedBits = random.pick([0, 0, 4, 9, 10, 11, 15, 19]);
    this.prefix = random.bits();
    const allocate = this.arena.allocate.bind(this.arena);
    this.arena.allocate = (size) => {
      if (this.failIn > 0 && --this.failIn === 0) throw new OutOfMemory();
      return allocate(size);
    };
  }

  run(): void {
    const { random } = this;
    const phases = 1 + random.below(8);
    for (let phase = 0; phase < phases; phase++) {
      const growth = random.pick([0, 0.1, 0.5, 0.9, 1]);
      const steps = random.pick([50, 500, 3000, 12000]);
      for (let step = 0; step < steps; step++) {
        if (random.chance(growth)) this.insert();
        else this.remove();
        if (random.chance(0.05)) this.change();
        if (random.chance(0.01)) this.scanSome();
        if (random.chance(0.001)) this.startScan();
        if (random.chance(0.002)) this.sweepAll();
      }
      this.verify();
    }
    while (this.scans.length > 0) this.scanSome();
    this.drain();
  }

  insert(): void {
    const { random } = this;
    const bits = random.bits();
    const isShared = this.sharedBits > 0 && random.chance(0.9);
    const hash = (isShared ? (this.prefix & (-1 << (32 - this.sharedBits))) | (bits >>> this.sharedBits) : bits) >>> 0;
    const key = keyWithHash(hash, this.serial++);
    const expireAtMs = random.chance(0.4) ? this.nowMs + random.below(5000) : 0;
    const ref = makeEntry(this.arena, key, expireAtMs);
    if (random.chance(0.02)) this.failIn = 1 + random.below(4);
    try {
      this.dict.insert(this.root, hash, ref, expireAtMs);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      this.arena.free(ref);
      return;
    } finally {
      this.failIn = 0;
    }
    const entry = { key, hash, ref, expireAtMs, at: this.keys.length };
    this.keys.push(entry);
    this.byRef.set(ref, entry);
  }

  find({ key, hash, ref }: Key): void {
    assert.equal(this.dict.find(this.root, key, 0, key.u8.length, hash), ref);
  }

  remove(): void {
    if (this.keys.length === 0) return;
    const at = this.random.below(this.keys.length);
    const entry = this.keys[at]!;
    this.find(entry);
    this.removeFound(entry);
    assert.equal(this.dict.find(this.root, entry.key, 0, entry.key.u8.length, entry.hash), 0);
  }

  removeFound(entry: Key): void {
    this.dict.removeFound(this.root);
    this.arena.free(entry.ref);
    this.byRef.delete(entry.ref);
    const last = this.keys.pop()!;
    last.at = entry.at;
    if (last !== entry) this.keys[entry.at] = last;
    for (const scan of this.scans) scan.awaited.delete(entry);
  }

  /** Another expiry for a key: in place, or in a new block when it had none or loses it. */
  change(): void {
    if (this.keys.length === 0) return;
    const entry = this.random.pick(this.keys);
    assert.ok(this.dict.findRef(this.root, entry.ref, entry.hash));
    const expireAtMs = this.random.chance(0.5) ? this.nowMs + this.random.below(3000) : 0;
    if (entry.expireAtMs !== 0 && expireAtMs !== 0) {
      changeExpiry(this.arena, entry.ref, expireAtMs);
    } else {
      const moved = makeEntry(this.arena, entry.key, expireAtMs);
      this.dict.replaceFound(this.root, moved);
      this.arena.free(entry.ref);
      this.byRef.delete(entry.ref);
      this.byRef.set(moved, entry);
      entry.ref = moved;
    }
    this.dict.expireFound(this.root, expireAtMs);
    entry.expireAtMs = expireAtMs;
  }

  startScan(): void {
    if (this.scans.length < 3) this.scans.push({ cursor: 0, awaited: new Set(this.keys) });
  }

  scanSome(): void {
    if (this.scans.length === 0) return;
    const scan = this.random.pick(this.scans);
    for (let step = 0; step < 40; step++) {
      scan.cursor = this.dict.scan(this.root, scan.cursor, (ref) => {
        const entry = this.byRef.get(ref);
        assert.ok(entry, `scan returned ${ref}, which is not there`);
        scan.awaited.delete(entry);
      });
      if (scan.cursor !== 0) continue;
      assert.equal(scan.awaited.size, 0, "a scan did not return what was there all the time");
      this.scans.splice(this.scans.indexOf(scan), 1);
      return;
    }
  }

  /** Sweeps all pages: what it finds is due, and what it leaves is not due by more than a second. */
  sweepAll(): void {
    this.nowMs += this.random.below(3000);
    for (let prefix = 0; prefix < 2 ** 32; ) {
      const expired = this.dict.sweepPage(this.root, prefix, this.nowMs, this.due);
      prefix = this.dict.sweepNext;
      for (let i = 0; i < expired; i++) {
        const entry = this.byRef.get(this.due[i]!)!;
        assert.ok(entry.expireAtMs !== 0 && entry.expireAtMs < this.nowMs, "the sweep took a key that is not due");
        assert.ok(this.dict.findRef(this.root, entry.ref, entry.hash));
        this.removeFound(entry);
      }
    }
    for (const { expireAtMs } of this.keys) {
      assert.ok(expireAtMs === 0 || expireAtMs >= this.nowMs - 1000, "the sweep left a key that is long due");
    }
  }

  verify(): void {
    const { arena, dict, root } = this;
    assert.deepEqual(dict.verify(root), []);
    assert.equal(dict.count(root), this.keys.length);
    assert.equal(dict.volatileCount(root), this.keys.filter((key) => key.expireAtMs !== 0).length);
    for (const entry of this.keys) {
      this.find(entry);
      assert.equal(expiryOf(arena, entry.ref), entry.expireAtMs);
    }
    const blocks: number[] = [...this.byRef.keys()];
    dict.eachBlock(root, (ref) => blocks.push(ref));
    assert.deepEqual(arena.verify(blocks), []);
    const random = dict.random(root, this.random.bits);
    assert.equal(random !== 0, this.keys.length > 0);
    if (random !== 0) assert.ok(this.byRef.has(random));
    const limit = 1 + this.random.below(300);
    const seen = new Set<number>();
    const visited = dict.sample(root, this.random.bits(), limit, false, 2 ** 32, (ref) => seen.add(ref));
    assert.equal(visited, Math.min(limit, this.keys.length));
    assert.equal(seen.size, visited, "sample visited an entry twice");
  }

  drain(): void {
    const { arena, dict, root } = this;
    while (
      !dict.drain(root, 1 + this.random.below(1000), (ref) => {
        arena.free(ref);
        assert.ok(this.byRef.delete(ref));
      })
    ) {
      if (this.random.chance(0.9)) continue;
      const blocks: number[] = [...this.byRef.keys()];
      dict.eachBlock(root, (ref) => blocks.push(ref));
      assert.deepEqual(arena.verify(blocks), []);
    }
    assert.equal(this.byRef.size, 0);
    assert.deepEqual(arena.verify([]), []);
  }
}

fuzz("dict", (random) => new Round(random).run());
