/** Checks a sorted index: the tree, the keys of the leaves, and the order of all elements. */
import { Ref } from "../../memory/segment.js";
import { Path } from "./counted-tree.js";
import { type ElementTree, Item } from "./element-order.js";

/** Everything that is wrong with an index, in words. */
export function verifyIndex(tree: ElementTree, root: number): string[] {
  const problems = tree.verify(root);
  const leaves = tree.leaves(root);
  let last = 0;
  tree.eachLeaf(root, (leaf, items) => {
    if (items === 0) problems.push(`leaf ${leaf} is empty`);
    if (items * Item.BYTES > tree.arena.capacity(leaf)) problems.push(`leaf ${leaf} has ${items} items`);
    if (leaves > 1 && tree.arena.capacity(leaf) !== 1024) problems.push(`leaf ${leaf} has not its full size`);
    const segment = tree.arena.segments[leaf >>> Ref.SEGMENT_SHIFT]!;
    for (let i = 0; i < items; i++) {
      const at = ((leaf & Ref.UNIT) << 1) + i * Item.WORDS;
      const ref = segment.u32[at + Item.REF]!;
      if (last !== 0) {
        tree.aimAt(last);
        if (tree.compareItem(segment, at) <= 0) problems.push(`item ${i} of leaf ${leaf} is not above the one before`);
      }
      tree.aimAt(ref);
      if (tree.digest !== segment.u32[at]) problems.push(`item ${i} of leaf ${leaf} has a wrong digest`);
      last = ref;
    }
  });
  verifyKeys(tree, root, problems);
  return problems;
}

function verifyKeys(tree: ElementTree, root: number, problems: string[]): void {
  const path = new Path();
  tree.first(root, path);
  for (let more = path.leaf !== 0; more; more = tree.next(path)) {
    const u32 = tree.arena.segments[path.leaf >>> Ref.SEGMENT_SHIFT]!.u32;
    const at = (path.leaf & Ref.UNIT) << 1;
    tree.loadKey(path);
    if (tree.key[0] !== u32[at] || tree.key[1] !== u32[at + 1]) problems.push(`leaf ${path.leaf} has another key`);
  }
}
