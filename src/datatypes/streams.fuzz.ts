/**
 * Streams against arrays and maps: entries come, go and are trimmed under limits that change; groups, consumers and pending entries
 * too; keys are copied and removed; memory runs out now and then. After each batch everything must agree, block by block.
 */
import assert from "node:assert/strict";
import { fuzz, type SeededRandom } from "../../test/support/fuzzing.js";
import { KeySpaceFixture, START_MS } from "../../test/support/key-space.js";
import { Argv } from "../bytes/argv.js";
import { OutOfMemory } from "../memory/arena.js";
import { Encoding, ValueType } from "../structures/entry/entry.js";
import { Consumer, type EditableRef, Group, Head, Pending } from "./stream-blocks.js";
import { idText, newId, type StreamId } from "./stream-id.js";
import { STREAM_PAYLOAD_BYTES, type Streams } from "./streams.js";

interface ModelEntry {
  readonly id: bigint;
  readonly fields: readonly string[];
}

interface ModelGroup {
  readonly consumers: Set<string>;
  readonly pending: Map<bigint, { consumer: string; timeMs: number; deliveries: number }>;
  lastId: bigint;
}

interface Model {
  entries: ModelEntry[];
  /** The IDs of all that were ever added. */
  readonly addedIds: bigint[];
  lastId: bigint;
  maxDeleted: bigint;
  added: number;
  readonly groups: Map<string, ModelGroup>;
}

const FIRST_GROUP_ID = 5n;
const WORD = 0xffffffffn;

function setId(id: StreamId, value: bigint): StreamId {
  for (let i = 0; i < 4; i++) id[i] = Number((value >> BigInt(96 - 32 * i)) & WORD);
  return id;
}

function valueOf(id: StreamId): bigint {
  let value = 0n;
  for (const word of id) value = (value << 32n) | BigInt(word);
  return value;
}

class Round {
  readonly fixture = new KeySpaceFixture();
  readonly streams: Streams = this.fixture.keyspace.types.streams;
  readonly models = new Map<string, Model>();
  readonly id = newId();
  failIn = 0;

  constructor(readonly random: SeededRandom) {
    const { arena, keyspace } = this.fixture;
    keyspace.limits.streamNodeMaxEntries = random.pick([0, 1, 5, 30, 100, 300]);
    keyspace.limits.streamNodeMaxBytes = random.pick([0, 100, 1000, 4096]);
    const allocate = arena.allocate.bind(arena);
    arena.allocate = (size) => {
      if (this.failIn > 0 && --this.failIn === 0) throw new OutOfMemory();
      return allocate(size);
    };
  }

  run(): void {
    const { random } = this;
    for (let batch = 1 + random.below(6); batch > 0; batch--) {
      const weights = Array.from({ length: 12 }, () => random.below(10) + (random.chance(0.3) ? 30 : 0));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (let step = random.pick([10, 50, 300, 1500]); step > 0; step--) {
        let at = random.below(total);
        const which = weights.findIndex((weight) => (at -= weight) < 0);
        this.#step(which, random.pick(["a", "b"]));
      }
      this.#verify();
    }
    for (const key of [...this.models.keys()]) this.#remove(key);
    while (this.fixture.keyspace.lazyFree.freeSome(random.pick([1, 10, 1000])));
    this.fixture.verify();
  }

  #step(which: number, key: string): void {
    const model = this.models.get(key);
    if (which === 0 && this.random.chance(0.01)) return this.#remove(key);
    if (which === 1 && this.random.chance(0.05)) return this.#copy(key, key === "a" ? "b" : "a");
    if (which <= 4 || model === undefined) return this.#append(key);
    const head = this.#head(key);
    if (which === 5) return this.#removeEntry(head, model);
    if (which === 6 && this.random.chance(0.1)) return this.#trim(head, model);
    if (which === 7) return this.#range(head, model);
    if (which >= 8) this.#group(which, head, model);
  }

  #head(key: string): EditableRef {
    const { db, keyspace } = this.fixture;
    db.edit(Argv.from([key]), 0, this.fixture.ref(key), keyspace.slot);
    return this.streams.editableHead(keyspace.slot);
  }

  /** Runs something that may run out of memory; false when it did, and then nothing has changed. */
  #try(change: () => void): boolean {
    if (this.random.chance(0.03)) this.failIn = 1 + this.random.below(4);
    try {
      change();
      return true;
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      return false;
    } finally {
      this.failIn = 0;
    }
  }

  #append(key: string): void {
    const { random, streams } = this;
    let model = this.models.get(key);
    const isNew = model === undefined;
    model ??= { entries: [], addedIds: [], lastId: 0n, maxDeleted: 0n, added: 0, groups: new Map() };
    const leap = random.pick([1n, 1n, 2n, 1n << 64n, 5n << 64n, (1n << 95n) + 7n, (1n << 64n) - 3n]);
    const id = model.lastId + leap;
    if (id >= 1n << 127n) return;
    const names = random.pick([["sensor", "temp"], ["sensor", "temp"], ["1", "2", "3"], [this.#text()]]);
    const fields = names.flatMap((name) => [name, this.#text()]);
    const argv = Argv.from([key, ...fields]);
    const { db, keyspace } = this.fixture;
    const head = isNew ? null : this.#head(key);
    const done = this.#try(() => {
      if (head !== null) return streams.append(head, setId(this.id, id), argv, 1);
      const created = streams.create();
      try {
        streams.append(created, setId(this.id, id), argv, 1);
        db.begin(argv, 0, ValueType.STREAM, Encoding.STREAM, STREAM_PAYLOAD_BYTES, keyspace.slot);
      } catch (error) {
        streams.destroy(created);
        throw error;
      }
      streams.setHead(keyspace.slot.segment, keyspace.slot.offset, created);
      db.place(keyspace.slot);
    });
    if (!done) return;
    model.entries.push({ id, fields });
    model.addedIds.push(id);
    model.lastId = id;
    model.added++;
    this.models.set(key, model);
  }

  #text(): string {
    const { random } = this;
    if (random.chance(0.3)) return String(random.below(300) - 50);
    if (random.chance(0.1)) return "9223372036854775807";
    return "v".repeat(random.pick([0, 1, 7, 40, 63, 64, 200, 5000]));
  }

  #removeEntry(head: EditableRef, model: Model): void {
    const { random } = this;
    const index = random.chance(0.3) ? 0 : random.below(model.entries.length + 1);
    const id = model.entries[index]?.id ?? model.lastId + 1n;
    let removed = false;
    if (!this.#try(() => (removed = this.streams.remove(head, setId(this.id, id))))) return;
    assert.equal(removed, index < model.entries.length);
    if (!removed) return;
    model.entries.splice(index, 1);
    if (id > model.maxDeleted) model.maxDeleted = id;
  }

  #trim(head: EditableRef, model: Model): void {
    const { random, streams } = this;
    const options = streams.trimOptions;
    options.clear();
    options.isApproximate = random.chance(0.5);
    if (random.chance(0.3) && options.isApproximate) options.limit = random.below(50);
    const index = random.below(model.entries.length + 1);
    let expected = index;
    if (random.chance(0.5)) {
      options.strategy = "length";
      options.length = model.entries.length - index;
    } else {
      options.strategy = "id";
      const id = model.entries[index]?.id ?? model.lastId + 1n;
      setId(options.id, id);
      expected = model.entries.filter((entry) => entry.id < id).length;
    }
    const removed = streams.trim(head);
    if (options.isApproximate) assert.ok(removed <= expected);
    else assert.equal(removed, expected);
    model.entries.splice(0, removed);
  }

  #range(head: number, model: Model): void {
    const { random, streams } = this;
    const [a, b] = [this.#anyId(model), this.#anyId(model)].sort((x, y) => (x < y ? -1 : 1)) as [bigint, bigint];
    const isReverse = random.chance(0.5);
    const expected = model.entries.filter(({ id }) => id >= a && id <= b);
    if (isReverse) expected.reverse();
    const { iterator } = streams;
    iterator.start(streams.rootOf(head), setId(streams.startId, a), setId(streams.endId, b), isReverse);
    for (const { id, fields } of expected) {
      assert.ok(iterator.next());
      assert.equal(valueOf(iterator.id), id);
      if (random.chance(0.3)) continue;
      const found: string[] = [];
      for (let left = iterator.fieldCount; left > 0; left--) {
        iterator.nextField();
        found.push(iterator.field.latin1(), iterator.value.latin1());
      }
      assert.deepEqual(found, fields);
    }
    assert.equal(iterator.next(), false);
    assert.equal(iterator.next(), false);
  }

  #anyId(model: Model): bigint {
    const { random } = this;
    const entry = model.entries[random.below(model.entries.length + 1)];
    return (entry?.id ?? 0n) + BigInt(random.below(3));
  }

  #group(which: number, head: EditableRef, model: Model): void {
    const { random } = this;
    const { groups } = this.streams;
    const name = random.pick(["g", "h", "", "long name of a group"]);
    const who = random.pick(["alice", "bob", "", "carol"]);
    const argv = Argv.from([name, who]);
    const source = argv.source;
    const of = model.groups.get(name);
    if (of === undefined || (which === 8 && random.chance(0.02))) {
      if (of !== undefined) {
        const group = this.streams.detachGroup(head, source, argv.offset[0]!, argv.length[0]!);
        assert.ok(group !== 0);
        this.fixture.keyspace.lazyFree.freeRecord(group);
        model.groups.delete(name);
      } else if (
        this.#try(() =>
          groups.createGroup(head, source, argv.offset[0]!, argv.length[0]!, setId(this.id, FIRST_GROUP_ID)),
        )
      )
        model.groups.set(name, { consumers: new Set(), pending: new Map(), lastId: FIRST_GROUP_ID });
      return;
    }
    const group = groups.findGroup(head, source, argv.offset[0]!, argv.length[0]!);
    let consumer = groups.findConsumer(group, source, argv.offset[1]!, argv.length[1]!);
    assert.equal(consumer !== 0, of.consumers.has(who));
    if (consumer === 0) {
      if (
        !this.#try(() => (consumer = groups.createConsumer(group, source, argv.offset[1]!, argv.length[1]!, START_MS)))
      )
        return;
      of.consumers.add(who);
    }
    if (which === 8 && random.chance(0.05)) {
      const owned = [...of.pending].filter(([, record]) => record.consumer === who);
      assert.equal(groups.deleteConsumer(group, source, argv.offset[1]!, argv.length[1]!), owned.length);
      for (const [id] of owned) of.pending.delete(id);
      of.consumers.delete(who);
    } else if (which === 9) {
      const id = [...of.pending.keys()][random.below(of.pending.size + 1)] ?? 3n;
      assert.equal(groups.acknowledge(group, setId(this.id, id)), of.pending.delete(id));
    } else if (which === 10) {
      this.#deliver(head, group, model, of);
    } else this.#assign(group, consumer, of, who, this.#anyId(model));
  }

  /** The next entries are delivered to a group. */
  #deliver(head: EditableRef, group: EditableRef, model: Model, of: ModelGroup): void {
    const next = model.entries.filter(({ id }) => id > of.lastId).slice(0, this.random.pick([1, 2, 30]));
    for (const { id } of next) {
      this.streams.advance(head, group, setId(this.id, id));
      of.lastId = id;
    }
  }

  #assign(group: EditableRef, consumer: EditableRef, of: ModelGroup, who: string, id: bigint): void {
    const { groups } = this.streams;
    const timeMs = START_MS + this.random.below(1000);
    if (!this.#try(() => groups.assign(group, consumer, setId(this.id, id), timeMs))) return;
    groups.addDelivery();
    const deliveries = (of.pending.get(id)?.deliveries ?? 0) + 1;
    of.pending.set(id, { consumer: who, timeMs, deliveries });
  }

  #copy(from: string, to: string): void {
    const model = this.models.get(from);
    if (model === undefined) return;
    const { db } = this.fixture;
    if (!this.#try(() => db.copyEntry(Argv.from([from, to]), 0, db, 1))) return;
    this.models.set(to, structuredClone(model));
  }

  #remove(key: string): void {
    if (this.models.delete(key)) assert.ok(this.fixture.db.remove(Argv.from([key]), 0));
    this.fixture.keyspace.lazyFree.freeSome(this.random.below(100));
  }

  #verify(): void {
    const { streams } = this;
    for (const [key, model] of this.models) {
      const head = this.#head(key);
      assert.deepEqual(streams.entries.tree.verify(streams.rootOf(head)), []);
      assert.equal(streams.length(head), model.entries.length);
      this.#range(head, model);
      streams.blocks.loadId(head, Head.FIRST_ID, this.id);
      assert.equal(valueOf(this.id), model.entries[0]?.id ?? 0n);
      streams.blocks.loadId(head, Head.LAST_ID, this.id);
      assert.equal(valueOf(this.id), model.lastId, idText(this.id));
      streams.blocks.loadId(head, Head.MAX_DELETED_ID, this.id);
      assert.equal(valueOf(this.id), model.maxDeleted);
      assert.equal(streams.blocks.int64(head, Head.ENTRIES_ADDED), BigInt(model.added));
      assert.equal(streams.groups.groupCount(head), model.groups.size);
      for (const [name, group] of model.groups) this.#verifyGroup(head, name, model, group);
    }
    this.fixture.verify();
  }

  #verifyGroup(head: number, name: string, stream: Model, model: ModelGroup): void {
    const { blocks, groups } = this.streams;
    const argv = Argv.from([name]);
    const group = groups.findGroup(head, argv.source, argv.offset[0]!, argv.length[0]!);
    this.#verifyProgress(head, group, stream, model);
    const root = blocks.word(group, Group.PENDING);
    assert.deepEqual(groups.pending.verify(root), []);
    assert.equal(groups.pendingCount(group), model.pending.size);
    assert.equal(groups.consumerCount(group), model.consumers.size);
    const owned = new Map<number, number>();
    for (let more = groups.pending.first(root); more; more = groups.pending.next()) {
      groups.pending.loadKey(this.id);
      const record = model.pending.get(valueOf(this.id))!;
      const consumer = groups.pending.word(Pending.CONSUMER);
      assert.equal(this.#nameOf(consumer), record.consumer);
      assert.equal(groups.deliveryTime(), record.timeMs);
      assert.equal(groups.deliveries(), record.deliveries);
      owned.set(consumer, (owned.get(consumer) ?? 0) + 1);
    }
    for (let i = 0; i < groups.consumerCount(group); i++) {
      const consumer = groups.consumerAt(group, i);
      assert.deepEqual(groups.owned.verify(blocks.word(consumer, Consumer.OWNED)), []);
      assert.equal(groups.ownedCount(consumer), owned.get(consumer) ?? 0);
    }
  }

  /** What a group has read and what is left are right, where they are known; and known while nothing was deleted, if it began before all. */
  #verifyProgress(head: number, group: number, stream: Model, { lastId }: ModelGroup): void {
    const { blocks, groups } = this.streams;
    const lag = this.streams.lag(head, group);
    if (lag !== null) assert.equal(lag, stream.entries.filter(({ id }) => id > lastId).length);
    else assert.ok(stream.maxDeleted > 0n || stream.addedIds[0]! <= FIRST_GROUP_ID);
    if (!groups.isReadCountKnown(group)) return;
    const read = stream.addedIds.filter((id) => id <= lastId).length;
    assert.equal(blocks.int64(group, Group.ENTRIES_READ), BigInt(read));
  }

  #nameOf(consumer: number): string {
    const { blocks, groups } = this.streams;
    const { consumerNames } = groups;
    const at = consumerNames.nameOffset(consumer);
    const { u8 } = blocks.segment(consumer);
    return Buffer.from(u8.subarray(at, at + consumerNames.nameLength(consumer))).toString("latin1");
  }
}

fuzz("streams", (random) => new Round(random).run());
