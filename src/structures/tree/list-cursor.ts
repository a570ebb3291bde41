/**
 * A place in a list, small or big: an element, or behind the last one of its run. Filled by who seeks, and used again and again; valid
 * until the list changes.
 */
import type { Segment } from "../../memory/segment.js";
import { Path } from "./counted-tree-path.js";

export class ListCursor {
  /** Where the run lies: that of a small list, or that of a leaf. */
  region!: Segment;
  start = 0;
  end = 0;
  /** The element. */
  at = 0;
  /** Whether there are other leaves, to which `path` leads. */
  isBig = false;
  /** The leaf of a big list. */
  readonly path = new Path();

  /** Makes this a place in a run. */
  show(region: Segment, start: number, end: number, at: number): void {
    this.region = region;
    this.start = start;
    this.end = end;
    this.at = at;
  }
}
