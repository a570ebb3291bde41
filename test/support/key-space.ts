/** A key space with strings as keys and values, for tests of the key space itself. */
import assert from "node:assert/strict";
import { Argv } from "../../src/bytes/argv.js";
import { Region } from "../../src/bytes/region.js";
import { type Database, StringView } from "../../src/keyspace/database.js";
import { Keyspace } from "../../src/keyspace/keyspace.js";
import { Arena, type ArenaOptions, OutOfMemory } from "../../src/memory/arena.js";
import { EntryView } from "../../src/structures/entry/entry.js";
import { SeededRandom } from "./fuzzing.js";

export const START_MS = 1_700_000_000_000;

export class KeySpaceFixture {
  readonly random = new SeededRandom(7);
  readonly arena: Arena;
  readonly keyspace: Keyspace;
  readonly db: Database;
  /** "expired key" and "evicted key", as the listener heard of them. */
  readonly removed: string[] = [];
  /** "event key" of every keyspace event. */
  readonly events: string[] = [];
  readonly #view = new StringView();
  readonly #entry = new EntryView();

  constructor(options: ArenaOptions = {}) {
    this.arena = new Arena(options);
    this.keyspace = new Keyspace({
      arena: this.arena,
      databaseCount: 16,
      hashKey: [1, 2],
      random: this.random.bits,
    });
    this.keyspace.setNow(START_MS);
    this.keyspace.notifyFlags = 0xffff;
    this.keyspace.listener = {
      touched() {},
      notify: (_class, event, _db, argv, i) => this.events.push(`${event} ${argv.latin1(i)}`),
      removed: (reason, _db, argv, i) => this.removed.push(`${reason} ${argv.latin1(i)}`),
      fieldRemoved() {},
      flushing() {},
      swapping() {},
    };
    this.db = this.keyspace.database(0);
  }

  set(key: string, value: string | Uint8Array, expireAtMs = 0, db = this.db): void {
    const bytes = typeof value === "string" ? Buffer.from(value, "latin1") : value;
    db.setString(Argv.from([key]), 0, new Region(bytes), 0, bytes.length, expireAtMs);
  }

  /** The value of a key as a string, null when there is none. */
  get(key: string, db = this.db): string | null {
    const ref = db.lookupRead(Argv.from([key]), 0);
    if (ref === 0) return null;
    db.loadString(ref, this.#view);
    const { region, offset, length } = this.#view;
    return Buffer.from(region.u8.subarray(offset, offset + length)).toString("latin1");
  }

  ref(key: string, db = this.db): number {
    return db.peek(Argv.from([key]), 0);
  }

  /** Makes a string `length` long and writes `byte` over its last one. */
  resize(key: string, length: number, byte?: number): void {
    const argv = Argv.from([key]);
    this.db.resizeString(argv, 0, this.db.lookupWrite(argv, 0), length, this.#view);
    if (byte !== undefined) this.#view.region.u8[this.#view.offset + length - 1] = byte;
  }

  keyOf(ref: number, db = this.db): string {
    db.loadEntry(ref, this.#entry);
    const { segment, keyOffset, keyLength } = this.#entry;
    return Buffer.from(segment.u8.subarray(keyOffset, keyOffset + keyLength)).toString("latin1");
  }

  /** All keys with their values and expiries, also those whose time is over. */
  contents(): Record<string, string> {
    const contents: Record<string, string> = {};
    for (const db of this.keyspace.used()) {
      db.each((ref) => {
        db.loadString(ref, this.#view);
        const { region, offset, length } = this.#view;
        const value = Buffer.from(region.u8.subarray(offset, offset + length)).toString("latin1");
        contents[`${db.index} ${this.keyOf(ref, db)}`] = `${value} ${db.expireAt(ref)}`;
      });
    }
    return contents;
  }

  /** Checks the indexes, and that every block of the arena has its owner. */
  verify(): void {
    for (const db of this.keyspace.used()) {
      if (db.keys.root !== 0) assert.deepEqual(this.keyspace.dict.verify(db.keys.root), []);
    }
    assert.deepEqual(this.arena.verify(this.keyspace.liveBlocks()), []);
  }

  /**
   * Runs `change` with its first allocation failing, then with its second, and so on until it succeeds. After each failure nothing
   * must have changed. Returns how many failures there were.
   */
  failEachAllocation(change: () => void): number {
    const allocate = this.arena.allocate.bind(this.arena);
    const before = this.contents();
    for (let n = 1; ; n++) {
      let allocations = 0;
      this.arena.allocate = (size) => {
        if (++allocations === n) throw new OutOfMemory();
        return allocate(size);
      };
      try {
        change();
        return n - 1;
      } catch (error) {
        if (!(error instanceof OutOfMemory)) throw error;
      } finally {
        this.arena.allocate = allocate;
      }
      this.verify();
      assert.deepEqual(this.contents(), before);
    }
  }
}
