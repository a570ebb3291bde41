/**
 * Orders things by a number each has, and by a comparison where the numbers are equal. What is equal then stays in the order it had.
 *
 * Cost: n log n comparisons. When few are wanted, n log(wanted), and about one for each thing that is not among them. Numbers move
 * along with what they belong to: looking them up instead took twice as long for a million (Node 20.20).
 */

/** Compares two things, given by their indexes: below zero when `a` comes before `b`, zero when they are equal. */
type Compare = (a: number, b: number) => number;

/** Runs of this length are sorted by insertion before they are merged. */
const RUN = 8;

/** A heap pays when at most one of this many things is wanted. */
const HEAP_SHARE = 4;

/** The indexes of the first `wanted` things in order; `numbers` is not kept. */
export function firstInOrder(numbers: Float64Array, wanted: number, compare: Compare): Uint32Array {
  const count = numbers.length;
  if (wanted * HEAP_SHARE > count) return mergeSort(numbers, indexes(count), compare).subarray(0, wanted);
  const first = indexes(wanted);
  if (wanted > 0) keepFirst(first, numbers, compare);
  first.sort();
  return mergeSort(
    Float64Array.from(first, (i) => numbers[i]!),
    first,
    compare,
  );
}

function indexes(count: number): Uint32Array {
  const all = new Uint32Array(count);
  for (let i = 0; i < count; i++) all[i] = i;
  return all;
}

/** `heap` has the indexes below its length: makes it have the first ones of all, in no order. */
function keepFirst(heap: Uint32Array, numbers: Float64Array, compare: Compare): void {
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) siftDown(heap, i, numbers, compare);
  for (let i = heap.length; i < numbers.length; i++) {
    // The last of those kept is on top.
    if (!isBefore(i, heap[0]!, numbers, compare)) continue;
    heap[0] = i;
    siftDown(heap, 0, numbers, compare);
  }
}

function siftDown(heap: Uint32Array, at: number, numbers: Float64Array, compare: Compare): void {
  const item = heap[at]!;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child]!, heap[child + 1]!, numbers, compare)) child++;
    if (!isBefore(item, heap[child]!, numbers, compare)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = item;
}

function isBefore(a: number, b: number, numbers: Float64Array, compare: Compare): boolean {
  const x = numbers[a]!;
  const y = numbers[b]!;
  if (x !== y) return x < y;
  const difference = compare(a, b);
  return difference < 0 || (difference === 0 && a < b);
}

/** Sorts `order`, whose numbers are in the same places, there or in another array, which is returned. */
function mergeSort(numbers: Float64Array, order: Uint32Array, compare: Compare): Uint32Array {
  const count = order.length;
  for (let start = 0; start < count; start += RUN) {
    insertionSort(numbers, order, start, Math.min(start + RUN, count), compare);
  }
  if (count <= RUN) return order;
  let otherNumbers: Float64Array = new Float64Array(count);
  let other: Uint32Array = new Uint32Array(count);
  for (let width = RUN; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      merge(numbers, order, otherNumbers, other, start, middle, Math.min(middle + width, count), compare);
    }
    [numbers, otherNumbers] = [otherNumbers, numbers];
    [order, other] = [other, order];
  }
  return order;
}

function insertionSort(numbers: Float64Array, order: Uint32Array, start: number, end: number, compare: Compare): void {
  for (let i = start + 1; i < end; i++) {
    const number = numbers[i]!;
    const item = order[i]!;
    let k = i - 1;
    for (; k >= start; k--) {
      const before = numbers[k]!;
      if (before < number || (before === number && compare(order[k]!, item) <= 0)) break;
      numbers[k + 1] = before;
      order[k + 1] = order[k]!;
    }
    numbers[k + 1] = number;
    order[k + 1] = item;
  }
}

/** Merges the runs [start, middle) and [middle, end) of `numbers` and `order` into the other two arrays. */
function merge(
  numbers: Float64Array,
  order: Uint32Array,
  toNumbers: Float64Array,
  to: Uint32Array,
  start: number,
  middle: number,
  end: number,
  compare: Compare,
): void {
  let a = start;
  let b = middle;
  for (let at = start; at < end; at++) {
    let takesB = a === middle;
    if (!takesB && b < end) {
      const x = numbers[a]!;
      const y = numbers[b]!;
      takesB = y < x || (y === x && compare(order[a]!, order[b]!) > 0);
    }
    const from = takesB ? b++ : a++;
    toNumbers[at] = numbers[from]!;
    to[at] = order[from]!;
  }
}
