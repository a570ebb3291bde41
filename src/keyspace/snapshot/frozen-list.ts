/** A big list in a snapshot: the runs of its leaves, in their order. */
import { Ref } from "../../memory/segment.js";
import { Leaf } from "../../structures/tree/list-leaf.js";
import type { PackedLists } from "../../structures/tree/packed-list.js";
import type { Frozen } from "./frozen.js";
import { FrozenLeaves } from "./frozen-leaves.js";
import type { RecordWriter } from "./record-writer.js";

export class FrozenList implements Frozen {
  readonly leaves: FrozenLeaves;

  constructor(
    readonly number: number,
    root: number,
    lists: PackedLists,
  ) {
    const { segments } = lists.arena;
    this.leaves = new FrozenLeaves(lists.tree, root, (leaf) => {
      const { u8, u32 } = segments[leaf >>> Ref.SEGMENT_SHIFT]!;
      const word = (leaf & Ref.UNIT) << 1;
      return u8.subarray((word << 2) + u32[word + Leaf.START]!, (word << 2) + u32[word + Leaf.END]!);
    });
  }

  writeNext(writer: RecordWriter): boolean {
    if (!this.leaves.isDone) writer.piece(this.number, this.leaves.next());
    return this.leaves.isDone;
  }
}
