/**
 * Ranges of a sorted set: by score, by member where all scores are equal, each with bounds included or not. `SortedSets.locate` turns
 * one into the ranks it covers, which serves counting, walking in both directions, LIMIT and removing alike.
 */
import type { Region } from "../bytes/region.js";

/** Kinds of ranges. */
export const enum RangeBy {
  RANK = 0,
  SCORE = 1,
  MEMBER = 2,
}

/** A bound by member. */
export class MemberBound {
  /** -1 before all members, 1 after all members, 0 at `region[offset, offset + length)`. */
  end = 0;
  isOut = false;
  region!: Region;
  offset = 0;
  length = 0;
}

/** A range and the ranks it was found to cover; made once and filled again and again. */
export class SortedSetRange {
  by: RangeBy = RangeBy.RANK;
  /** By rank: the first and the last, counted from the end when negative, or from the other end when `isReverse`. */
  start = 0;
  stop = 0;
  /** By score. */
  min = 0;
  max = 0;
  isMinOut = false;
  isMaxOut = false;
  /** By member. */
  readonly first = new MemberBound();
  readonly last = new MemberBound();
  /** From the highest to the lowest. */
  isReverse = false;
  /** So many are passed over; none are left when it is negative. */
  skip = 0;
  /** So many at most; all when negative. */
  limit = -1;

  /** The ranks covered, `to` excluded; set by `SortedSets.locate`. */
  from = 0;
  to = 0;

  /** Number of members covered. */
  get count(): number {
    return this.to - this.from;
  }

  /** Covers nothing. */
  clear(): void {
    this.from = 0;
    this.to = 0;
  }

  /** Sets the ranks covered, of `from` to `to` before `skip` and `limit`. */
  cut(from: number, to: number): void {
    const { skip, limit } = this;
    if (skip < 0 || from >= to) return this.clear();
    if (this.isReverse) {
      to -= skip;
      if (limit >= 0) from = Math.max(from, to - limit);
    } else {
      from += skip;
      if (limit >= 0) to = Math.min(to, from + limit);
    }
    if (from >= to) return this.clear();
    this.from = from;
    this.to = to;
  }
}
