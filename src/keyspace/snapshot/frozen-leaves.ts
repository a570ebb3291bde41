/**
 * The leaves of a tree in a snapshot: those of a big list, or of the entries or the pending records of a stream. Their order counts, so which
 * leaves there were is noted when the value is frozen, and a leaf that is about to change before the walk has come to it is copied first.
 *
 * Cost: 4 to 24 bytes for each leaf of up to 8 KB, in about 5 ns, and a copy of each leaf that is written to meanwhile.
 */
import type { CountedTree } from "../../structures/tree/counted-tree.js";
import { Path } from "../../structures/tree/counted-tree.js";

/** Shows what a leaf of `items` items holds, where it lies. */
export type LeafBytes = (leaf: number, items: number) => Uint8Array;

const NOTHING = new Uint8Array(0);

export class FrozenLeaves {
  readonly #refs: Uint32Array;
  readonly #items: Uint32Array;
  readonly #keys: Uint32Array;
  readonly #bytes: LeafBytes;
  /** What leaves held that have changed since, by their refs. */
  readonly #saved = new Map<number, Uint8Array>();
  #next = 0;

  constructor(
    tree: CountedTree,
    readonly root: number,
    bytes: LeafBytes,
  ) {
    const count = root === 0 ? 0 : tree.leaves(root);
    this.#refs = new Uint32Array(count);
    this.#items = new Uint32Array(count);
    this.#keys = new Uint32Array(count * tree.keyWords);
    this.#bytes = bytes;
    if (count === 0) return;
    const path = new Path();
    let at = 0;
    tree.first(root, path);
    for (let more = path.leaf !== 0; more; more = tree.next(path)) {
      this.#refs[at] = path.leaf;
      this.#items[at] = tree.leafItems(path);
      if (tree.keyWords > 0) {
        tree.loadKey(path);
        this.#keys.set(tree.key, at * tree.keyWords);
      }
      at++;
    }
  }

  get count(): number {
    return this.#refs.length;
  }

  get isDone(): boolean {
    return this.#next >= this.#refs.length;
  }

  /** What the next leaf held; its key is then `key`. */
  next(): Uint8Array {
    const at = this.#next++;
    const ref = this.#refs[at]!;
    const saved = this.#saved.get(ref);
    if (saved === undefined) return this.#bytes(ref, this.#items[at]!);
    this.#saved.set(ref, NOTHING);
    return saved;
  }

  /** Words of the key of the leaf that `next` returned last. */
  get key(): Uint32Array {
    const words = this.#keys.length / this.#refs.length;
    return this.#keys.subarray((this.#next - 1) * words, this.#next * words);
  }

  /** A leaf is about to change. It may be one that has been written, or that is younger than the snapshot: nobody will ask for that. */
  willChange(leaf: number, items: number): void {
    if (!this.#saved.has(leaf)) this.#saved.set(leaf, this.#bytes(leaf, items).slice());
  }
}
