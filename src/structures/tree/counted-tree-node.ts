/**
 * The blocks of a counted tree (see counted-tree.ts): its root, and its nodes.
 *
 *     root    word 0 top node (ref)  1 height: levels of nodes, 0 = empty  2 items  3 leaves  4 bytes of nodes
 *             words 5-7 are the owner's
 *     node    word 0 children  1 capacity  then for each child an entry of 2 + K words
 *     entry   word 0 ref of the node or leaf  1 items below it  2 ... K words: the smallest key below it
 *
 * A node is full-size, 1 KB, unless it lies at the right edge or on top: there it starts with 4 entries and doubles.
 *
 *     K            0      2      4       (lists, sorted sets, streams)
 *     entry        8     16     24       bytes
 *     full node  127     63     42       entries
 */
import { copyWords, moveWords } from "../../bytes/words.js";

export const enum TreeRoot {
  TOP = 0,
  HEIGHT = 1,
  ITEMS = 2,
  LEAVES = 3,
  NODE_BYTES = 4,
  /** First of three words that belong to whoever uses the tree; `create` clears them. */
  USER = 5,
  BYTES = 32,
}

export const enum TreeNode {
  CHILDREN = 0,
  CAPACITY = 1,
  ENTRIES = 2,

  BYTES = 1024,
  FIRST_CAPACITY = 4,
}

/** Words of an entry, relative to its first. */
export const enum TreeEntry {
  REF = 0,
  ITEMS = 1,
  KEY = 2,
}

/** Entries in a full-size node, given the words of an entry. */
export function fullCapacity(stride: number): number {
  return Math.floor((TreeNode.BYTES / 4 - TreeNode.ENTRIES) / stride);
}

/** Bytes of a node of `capacity` entries. */
export function nodeBytes(capacity: number, stride: number): number {
  return (TreeNode.ENTRIES + capacity * stride) * 4;
}

/** Word of entry number `slot` of the node at word `node`. */
export function entryWord(node: number, stride: number, slot: number): number {
  return node + TreeNode.ENTRIES + slot * stride;
}

/** Items below the entries `from` to `to` (exclusive) of the node at word `node`. */
export function itemsBetween(u32: Uint32Array, node: number, stride: number, from: number, to: number): number {
  let items = 0;
  const end = entryWord(node, stride, to) + TreeEntry.ITEMS;
  for (let at = entryWord(node, stride, from) + TreeEntry.ITEMS; at < end; at += stride) items += u32[at]!;
  return items;
}

/** Makes room for an entry at `slot` of a node with room, and counts it; returns its word. */
export function openEntry(u32: Uint32Array, node: number, stride: number, slot: number): number {
  const children = u32[node + TreeNode.CHILDREN]!;
  const at = entryWord(node, stride, slot);
  moveWords(u32, at, at + stride, entryWord(node, stride, children) - at);
  u32[node + TreeNode.CHILDREN] = children + 1;
  return at;
}

/** Takes the entry at `slot` out of a node; returns how many are left. */
export function closeEntry(u32: Uint32Array, node: number, stride: number, slot: number): number {
  const children = u32[node + TreeNode.CHILDREN]!;
  const at = entryWord(node, stride, slot);
  moveWords(u32, at + stride, at, entryWord(node, stride, children) - at - stride);
  u32[node + TreeNode.CHILDREN] = children - 1;
  return children - 1;
}

/** Copies `count` entries between nodes of different places; the counts of the nodes are the caller's. */
export function copyEntries(
  from: Uint32Array,
  fromNode: number,
  fromSlot: number,
  to: Uint32Array,
  toNode: number,
  toSlot: number,
  stride: number,
  count: number,
): void {
  copyWords(from, entryWord(fromNode, stride, fromSlot), to, entryWord(toNode, stride, toSlot), count * stride);
}
