/**
 * Walks the members of a sorted set in either direction, whatever its encoding, without allocating: a cursor belongs to whoever walks
 * and is used again and again. It stands in a gap between two members. The set must not change meanwhile.
 *
 *     cursor.open(set, rank);
 *     while (cursor.next()) use(cursor.member, cursor.score);
 */
import { ElementView } from "../structures/entry/element-view.js";
import { Encoding } from "../structures/entry/entry.js";
import * as listpack from "../structures/packed/listpack.js";
import type { SortedCursor } from "../structures/tree/sorted-index.js";
import { type BigSortedSets, indexOf } from "./sorted-set-big.js";
import { packEnd, packStart, placeOfRank, type SortedPacks } from "./sorted-set-pack.js";
import type { ValueView } from "./value-slot.js";

export class SortedSetCursor {
  /** The member last passed; its text lies in the set or in the view. */
  readonly member = new ElementView();
  readonly #big: BigSortedSets;
  readonly #packs: SortedPacks;
  readonly #inIndex: SortedCursor;
  #set!: ValueView;
  #isBig = false;
  /** In a run: where the next member is. */
  #at = 0;
  /** The member last passed: its element, or where its score is in the run. */
  #ref = 0;
  #scoreAt = 0;

  constructor(big: BigSortedSets, packs: SortedPacks) {
    this.#big = big;
    this.#packs = packs;
    this.#inIndex = big.index.cursor();
  }

  /** Starts before the member of this rank, or behind the last. */
  open(set: ValueView, rank = 0): void {
    this.#set = set;
    this.#isBig = set.encoding === Encoding.SKIPLIST;
    this.seek(rank);
  }

  /** Goes before the member of this rank, or behind the last. */
  seek(rank: number): void {
    const set = this.#set;
    if (this.#isBig) this.#big.index.seekRank(indexOf(set), rank, this.#inIndex);
    else this.#at = rank === 0 ? packStart(set) : placeOfRank(set, rank);
  }

  /** Passes the next member; false, and stays, at the end. */
  next(): boolean {
    if (this.#isBig) return this.#show(this.#inIndex.next());
    const set = this.#set;
    if (this.#at >= packEnd(set)) return false;
    const { segment } = set;
    listpack.load(segment, this.#at, this.member);
    this.#scoreAt = listpack.next(segment, this.#at);
    this.#at = listpack.next(segment, this.#scoreAt);
    return true;
  }

  /** Passes the previous member; false, and stays, at the start. */
  previous(): boolean {
    if (this.#isBig) return this.#show(this.#inIndex.previous());
    const set = this.#set;
    if (this.#at <= packStart(set)) return false;
    const { segment } = set;
    this.#scoreAt = listpack.previous(segment, this.#at);
    this.#at = listpack.previous(segment, this.#scoreAt);
    listpack.load(segment, this.#at, this.member);
    return true;
  }

  /** Score of the member last passed. */
  get score(): number {
    return this.#isBig ? this.#big.scoreOf(this.#ref) : this.#packs.scoreAt(this.#set.segment, this.#scoreAt);
  }

  #show(ref: number): boolean {
    if (ref === 0) return false;
    this.#ref = ref;
    this.#big.load(ref, this.member);
    return true;
  }
}
