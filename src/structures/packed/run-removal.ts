/** Removing all elements of a listpack run that read as a text, in one pass over it. Made once and used again and again. */
import { moveBytes, type Region } from "../../bytes/region.js";
import { equals, find, next, previous } from "./listpack.js";

export class RunRemoval {
  /** Where the run now ends (`closeToStart`) or starts (`closeToEnd`). */
  bound = 0;

  /** Removes up to `limit` elements, the first ones first, and closes up towards the start; returns how many. */
  closeToStart(
    region: Region,
    start: number,
    end: number,
    limit: number,
    source: Region,
    offset: number,
    length: number,
  ): number {
    let at = start;
    let write = start;
    let removed = 0;
    while (at < end) {
      const found = removed < limit ? find(region, at, end, source, offset, length, 0) : -1;
      const to = found < 0 ? end : found;
      if (write !== at) moveBytes(region, at, write, to - at);
      write += to - at;
      if (found < 0) break;
      at = next(region, found);
      removed++;
    }
    this.bound = write;
    return removed;
  }

  /** Removes up to `limit` elements, the last ones first, and closes up towards the end; returns how many. */
  closeToEnd(
    region: Region,
    start: number,
    end: number,
    limit: number,
    source: Region,
    offset: number,
    length: number,
  ): number {
    let at = end;
    let write = end;
    let keptTo = end;
    let removed = 0;
    while (at > start && removed < limit) {
      const element = previous(region, at);
      if (equals(region, element, source, offset, length)) {
        write -= keptTo - at;
        if (write !== at) moveBytes(region, at, write, keptTo - at);
        keptTo = element;
        removed++;
      }
      at = element;
    }
    write -= keptTo - start;
    if (write !== start) moveBytes(region, start, write, keptTo - start);
    this.bound = write;
    return removed;
  }
}
