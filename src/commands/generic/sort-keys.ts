/**
 * What SORT sorts by: a number for each element, and where numbers are equal a text.
 *
 *     numbers              the score; then the element
 *     ALPHA                the first bytes of the element as a number; then the element
 *     ALPHA BY pattern     the first bytes of what the pattern names, -1 when that is nothing; then what it names
 */
import { parseDouble } from "../../bytes/double.js";
import type { Region } from "../../bytes/region.js";
import type { Context } from "../context.js";
import type { SortOptions } from "./sort-options.js";
import { firstInOrder } from "./sort-order.js";
import { TextList } from "./text-list.js";

/** So many bytes make an exact number. */
const PREFIX_BYTES = 6;

/** There is nothing to compare: before everything else. */
const NOTHING = -1;

const SMALLEST_NORMAL = 2 ** -1022;

export class SortKeys {
  readonly #elements: TextList;
  readonly #options: SortOptions;
  /** Compared where the numbers are equal. */
  #texts: TextList;
  readonly #numbers: Float64Array;
  /** Texts are compared up to a zero byte: unless the result is stored, as in Redis. */
  readonly #isC: boolean;

  constructor(elements: TextList, options: SortOptions) {
    this.#elements = elements;
    this.#options = options;
    this.#texts = elements;
    this.#numbers = new Float64Array(elements.count);
    this.#isC = options.isAlpha && options.store === 0;
  }

  /** The numbers of the first `wanted` elements in order; null when a score is no number. */
  order(ctx: Context, wanted: number): Uint32Array | null {
    const { count } = this.#elements;
    if (!this.#options.isAlpha) {
      if (!this.#readScores(ctx)) return null;
    } else if (this.#options.by !== null) this.#readTexts(ctx);
    else for (let i = 0; i < count; i++) this.#numbers[i] = this.#prefix(i);
    const numbers = this.#numbers;
    const texts = this.#texts;
    const isC = this.#isC;
    if (!this.#options.isDescending) return firstInOrder(numbers, wanted, (a, b) => texts.compare(a, b, isC));
    for (let i = 0; i < count; i++) numbers[i] = -numbers[i]!;
    return firstInOrder(numbers, wanted, (a, b) => texts.compare(b, a, isC));
  }

  /** False when one is no number. An element that BY finds nothing for has the score 0. */
  #readScores(ctx: Context): boolean {
    const { count, region, starts } = this.#elements;
    const { by } = this.#options;
    let areNumbers = true;
    for (let i = 0; i < count; i++) {
      let score = 0;
      if (by === null) score = parseScore(region, starts[i]!, starts[i + 1]!);
      else if (by.find(ctx, region, starts[i]!, starts[i + 1]! - starts[i]!)) {
        const { value } = by;
        score = parseScore(value.region, value.offset, value.offset + value.length);
      }
      if (Number.isNaN(score)) areNumbers = false;
      this.#numbers[i] = score;
    }
    return areNumbers;
  }

  #readTexts(ctx: Context): void {
    const { count, region, starts } = this.#elements;
    const { value } = this.#options.by!;
    this.#texts = new TextList(count);
    for (let i = 0; i < count; i++) {
      const isFound = this.#options.by!.find(ctx, region, starts[i]!, starts[i + 1]! - starts[i]!);
      this.#texts.add(value.region, value.offset, isFound ? value.length : 0);
      this.#numbers[i] = isFound ? this.#prefix(i) : NOTHING;
    }
  }

  /** The first bytes of a text as a number: where these differ, the texts are in the same order. */
  #prefix(i: number): number {
    const { starts } = this.#texts;
    const { u8 } = this.#texts.region;
    const end = starts[i + 1]!;
    let prefix = 0;
    let at = starts[i]!;
    for (let left = PREFIX_BYTES; left > 0; left--) {
      const byte = at < end ? u8[at++]! : 0;
      if (byte === 0 && this.#isC) at = end;
      prefix = prefix * 256 + byte;
    }
    return prefix;
  }
}

/** A number as C's strtod takes it from the whole of a C string: spaces before it, nothing as 0; NaN for anything else. */
function parseScore(region: Region, offset: number, end: number): number {
  const score = parseDouble(region, offset, end - offset);
  if (!Number.isNaN(score) && (Math.abs(score) >= SMALLEST_NORMAL || score === 0)) return score;
  const { u8 } = region;
  let zero = offset;
  while (zero < end && u8[zero] !== 0) zero++;
  if (zero === offset) return 0;
  while (offset < zero && isSpace(u8[offset]!)) offset++;
  const trimmed = parseDouble(region, offset, zero - offset);
  // What is too small to be exact is out of range, in decimals; hexadecimal ones are exact.
  const isTiny = trimmed !== 0 && Math.abs(trimmed) < SMALLEST_NORMAL;
  return isTiny && !isHexadecimal(u8, offset, zero) ? Number.NaN : trimmed;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function isHexadecimal(u8: Uint8Array, offset: number, end: number): boolean {
  for (; offset < end; offset++) if ((u8[offset]! | 0x20) === 0x78) return true;
  return false;
}
