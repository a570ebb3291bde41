/**
 * Sorts only so far that the first few are right, in the one order in which Redis leaves those that are equal: SORT and GEORADIUS with
 * a limit show which of them come first, so this takes the same steps.
 *
 * Source: Bentley and McIlroy, "Engineering a Sort Function" (1993): quicksort with a pivot from three or nine, those equal to it
 * gathered at both ends and swapped into the middle. Parts behind the last wanted are left as they are.
 */

/** Negative, 0 or positive, as `a` belongs before, beside or behind `b`. */
type Order = (a: number, b: number) => number;

/** Below this a part is sorted by insertion. */
const SMALL = 7;
/** Above this the pivot is chosen from nine. */
const LARGE = 40;

/** Permutes `items` so that the first `wanted` of them are sorted. */
export function sortFirst(items: Uint32Array, wanted: number, order: Order): void {
  sortPart(items, 0, items.length, wanted - 1, order);
}

/** Sorts `items[start, start + count)` as far as it overlaps [0, last]. */
function sortPart(items: Uint32Array, start: number, count: number, last: number, order: Order): void {
  while (count >= SMALL) {
    swap(items, start, pivotOf(items, start, count, order));
    const end = start + count;
    // [start, equalLow) are equal to the pivot, [equalLow, low) less, (high, equalHigh] greater, (equalHigh, end) equal.
    let low = start + 1;
    let equalLow = low;
    let high = end - 1;
    let equalHigh = high;
    for (;;) {
      for (let sign = 0; low <= high && (sign = order(items[low]!, items[start]!)) <= 0; low++) {
        if (sign === 0) swap(items, equalLow++, low);
      }
      for (let sign = 0; low <= high && (sign = order(items[high]!, items[start]!)) >= 0; high--) {
        if (sign === 0) swap(items, high, equalHigh--);
      }
      if (low > high) break;
      swap(items, low++, high--);
    }
    swapRuns(items, start, low, Math.min(equalLow - start, low - equalLow));
    swapRuns(items, low, end, Math.min(equalHigh - high, end - equalHigh - 1));
    const less = low - equalLow;
    const greater = equalHigh - high;
    if (less > 1 && start <= last) sortPart(items, start, less, last, order);
    if (greater <= 1 || end - greater > last) return;
    start = end - greater;
    count = greater;
  }
  for (let i = start + 1; i < start + count; i++) {
    for (let k = i; k > start && order(items[k - 1]!, items[k]!) > 0; k--) swap(items, k, k - 1);
  }
}

function pivotOf(items: Uint32Array, start: number, count: number, order: Order): number {
  const middle = start + (count >> 1);
  if (count === SMALL) return middle;
  const last = start + count - 1;
  if (count <= LARGE) return medianOf(items, start, middle, last, order);
  const step = count >> 3;
  return medianOf(
    items,
    medianOf(items, start, start + step, start + 2 * step, order),
    medianOf(items, middle - step, middle, middle + step, order),
    medianOf(items, last - 2 * step, last - step, last, order),
    order,
  );
}

function medianOf(items: Uint32Array, a: number, b: number, c: number, order: Order): number {
  const [x, y, z] = [items[a]!, items[b]!, items[c]!];
  if (order(x, y) < 0) {
    if (order(y, z) < 0) return b;
    return order(x, z) < 0 ? c : a;
  }
  if (order(y, z) > 0) return b;
  return order(x, z) < 0 ? a : c;
}

/** Exchanges the `count` items from `start` on with those before `end`. */
function swapRuns(items: Uint32Array, start: number, end: number, count: number): void {
  for (let i = 0; i < count; i++) swap(items, start + i, end - count + i);
}

function swap(items: Uint32Array, a: number, b: number): void {
  const item = items[a]!;
  items[a] = items[b]!;
  items[b] = item;
}
