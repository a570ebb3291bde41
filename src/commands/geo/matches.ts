/** What a search has found: arrays of numbers, with an entry for each member, so that big results make no objects. */
import { decodePosition, Position } from "../../bytes/geohash.js";
import { sortFirst } from "../../bytes/partial-sort.js";
import { RangeBy } from "../../datatypes/sorted-set-range.js";
import type { SortedSets } from "../../datatypes/sorted-sets.js";
import type { ValueView } from "../../datatypes/value-slot.js";
import { coveringRanges, type ScoreRange } from "./cover.js";
import type { Shape } from "./shape.js";

export class Matches {
  /** Metres from the centre, where they are wanted. */
  readonly distance: number[] = [];
  readonly score: number[] = [];
  /** Where the member is in the sorted set. */
  readonly rank: number[] = [];
  /** Indexes of the matches in the order of the reply. */
  order = new Uint32Array(0);

  /** Distances are wanted, to be shown or sorted by. */
  readonly #needsDistance: boolean;

  constructor(needsDistance: boolean) {
    this.#needsDistance = needsDistance;
  }

  /** Finds the members inside a shape; with a limit, stops when there are so many (0: all). */
  collect(sortedSets: SortedSets, set: ValueView, shape: Shape, limit: number): void {
    shape.prepare();
    for (const range of coveringRanges(shape)) {
      if (limit > 0 && this.rank.length >= limit) break;
      this.#collectRange(sortedSets, set, shape, range, limit);
    }
    const order = new Uint32Array(this.rank.length);
    for (let i = 0; i < order.length; i++) order[i] = i;
    this.order = order;
  }

  #collectRange(sortedSets: SortedSets, set: ValueView, shape: Shape, scores: ScoreRange, limit: number): void {
    const { range, cursor } = sortedSets;
    range.by = RangeBy.SCORE;
    range.min = scores.first;
    range.max = scores.after;
    range.isMinOut = false;
    range.isMaxOut = true;
    range.isReverse = false;
    range.skip = 0;
    range.limit = -1;
    sortedSets.locate(set, range);
    if (range.from === range.to) return;
    cursor.open(set, range.from);
    const position = new Position();
    for (let rank = range.from; rank < range.to; rank++) {
      cursor.next();
      const { score } = cursor;
      decodePosition(score, position);
      const distance = shape.distanceTo(position, this.#needsDistance);
      if (distance !== -1) {
        this.distance.push(distance);
        this.score.push(score);
        this.rank.push(rank);
      }
      if (limit > 0 && this.rank.length >= limit) return;
    }
  }

  /** Orders by distance, nearest first or last, as far as the first `wanted`. */
  sort(isDescending: boolean, wanted: number): void {
    const { distance, order } = this;
    const sign = isDescending ? -1 : 1;
    // Redis sorts all of them with qsort, which keeps the order of equal ones in the C library, and some with its own quicksort.
    if (wanted === order.length) order.sort((a, b) => sign * (distance[a]! - distance[b]!) || a - b);
    else sortFirst(order, wanted, (a, b) => sign * (distance[a]! - distance[b]!));
  }
}
