/**
 * Listpack: Redis' packed sequence of strings and integers, kept as a bare RUN of elements (listpack-element.ts shows one):
 *
 *     start                                     end
 *     | element | element | ...      | element |
 *
 * A frame as in RDB files, DUMP and Redis' memory has 7 bytes more, a header of 6 and a terminator (listpack-frame.ts). Here the owner
 * knows the bytes of the run anyway, so the arena does without them; a frame's middle is a run and the other way round, so that
 * loading, dumping and joining runs are plain copies.
 *
 * Bytes: a text of n bytes takes n + 2 up to 63, then n + 4, from 4096 on n + 7 to n + 10; an integer 2 (0 to 127), 3 (13 bits), 4, 5, 6
 * or 10 (16, 24, 32, 64 bits). A hash of five fields `field:1` with values of 10 bytes: 5 * (9 + 12) = 105.
 *
 * Invariants: [start, end) holds whole elements; `at` is the start of one of them, or `end` where something is to be inserted. All
 * functions are free and take offsets; nothing allocates and nothing is remembered. Who edits has made room first: the block behind
 * `end` has as many bytes as the edit adds (`sizeOfString` and `replacedSize` tell before anything changes), and the text to be written
 * does not lie in what moves.
 *
 * Cost, ns on Node 20.20 (listpack.bench.ts, a busy 2 GHz machine): walking 6 an element; finding a field 100 among 5 and 800 among
 * 128; loading an element 35 where half are numbers. An edit moves what is behind with `copyWithin`: 57 ns whatever the length up
 * to a few hundred bytes; loops of words win only below 48 bytes, so there are none.
 */
import { moveBytes, type Region } from "../../bytes/region.js";
import { next, previous, sizeOfInteger, sizeOfString, writeInteger, writeString } from "./listpack-element.js";

export {
  equals,
  isInteger,
  load,
  next,
  previous,
  readInteger,
  sizeOfInteger,
  sizeOfString,
  sizeOfWords,
  writeInteger,
  writeString,
  writeWords,
} from "./listpack-element.js";
export { find } from "./listpack-find.js";

/** The number of elements of a run: walks it. */
export function countElements(region: Region, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at = next(region, at)) count++;
  return count;
}

/** The offset `count` elements further on, or `end` when there are fewer. */
export function skip(region: Region, at: number, end: number, count: number): number {
  for (; count > 0 && at < end; count--) at = next(region, at);
  return at;
}

/**
 * The offset of the element with this index, negative ones counted from the end (-1 = the last); -1 when there is none.
 * `count`, if the owner knows it (otherwise -1), lets the walk begin at the nearer end.
 */
export function seekIndex(region: Region, start: number, end: number, index: number, count = -1): number {
  if (count >= 0) {
    if (index >= count || index < -count) return -1;
    if (index > count >> 1) index -= count;
    else if (index < -1 - (count >> 1)) index += count;
  }
  let at: number;
  if (index >= 0) {
    at = skip(region, start, end, index);
    return at < end ? at : -1;
  }
  for (at = end; index < 0 && at > start; index++) at = previous(region, at);
  return index === 0 ? at : -1;
}

/** Moves what lies from `at` on by `delta` bytes to the right, and returns the new end. What the gap holds is undefined. */
export function openGap(region: Region, at: number, end: number, delta: number): number {
  moveBytes(region, at, at + delta, end - at);
  return end + delta;
}

/** Drops `delta` bytes at `at` by moving what follows to the left, and returns the new end. */
export function closeGap(region: Region, at: number, end: number, delta: number): number {
  moveBytes(region, at + delta, at, end - at - delta);
  return end - delta;
}

/** How many bytes a run grows by (negative: shrinks) when the element at `at` becomes this text. */
export function replacedSize(region: Region, at: number, source: Region, offset: number, length: number): number {
  return sizeOfString(source, offset, length) - (next(region, at) - at);
}

/** How many bytes a run grows by (negative: shrinks) when the element at `at` becomes this integer. */
export function replacedIntegerSize(region: Region, at: number, value: number): number {
  return sizeOfInteger(value) - (next(region, at) - at);
}

/** Inserts a text before the element at `at`, or at the end when that is `at`. Returns the new end. */
export function insert(
  region: Region,
  at: number,
  end: number,
  source: Region,
  offset: number,
  length: number,
): number {
  if (at === end) return writeString(region, at, source, offset, length);
  const newEnd = openGap(region, at, end, sizeOfString(source, offset, length));
  writeString(region, at, source, offset, length);
  return newEnd;
}

/** Inserts a safe integer before the element at `at`, or at the end when that is `at`. Returns the new end. */
export function insertInteger(region: Region, at: number, end: number, value: number): number {
  const newEnd = openGap(region, at, end, sizeOfInteger(value));
  writeInteger(region, at, value);
  return newEnd;
}

/** Makes the element at `at` this text. Returns the new end. */
export function replace(
  region: Region,
  at: number,
  end: number,
  source: Region,
  offset: number,
  length: number,
): number {
  const newEnd = resize(region, at, end, sizeOfString(source, offset, length));
  writeString(region, at, source, offset, length);
  return newEnd;
}

/** Makes the element at `at` this safe integer. Returns the new end. */
export function replaceInteger(region: Region, at: number, end: number, value: number): number {
  const newEnd = resize(region, at, end, sizeOfInteger(value));
  writeInteger(region, at, value);
  return newEnd;
}

/** Gives the element at `at` room for `size` bytes, to be written next. Returns the new end. */
function resize(region: Region, at: number, end: number, size: number): number {
  const behind = next(region, at);
  const delta = size - (behind - at);
  if (delta !== 0) moveBytes(region, behind, behind + delta, end - behind);
  return end + delta;
}

/** Removes `count` elements from `at` on, or as many as there are. Returns the new end. */
export function remove(region: Region, at: number, end: number, count: number): number {
  return closeGap(region, at, end, skip(region, at, end, count) - at);
}
