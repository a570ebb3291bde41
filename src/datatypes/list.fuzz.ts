/**
 * Lists against plain arrays: every change, at every limit, with allocations that fail. Elements come in sizes that make all forms of
 * lists: short runs, many leaves, leaves of one element.
 */
import assert from "node:assert/strict";
import { fuzz, type SeededRandom } from "../../test/support/fuzzing.js";
import { Argv } from "../bytes/argv.js";
import { Region } from "../bytes/region.js";
import { Keyspace } from "../keyspace/keyspace.js";
import { Arena, OutOfMemory } from "../memory/arena.js";
import { Encoding, ValueType } from "../structures/entry/entry.js";
import { load } from "../structures/packed/listpack.js";
import { ListCursor } from "../structures/tree/list-cursor.js";

const KEY = Argv.from(["key"]);
const COPY = Argv.from(["key", "copy"]);
const LIMITS = [-1, -2, -2, -2, -3, -5, 0, 1, 3, 16, 128];

class Round {
  readonly arena = new Arena();
  readonly keyspace: Keyspace;
  readonly cursor = new ListCursor();
  readonly sizes: readonly number[];
  model: string[] = [];
  /** Allocations left until one fails; 0 = none will. */
  failIn = 0;

  constructor(readonly random: SeededRandom) {
    this.keyspace = new Keyspace({
      arena: this.arena,
      databaseCount: 1,
      hashKey: [random.bits(), random.bits()],
      random: random.bits,
    });
    this.keyspace.limits.listMaxListpackSize = random.pick(LIMITS);
    this.sizes = random.pick([
      [0, 1, 3, 8],
      [16],
      [1, 20, 100, 300],
      [60, 1000, 3000],
      [1, 100, 4000, 8180, 8190, 9000, 20_000],
    ]);
    const allocate = this.arena.allocate.bind(this.arena);
    this.arena.allocate = (size: number) => {
      if (this.failIn > 0 && --this.failIn === 0) throw new OutOfMemory();
      return allocate(size);
    };
  }

  element(): string {
    const { random } = this;
    if (random.chance(0.3)) return String(random.below(20) - 5);
    const text = random.pick(["a", "b", "c", "xyz", "9"]);
    return text.repeat(random.pick(this.sizes) + 1).slice(0, random.pick(this.sizes));
  }

  get db() {
    return this.keyspace.database(0);
  }

  /** Opens the list; false when there is none. */
  open(): boolean {
    const ref = this.db.lookupWrite(KEY, 0);
    if (ref !== 0) this.db.edit(KEY, 0, ref, this.keyspace.slot);
    return ref !== 0;
  }

  push(): void {
    const { keyspace, db, random } = this;
    const { lists } = keyspace.types;
    const atHead = random.chance(0.5);
    const count = random.pick([1, 1, 1, 2, 5, 40, 200]);
    const elements = Array.from({ length: count }, () => this.element());
    const argv = Argv.from(["key", ...elements]);
    if (this.open()) {
      keyspace.slot.argv = argv;
      lists.push(keyspace.slot, argv, 1, atHead);
    } else {
      db.begin(argv, 0, ValueType.LIST, Encoding.LISTPACK, lists.emptyBytes, keyspace.slot);
      try {
        lists.makeEmpty(keyspace.slot);
        lists.push(keyspace.slot, argv, 1, atHead);
      } catch (error) {
        db.abandon(keyspace.slot);
        throw error;
      }
      db.place(keyspace.slot);
    }
    if (atHead) this.model.unshift(...elements.reverse());
    else this.model.push(...elements);
  }

  remove(): void {
    const { random } = this;
    if (!this.open()) return;
    const count = random.chance(0.7) ? 1 : random.below(Math.min(300, this.model.length) + 1);
    const fromTail = random.chance(0.5);
    this.keyspace.types.lists.remove(this.keyspace.slot, count, fromTail);
    if (fromTail) this.model.length -= count;
    else this.model.splice(0, count);
    this.finish();
  }

  removeEqual(): void {
    const { random } = this;
    if (!this.open()) return;
    const limit = random.pick([1, 2, 10, Number.POSITIVE_INFINITY]);
    const fromTail = random.chance(0.5);
    const text = random.chance(0.8) ? random.pick(this.model) : this.element();
    const kept: string[] = [];
    let removed = 0;
    for (const element of fromTail ? [...this.model].reverse() : this.model) {
      if (element === text && removed < limit) removed++;
      else kept.push(element);
    }
    const region = regionOf(text);
    const { lists } = this.keyspace.types;
    assert.equal(lists.removeEqual(this.keyspace.slot, limit, fromTail, region, 0, text.length), removed);
    this.model = fromTail ? kept.reverse() : kept;
    this.finish();
  }

  /** What commands do after elements went. */
  finish(): void {
    const { lists } = this.keyspace.types;
    if (this.model.length === 0) this.db.remove(KEY, 0);
    else lists.shrink(this.keyspace.slot);
  }

  insert(): void {
    if (!this.open()) return;
    const { lists } = this.keyspace.types;
    const { slot } = this.keyspace;
    const index = this.random.below(this.model.length);
    const behind = this.random.chance(0.5);
    const text = this.element();
    lists.prepare(slot, text.length, 1);
    lists.seek(slot, index, this.cursor);
    lists.insert(slot, this.cursor, behind, regionOf(text), 0, text.length);
    this.model.splice(behind ? index + 1 : index, 0, text);
  }

  set(): void {
    if (!this.open()) return;
    const { lists } = this.keyspace.types;
    const { slot } = this.keyspace;
    const index = this.random.below(this.model.length);
    const text = this.element();
    lists.prepare(slot, text.length, 1);
    lists.set(slot, index, regionOf(text), 0, text.length);
    this.model[index] = text;
    lists.shrink(slot);
  }

  seek(): void {
    if (!this.open()) return;
    const { lists } = this.keyspace.types;
    let index = this.random.below(this.model.length);
    lists.seek(this.keyspace.slot, index, this.cursor);
    const isForward = this.random.chance(0.5);
    for (let steps = 0; steps < 600; steps++) {
      const text = this.model[index]!;
      const { region, at } = this.cursor;
      assert.equal(text, read(lists, region, at), `element ${index}`);
      const more = isForward ? lists.next(this.cursor) : lists.previous(this.cursor);
      index += isForward ? 1 : -1;
      assert.equal(more, index >= 0 && index < this.model.length);
      if (!more) break;
    }
  }

  find(): void {
    if (!this.open()) return;
    const { lists } = this.keyspace.types;
    const text = this.random.chance(0.8) ? this.random.pick(this.model) : this.element();
    lists.seek(this.keyspace.slot, 0, this.cursor);
    const found = lists.find(this.cursor, regionOf(text), 0, text.length);
    assert.equal(found, this.model.includes(text));
    if (found) assert.equal(read(lists, this.cursor.region, this.cursor.at), text);
  }

  copy(): void {
    if (!this.open()) return;
    this.db.copyEntry(COPY, 0, this.db, 1);
    const argv = Argv.from(["copy"]);
    this.db.edit(argv, 0, this.db.peek(argv, 0), this.keyspace.slot);
    this.check();
    this.db.remove(argv, 0);
    while (this.keyspace.lazyFree.freeSome(this.random.pick([1, 100, 100_000]))) {}
  }

  /** The open list is the model. */
  check(): void {
    const { lists } = this.keyspace.types;
    const { slot } = this.keyspace;
    assert.equal(lists.count(slot), this.model.length);
    const elements: string[] = [];
    lists.each(slot, (element) => elements.push(element.latin1()));
    assert.deepEqual(elements, this.model);
    if (slot.encoding === Encoding.QUICKLIST) {
      assert.deepEqual(lists.packed.verify(slot.segment.dv.getUint32(slot.offset, true)), []);
    }
  }

  run(): void {
    const { random } = this;
    const changes = [
      () => this.push(),
      () => this.push(),
      () => this.push(),
      () => this.remove(),
      () => this.removeEqual(),
      () => this.insert(),
      () => this.set(),
      () => this.seek(),
      () => this.find(),
      () => this.copy(),
    ];
    for (let steps = random.pick([20, 200, 1500]); steps > 0; steps--) {
      if (random.chance(0.003)) this.keyspace.limits.listMaxListpackSize = random.pick(LIMITS);
      if (random.chance(0.1)) this.failIn = 1 + random.below(6);
      try {
        random.pick(changes)();
      } catch (error) {
        if (!(error instanceof OutOfMemory)) throw error;
      }
      this.failIn = 0;
      if (random.chance(0.1)) this.verify();
    }
    this.verify();
  }

  verify(): void {
    if (this.open()) this.check();
    else assert.equal(this.model.length, 0);
    assert.deepEqual(this.arena.verify(this.keyspace.liveBlocks()), []);
  }
}

function read(lists: Keyspace["types"]["lists"], region: Region, at: number): string {
  load(region, at, lists.view);
  return lists.view.latin1();
}

function regionOf(text: string): Region {
  return new Region(Buffer.from(text, "latin1"));
}

fuzz("list", (random) => new Round(random).run());
