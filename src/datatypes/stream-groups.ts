/**
 * The consumer groups of streams: groups, their consumers, and the entries that were delivered and not acknowledged. Such an entry
 * has a record in the group's tree, which says whose it is, and its ID in the tree of that consumer.
 *
 * Groups and consumers are given by ref, 0 for none. A name is a slice of a region.
 */
import type { Region } from "../bytes/region.js";
import { RecordLeaf, RecordTree } from "../structures/tree/record-tree.js";
import { Consumer, type EditableRef, Group, Head, Pending, type StreamBlocks, StreamNames } from "./stream-blocks.js";
import { newId, type StreamId } from "./stream-id.js";

const enum Full {
  /** Records of a full leaf: 2016 and 1024 bytes. */
  PENDING = 56,
  OWNED = 64,
}

const WORD = 0x100000000;

export class StreamGroups {
  /** Pending entries of groups; `find` and its like leave it at a record, whose words are in `Pending`. */
  readonly pending: RecordTree;
  /** Pending IDs of consumers. */
  readonly owned: RecordTree;
  readonly groupNames: StreamNames;
  readonly consumerNames: StreamNames;
  readonly #id = newId();

  constructor(readonly blocks: StreamBlocks) {
    this.pending = new RecordTree(blocks.arena, Pending.WORDS, Full.PENDING);
    this.owned = new RecordTree(blocks.arena, RecordLeaf.KEY_WORDS, Full.OWNED);
    this.groupNames = new StreamNames(blocks, Group.NAME_LENGTH);
    this.consumerNames = new StreamNames(blocks, Consumer.NAME_LENGTH);
  }

  // Groups

  groupCount(head: number): number {
    return this.groupNames.count(this.blocks.word(head, Head.GROUPS));
  }

  /** The group at a position in the order of names. */
  groupAt(head: number, position: number): number {
    return this.groupNames.at(this.blocks.word(head, Head.GROUPS), position);
  }

  /** The group of this name, 0 when there is none; it may be changed if the stream may. */
  findGroup<R extends number>(head: R, source: Region, offset: number, length: number): R {
    const index = this.blocks.word(head, Head.GROUPS);
    const position = this.groupNames.find(index, source, offset, length);
    return (position < 0 ? 0 : this.groupNames.at(index, position)) as R;
  }

  /** Adds a group, without consumers, whose counter is unknown; 0 when there is one of this name. Throws OutOfMemory with nothing changed. */
  createGroup(head: EditableRef, source: Region, offset: number, length: number, lastId: StreamId): EditableRef {
    const { blocks, groupNames } = this;
    const position = groupNames.find(blocks.word(head, Head.GROUPS), source, offset, length);
    if (position >= 0) return 0 as EditableRef;
    const index = groupNames.reserve(blocks.word(head, Head.GROUPS));
    blocks.setWord(head, Head.GROUPS, index);
    const group = blocks.allocateNamed(Group.NAME_LENGTH + 1, source, offset, length);
    blocks.setId(group, Group.LAST_ID, lastId);
    blocks.setInt64(group, Group.ENTRIES_READ, -1, -1);
    groupNames.insert(index, ~position, group);
    return group;
  }

  /** Takes a group out of its stream, to be freed by the caller with `drainGroup`; returns it, 0 when there is none of this name. */
  detachGroup(head: EditableRef, source: Region, offset: number, length: number): number {
    const { blocks, groupNames } = this;
    const index = blocks.word(head, Head.GROUPS);
    const position = groupNames.find(index, source, offset, length);
    if (position < 0) return 0;
    const group = groupNames.at(index, position);
    groupNames.remove(index, position);
    return group;
  }

  /** Whether the number of entries read is known. */
  isReadCountKnown(group: number): boolean {
    return this.blocks.word(group, Group.ENTRIES_READ + 1) < 0x80000000;
  }

  /** The number of entries read as a decimal number, -1 when it is not known. */
  entriesReadText(group: number): string {
    return this.isReadCountKnown(group) ? this.blocks.int64(group, Group.ENTRIES_READ).toString() : "-1";
  }

  pendingCount(group: number): number {
    return this.pending.count(this.blocks.word(group, Group.PENDING));
  }

  // Consumers

  consumerCount(group: number): number {
    return this.consumerNames.count(this.blocks.word(group, Group.CONSUMERS));
  }

  /** The consumer at a position in the order of names. */
  consumerAt(group: number, position: number): number {
    return this.consumerNames.at(this.blocks.word(group, Group.CONSUMERS), position);
  }

  /** The consumer of this name, 0 when there is none; it may be changed if the group may. */
  findConsumer<R extends number>(group: R, source: Region, offset: number, length: number): R {
    const index = this.blocks.word(group, Group.CONSUMERS);
    const position = this.consumerNames.find(index, source, offset, length);
    return (position < 0 ? 0 : this.consumerNames.at(index, position)) as R;
  }

  /** Adds a consumer, seen now and never active; there must be none of this name. Throws OutOfMemory with nothing changed. */
  createConsumer(group: EditableRef, source: Region, offset: number, length: number, nowMs: number): EditableRef {
    const { blocks, consumerNames } = this;
    const index = consumerNames.reserve(blocks.word(group, Group.CONSUMERS));
    blocks.setWord(group, Group.CONSUMERS, index);
    const consumer = blocks.allocateNamed(Consumer.NAME_LENGTH + 1, source, offset, length);
    blocks.setDouble(consumer, Consumer.SEEN_F64, nowMs);
    blocks.setDouble(consumer, Consumer.ACTIVE_F64, -1);
    consumerNames.insert(index, ~consumerNames.find(index, source, offset, length), consumer);
    return consumer;
  }

  /** Removes a consumer with its pending entries; returns how many those were, -1 when there is none of this name. */
  deleteConsumer(group: EditableRef, source: Region, offset: number, length: number): number {
    const { blocks, consumerNames, pending, owned } = this;
    const index = blocks.word(group, Group.CONSUMERS);
    const position = consumerNames.find(index, source, offset, length);
    if (position < 0) return -1;
    const consumer = consumerNames.at(index, position);
    const ownedRoot = blocks.word(consumer, Consumer.OWNED);
    const count = owned.count(ownedRoot);
    for (let more = owned.first(ownedRoot); more; more = owned.next()) {
      owned.loadKey(this.#id);
      if (pending.find(blocks.word(group, Group.PENDING), this.#id)) pending.remove();
    }
    consumerNames.remove(index, position);
    this.#drainConsumer(consumer, Number.POSITIVE_INFINITY);
    return count;
  }

  ownedCount(consumer: number): number {
    return this.owned.count(this.blocks.word(consumer, Consumer.OWNED));
  }

  // Pending entries

  /** Goes to the record of a pending entry; false when there is none. */
  findPending(group: number, id: StreamId): boolean {
    return this.pending.find(this.blocks.word(group, Group.PENDING), id);
  }

  /**
   * Makes an entry pending for a consumer, delivered at `timeMs`, whoever had it, and leaves `pending` at its record; a new one counts 0
   * deliveries. Throws OutOfMemory with nothing changed.
   */
  assign(group: EditableRef, consumer: EditableRef, id: StreamId, timeMs: number): void {
    const { blocks, pending } = this;
    if (blocks.word(group, Group.PENDING) === 0) blocks.setWord(group, Group.PENDING, pending.create());
    const isPending = this.findPending(group, id);
    const owner = isPending ? pending.word(Pending.CONSUMER) : 0;
    if (owner !== consumer) {
      this.#own(consumer, id);
      if (owner !== 0) this.#disown(owner, id);
    }
    if (!isPending) {
      try {
        pending.insert(id);
      } catch (error) {
        this.#disown(consumer, id);
        throw error;
      }
      this.setDeliveries(0, 0);
    }
    pending.setWord(Pending.CONSUMER, consumer);
    this.#setDeliveryTime(timeMs);
  }

  /** An entry, which is pending, was delivered once more, at `timeMs`. */
  redeliver(group: EditableRef, id: StreamId, timeMs: number): void {
    this.findPending(group, id);
    this.#setDeliveryTime(timeMs);
    this.addDelivery();
  }

  /** Removes a pending entry; false when there is none with this ID. */
  acknowledge(group: EditableRef, id: StreamId): boolean {
    if (!this.findPending(group, id)) return false;
    const { pending } = this;
    const consumer = pending.word(Pending.CONSUMER);
    pending.remove();
    this.#disown(consumer, id);
    return true;
  }

  /** Of the record `pending` is at: when it was delivered last. */
  deliveryTime(): number {
    return this.pending.word(Pending.TIME_HIGH) * WORD + this.pending.word(Pending.TIME_LOW);
  }

  #setDeliveryTime(timeMs: number): void {
    this.pending.setWord(Pending.TIME_HIGH, Math.floor(timeMs / WORD));
    this.pending.setWord(Pending.TIME_LOW, timeMs % WORD);
  }

  /** Of the record `pending` is at: how often it was delivered, as Redis prints it. */
  deliveries(): number | bigint {
    const high = this.pending.word(Pending.DELIVERIES + 1);
    const low = this.pending.word(Pending.DELIVERIES);
    return high < 0x200000 ? high * WORD + low : (BigInt(high | 0) << 32n) | BigInt(low);
  }

  /** Of the record that `assign` has left `pending` at. */
  setDeliveries(high: number, low: number): void {
    this.pending.setWord(Pending.DELIVERIES, low);
    this.pending.setWord(Pending.DELIVERIES + 1, high);
  }

  addDelivery(): void {
    const low = (this.pending.word(Pending.DELIVERIES) + 1) >>> 0;
    const high = this.pending.word(Pending.DELIVERIES + 1);
    this.setDeliveries(low === 0 ? high + 1 : high, low);
  }

  #own(consumer: number, id: StreamId): void {
    const { blocks, owned } = this;
    if (blocks.word(consumer, Consumer.OWNED) === 0) blocks.setWord(consumer, Consumer.OWNED, owned.create());
    if (!owned.find(blocks.word(consumer, Consumer.OWNED), id)) owned.insert(id);
  }

  #disown(consumer: number, id: StreamId): void {
    const { blocks, owned } = this;
    if (owned.find(blocks.word(consumer, Consumer.OWNED), id)) owned.remove();
  }

  // All of a stream

  /** Pending entries of all groups, and the groups and consumers themselves. */
  weight(head: number): number {
    let weight = this.groupCount(head);
    for (let i = this.groupCount(head) - 1; i >= 0; i--) weight += this.groupWeight(this.groupAt(head, i));
    return weight;
  }

  /** Pending entries and consumers of a group. */
  groupWeight(group: number): number {
    return this.pendingCount(group) + this.consumerCount(group);
  }

  /** Frees about `limit` records of a group nobody uses any more; true when all is gone but its block. */
  drainGroup(group: number, limit: number): boolean {
    const { blocks, consumerNames, pending } = this;
    const consumers = blocks.word(group, Group.CONSUMERS);
    for (let count = consumerNames.count(consumers); count > 0; count--) {
      const consumer = consumerNames.at(consumers, count - 1);
      const weight = this.ownedCount(consumer) + 1;
      if (!this.#drainConsumer(consumer, limit)) return false;
      consumerNames.remove(consumers, count - 1);
      limit -= weight;
      if (limit <= 0) return false;
    }
    const root = blocks.word(group, Group.PENDING);
    if (root !== 0) {
      if (!pending.drain(root, limit)) return false;
      blocks.setWord(group, Group.PENDING, 0);
    }
    if (consumers !== 0) blocks.arena.free(consumers);
    blocks.setWord(group, Group.CONSUMERS, 0);
    return true;
  }

  #drainConsumer(consumer: number, limit: number): boolean {
    const root = this.blocks.word(consumer, Consumer.OWNED);
    if (root !== 0) {
      if (!this.owned.drain(root, limit)) return false;
      this.blocks.setWord(consumer, Consumer.OWNED, 0);
    }
    this.blocks.arena.free(consumer);
    return true;
  }

  /** Frees about `limit` groups, consumers and records; true when all groups are gone. */
  drain(head: number, limit: number): boolean {
    const { blocks, groupNames } = this;
    const index = blocks.word(head, Head.GROUPS);
    if (index === 0) return true;
    for (let count = groupNames.count(index); count > 0; count--) {
      const group = groupNames.at(index, count - 1);
      limit -= this.pendingCount(group) + 1;
      if (!this.drainGroup(group, Math.max(limit, 1))) return false;
      blocks.arena.free(group);
      groupNames.remove(index, count - 1);
      if (limit <= 0 && count > 1) return false;
    }
    blocks.arena.free(index);
    blocks.setWord(head, Head.GROUPS, 0);
    return true;
  }

  /** Copies the groups of `from` to `to`, which has none. On OutOfMemory `to` has some of them, whole. */
  copy(from: number, to: EditableRef): void {
    const { blocks, groupNames } = this;
    for (let i = 0; i < this.groupCount(from); i++) {
      const group = this.groupAt(from, i);
      blocks.loadId(group, Group.LAST_ID, this.#id);
      const copy = this.createGroup(
        to,
        blocks.segment(group),
        groupNames.nameOffset(group),
        groupNames.nameLength(group),
        this.#id,
      );
      for (const word of [Group.ENTRIES_READ, Group.ENTRIES_READ + 1]) {
        blocks.setWord(copy, word, blocks.word(group, word));
      }
      this.#copyMembers(group, copy);
    }
  }

  #copyMembers(group: number, copy: EditableRef): void {
    const { blocks, consumerNames, pending, owned } = this;
    const copies = new Map<number, number>();
    for (let i = 0; i < this.consumerCount(group); i++) {
      const consumer = this.consumerAt(group, i);
      const copied = this.createConsumer(
        copy,
        blocks.segment(consumer),
        consumerNames.nameOffset(consumer),
        consumerNames.nameLength(consumer),
        blocks.double(consumer, Consumer.SEEN_F64),
      );
      blocks.setDouble(copied, Consumer.ACTIVE_F64, blocks.double(consumer, Consumer.ACTIVE_F64));
      blocks.setWord(copied, Consumer.OWNED, owned.copy(blocks.word(consumer, Consumer.OWNED)));
      copies.set(consumer, copied);
    }
    const root = pending.copy(blocks.word(group, Group.PENDING), (u32, from, to) => {
      for (let at = from + Pending.CONSUMER; at < to; at += Pending.WORDS) u32[at] = copies.get(u32[at]!)!;
    });
    blocks.setWord(copy, Group.PENDING, root);
  }

  /** Visits every block of the groups of a stream. */
  eachBlock(head: number, visit: (ref: number) => void): void {
    const { blocks } = this;
    const index = blocks.word(head, Head.GROUPS);
    if (index !== 0) visit(index);
    for (let i = 0; i < this.groupCount(head); i++) {
      const group = this.groupAt(head, i);
      visit(group);
      this.eachGroupBlock(group, visit);
    }
  }

  /** Visits every block that a group refers to. */
  eachGroupBlock(group: number, visit: (ref: number) => void): void {
    const { blocks } = this;
    this.pending.eachBlock(blocks.word(group, Group.PENDING), visit);
    const consumers = blocks.word(group, Group.CONSUMERS);
    if (consumers !== 0) visit(consumers);
    for (let k = 0; k < this.consumerCount(group); k++) {
      const consumer = this.consumerAt(group, k);
      visit(consumer);
      this.owned.eachBlock(blocks.word(consumer, Consumer.OWNED), visit);
    }
  }

  /** Bytes of those blocks. */
  bytes(head: number): number {
    const { blocks } = this;
    let bytes = 0;
    for (let i = 0; i < this.groupCount(head); i++) {
      const group = this.groupAt(head, i);
      bytes += 48 + this.groupNames.nameLength(group) + this.pending.bytes(blocks.word(group, Group.PENDING));
      for (let k = 0; k < this.consumerCount(group); k++) {
        const consumer = this.consumerAt(group, k);
        bytes += 32 + this.consumerNames.nameLength(consumer);
        bytes += this.owned.bytes(blocks.word(consumer, Consumer.OWNED));
      }
    }
    return bytes;
  }
}
