/**
 * Orders numbered things by a comparison. Equal ones stay in the order of their numbers.
 *
 * Cost: n log n comparisons. When few are wanted, n log(wanted), and about one for each thing that is not among them.
 */

/** Below zero when `a` comes before `b`, zero when they are equal. */
export type Compare = (a: number, b: number) => number;

/** Runs of this length are sorted by insertion before they are merged. */
const RUN = 8;

/** A heap pays when at most one of this many things is wanted. */
const HEAP_SHARE = 4;

/** The numbers of the first `wanted` of `count` things, in order. */
export function firstInOrder(count: number, wanted: number, compare: Compare): Uint32Array {
  if (wanted * HEAP_SHARE > count) return mergeSort(numbers(count), compare).subarray(0, wanted);
  const first = numbers(wanted);
  if (wanted > 0) keepFirst(first, count, compare);
  return mergeSort(first.sort(), compare);
}

function numbers(count: number): Uint32Array {
  const all = new Uint32Array(count);
  for (let i = 0; i < count; i++) all[i] = i;
  return all;
}

/** `heap` has the numbers below its length: makes it have the first ones of all, in no order. */
function keepFirst(heap: Uint32Array, count: number, compare: Compare): void {
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) siftDown(heap, i, compare);
  for (let i = heap.length; i < count; i++) {
    // The last of those kept is on top. A later number loses against an equal one.
    if (compare(i, heap[0]!) >= 0) continue;
    heap[0] = i;
    siftDown(heap, 0, compare);
  }
}

function siftDown(heap: Uint32Array, at: number, compare: Compare): void {
  const item = heap[at]!;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child]!, heap[child + 1]!, compare)) child++;
    if (!isBefore(item, heap[child]!, compare)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = item;
}

function isBefore(a: number, b: number, compare: Compare): boolean {
  const difference = compare(a, b);
  return difference < 0 || (difference === 0 && a < b);
}

/** Sorts in place or into another array, which is returned. */
function mergeSort(order: Uint32Array, compare: Compare): Uint32Array {
  const count = order.length;
  for (let start = 0; start < count; start += RUN) insertionSort(order, start, Math.min(start + RUN, count), compare);
  let from = order;
  let to: Uint32Array = count > RUN ? new Uint32Array(count) : order;
  for (let width = RUN; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      merge(from, to, start, Math.min(start + width, count), Math.min(start + 2 * width, count), compare);
    }
    [from, to] = [to, from];
  }
  return from;
}

function insertionSort(order: Uint32Array, start: number, end: number, compare: Compare): void {
  for (let i = start + 1; i < end; i++) {
    const item = order[i]!;
    let k = i - 1;
    for (; k >= start && compare(order[k]!, item) > 0; k--) order[k + 1] = order[k]!;
    order[k + 1] = item;
  }
}

/** Merges the runs [start, middle) and [middle, end). */
function merge(from: Uint32Array, to: Uint32Array, start: number, middle: number, end: number, compare: Compare): void {
  if (middle >= end || compare(from[middle - 1]!, from[middle]!) <= 0) {
    to.set(from.subarray(start, end), start);
    return;
  }
  let a = start;
  let b = middle;
  for (let at = start; at < end; at++) {
    const takesA = b === end || (a < middle && compare(from[a]!, from[b]!) <= 0);
    to[at] = takesA ? from[a++]! : from[b++]!;
  }
}
