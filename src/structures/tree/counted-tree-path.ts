/**
 * A place in a counted tree: the nodes from a leaf's parent (level 0) up to the top, and which entry of each leads down.
 *
 * Made once and filled again and again by the tree's seeks, so that operations allocate nothing. Valid until the tree is changed
 * other than through this path.
 */

export const enum PathLimit {
  /** A tree of 2^32 leaves has at most 7 levels. */
  HEIGHT = 16,
}

export class Path {
  root = 0;
  height = 0;
  /** Ref of the node on each level. */
  readonly nodes = new Uint32Array(PathLimit.HEIGHT);
  /** Which of its entries the path takes. */
  readonly slots = new Uint32Array(PathLimit.HEIGHT);
  /** Ref of the leaf, 0 when the tree is empty. */
  leaf = 0;
  /** Where in the leaf the item is that `seekPosition` sought; else 0. */
  offset = 0;

  /** Makes this the same place as `other`. */
  copyFrom(other: Path): void {
    this.root = other.root;
    this.height = other.height;
    for (let level = 0; level < other.height; level++) {
      this.nodes[level] = other.nodes[level]!;
      this.slots[level] = other.slots[level]!;
    }
    this.leaf = other.leaf;
    this.offset = other.offset;
  }
}
