/** Checks a counted tree: counts, keys, shapes, totals. */
import type { Segment } from "../../memory/segment.js";
import { Ref } from "../../memory/segment.js";
import { entryWord, nodeBytes, TreeEntry, TreeNode, TreeRoot } from "./counted-tree-node.js";

/** What a tree tells about itself. */
export interface VerifiableTree {
  readonly arena: { readonly segments: Segment[] };
  readonly stride: number;
  readonly capacity: number;
}

interface Totals {
  leaves: number;
  nodeBytes: number;
}

/** Everything that is wrong with a tree, in words; leaves are not looked into. */
export function verifyTree(tree: VerifiableTree, root: number): string[] {
  const u32 = tree.arena.segments[root >>> Ref.SEGMENT_SHIFT]!.u32;
  const at = (root & Ref.UNIT) << 1;
  const height = u32[at + TreeRoot.HEIGHT]!;
  const top = u32[at + TreeRoot.TOP]!;
  const problems: string[] = [];
  const totals = { leaves: 0, nodeBytes: 0 };
  if ((top === 0) !== (height === 0)) problems.push(`top is ${top}, height ${height}`);
  if (top !== 0) {
    const items = verifyNode(tree, top, height - 1, totals, problems);
    if (items !== u32[at + TreeRoot.ITEMS])
      problems.push(`items are ${u32[at + TreeRoot.ITEMS]}, leaves have ${items}`);
    const node = (top & Ref.UNIT) << 1;
    const children = tree.arena.segments[top >>> Ref.SEGMENT_SHIFT]!.u32[node + TreeNode.CHILDREN]!;
    if (height > 1 && children === 1) problems.push("the top has a single child");
  } else if (u32[at + TreeRoot.ITEMS] !== 0) {
    problems.push("an empty tree has items");
  }
  if (totals.leaves !== u32[at + TreeRoot.LEAVES])
    problems.push(`leaves are ${u32[at + TreeRoot.LEAVES]}, not ${totals.leaves}`);
  if (totals.nodeBytes !== u32[at + TreeRoot.NODE_BYTES])
    problems.push(`nodes have ${totals.nodeBytes} bytes, not ${u32[at + TreeRoot.NODE_BYTES]}`);
  return problems;
}

/** Checks a node and all below it; returns how many items they hold. */
function verifyNode(tree: VerifiableTree, ref: number, level: number, totals: Totals, problems: string[]): number {
  const { stride } = tree;
  const u32 = tree.arena.segments[ref >>> Ref.SEGMENT_SHIFT]!.u32;
  const node = (ref & Ref.UNIT) << 1;
  const children = u32[node + TreeNode.CHILDREN]!;
  const capacity = u32[node + TreeNode.CAPACITY]!;
  if (children < 1 || children > capacity || capacity > tree.capacity) {
    problems.push(`node ${ref} has ${children} children of ${capacity}`);
    return 0;
  }
  totals.nodeBytes += (nodeBytes(capacity, stride) + 7) & ~7;
  let items = 0;
  for (let slot = 0; slot < children; slot++) {
    const at = entryWord(node, stride, slot);
    const child = u32[at + TreeEntry.REF]!;
    const count = u32[at + TreeEntry.ITEMS]!;
    items += count;
    if (child === 0) problems.push(`node ${ref} has no child ${slot}`);
    if (level === 0) {
      totals.leaves++;
      continue;
    }
    const below = verifyNode(tree, child, level - 1, totals, problems);
    if (below !== count) problems.push(`child ${slot} of node ${ref} counts ${count}, has ${below}`);
    const words = tree.arena.segments[child >>> Ref.SEGMENT_SHIFT]!.u32;
    const first = entryWord((child & Ref.UNIT) << 1, stride, 0);
    for (let i = TreeEntry.KEY as number; i < stride; i++) {
      if (words[first + i] !== u32[at + i]) problems.push(`child ${slot} of node ${ref} has another key`);
    }
  }
  return items;
}
