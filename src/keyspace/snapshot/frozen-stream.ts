/**
 * A stream in a snapshot. What there are few of, groups and consumers, is copied when it is frozen; the leaves of its entries and of the pending
 * records of its groups follow piece by piece.
 */
import { copyAll } from "../../bytes/copy-long.js";
import { copyBytes, Region } from "../../bytes/region.js";
import { Consumer, Group, Head, Pending, type StreamNames } from "../../datatypes/stream-blocks.js";
import type { Streams } from "../../datatypes/streams.js";
import { Ref } from "../../memory/segment.js";
import { LeafBlock } from "../../structures/tree/stream-leaf.js";
import type { Frozen } from "./frozen.js";
import { FrozenLeaves } from "./frozen-leaves.js";
import type { RecordWriter } from "./record-writer.js";
import { StreamImage } from "./stream-image.js";

export class FrozenStream implements Frozen {
  readonly entries: FrozenLeaves;
  /** The pending records of each group. */
  readonly pending: readonly FrozenLeaves[];
  /** The image of head, groups and consumers, for BEGIN. */
  readonly image: Uint8Array;
  #piece = Region.allocate(4096);
  #group = 0;

  constructor(
    readonly number: number,
    readonly head: number,
    streams: Streams,
  ) {
    const { blocks, groups, entries } = streams;
    const { segments } = blocks.arena;
    const block = (ref: number, from: number, to: number): Uint8Array => {
      const start = (ref & Ref.UNIT) << Ref.UNIT_SHIFT;
      return segments[ref >>> Ref.SEGMENT_SHIFT]!.u8.subarray(start + from, start + to);
    };
    this.entries = new FrozenLeaves(entries.tree, streams.rootOf(head), (leaf) =>
      block(leaf, LeafBlock.RUN, LeafBlock.RUN + blocks.word(leaf, 0)),
    );
    const pending: FrozenLeaves[] = [];
    for (let i = 0; i < groups.groupCount(head); i++) {
      const root = blocks.word(groups.groupAt(head, i), Group.PENDING);
      const records = (leaf: number, items: number): Uint8Array => block(leaf, 0, items * Pending.WORDS * 4);
      pending.push(new FrozenLeaves(groups.pending.tree, root, records));
    }
    this.pending = pending;
    this.image = imageOf(streams, head, pending);
  }

  /** In how many pieces it comes. */
  get pieces(): number {
    return this.pending.reduce((count, leaves) => count + leaves.count, this.entries.count);
  }

  writeNext(writer: RecordWriter): boolean {
    if (!this.entries.isDone) {
      const run = this.entries.next();
      const size = StreamImage.ID + run.length;
      if (this.#piece.u8.length < size) this.#piece = Region.allocate(size * 2);
      const { u8, dv } = this.#piece;
      this.entries.key.forEach((word, i) => void dv.setUint32(i * 4, word, true));
      copyAll(run, this.#piece, StreamImage.ID);
      writer.piece(this.number, u8.subarray(0, size));
    } else if (this.#group < this.pending.length) {
      const leaves = this.pending[this.#group]!;
      if (!leaves.isDone) writer.piece(this.number, leaves.next());
      if (leaves.isDone) this.#group++;
    }
    return this.entries.isDone && this.#group >= this.pending.length;
  }
}

/** Head, groups and consumers, as stream-image.ts shows them. */
function imageOf(streams: Streams, head: number, pending: readonly FrozenLeaves[]): Uint8Array {
  const { blocks, groups } = streams;
  const { groupNames, consumerNames } = groups;
  const groupCount = groups.groupCount(head);
  let size: number = StreamImage.HEAD;
  for (let i = 0; i < groupCount; i++) {
    const group = groups.groupAt(head, i);
    size += StreamImage.GROUP + groupNames.nameLength(group);
    for (let k = groups.consumerCount(group) - 1; k >= 0; k--) {
      size += StreamImage.CONSUMER + consumerNames.nameLength(groups.consumerAt(group, k));
    }
  }
  const image = Region.allocate(size);
  const { dv } = image;
  let at = 0;
  const number = (value: number): void => {
    dv.setUint32(at, value, true);
    at += 4;
  };
  const words = (ref: number, from: number, count: number): void => {
    for (let i = 0; i < count; i++) number(blocks.word(ref, from + i));
  };
  const name = (ref: number, names: StreamNames): void => {
    copyBytes(blocks.segment(ref), names.nameOffset(ref), image, at, names.nameLength(ref));
    at += names.nameLength(ref);
  };
  words(head, Head.FIRST_ID, Head.ENTRIES);
  number(groupCount);
  number(0);
  for (let i = 0; i < groupCount; i++) {
    const group = groups.groupAt(head, i);
    const consumers = groups.consumerCount(group);
    words(group, Group.LAST_ID, Group.PENDING);
    number(consumers);
    number(pending[i]!.count);
    number(groupNames.nameLength(group));
    name(group, groupNames);
    for (let k = 0; k < consumers; k++) {
      const consumer = groups.consumerAt(group, k);
      words(consumer, 0, Consumer.OWNED);
      number(consumer);
      number(consumerNames.nameLength(consumer));
      name(consumer, consumerNames);
    }
  }
  return image.u8;
}
