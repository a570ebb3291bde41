/** Texts one behind the other in memory of their own, for commands that must keep many while they work: no object for each. */
import { copyBytes, Region } from "../../bytes/region.js";
import { OutOfMemory } from "../../memory/page-heap.js";

/** All texts together are shorter than this, so that 32 bits tell where each begins. */
const MAX_BYTES = 2 ** 32;

export class TextList {
  count = 0;
  /** Text i lies at `region[starts[i], starts[i + 1])`. */
  region: Region;
  starts: Uint32Array;

  /** Makes room for about `expected` texts. */
  constructor(expected: number) {
    this.starts = new Uint32Array(expected + 1);
    this.region = Region.allocate(Math.min(Math.max(64, expected * 16), 2 ** 30));
  }

  length(i: number): number {
    return this.starts[i + 1]! - this.starts[i]!;
  }

  /** Adds a copy of a text. */
  add(source: Region, offset: number, length: number): void {
    const start = this.starts[this.count]!;
    const end = start + length;
    if (end > this.region.u8.length) this.#grow(start, end);
    copyBytes(source, offset, this.region, start, length);
    this.count++;
    if (this.count === this.starts.length) this.#growStarts();
    this.starts[this.count] = end;
  }

  /** Compares two texts as bytes, or as C strings, which end at their first zero byte. */
  compare(a: number, b: number, isC: boolean): number {
    const { starts } = this;
    const { u8 } = this.region;
    let i = starts[a]!;
    let k = starts[b]!;
    const iEnd = starts[a + 1]!;
    const kEnd = starts[b + 1]!;
    for (; i < iEnd && k < kEnd; i++, k++) {
      const difference = u8[i]! - u8[k]!;
      if (difference !== 0) return difference;
      if (isC && u8[i] === 0) return 0;
    }
    if (isC) return (i < iEnd ? u8[i]! : 0) - (k < kEnd ? u8[k]! : 0);
    return iEnd - i - (kEnd - k);
  }

  #grow(used: number, needed: number): void {
    if (needed >= MAX_BYTES) throw new OutOfMemory();
    const grown = Region.allocate(Math.min(needed * 2, MAX_BYTES - 1));
    copyBytes(this.region, 0, grown, 0, used);
    this.region = grown;
  }

  #growStarts(): void {
    const grown = new Uint32Array(this.count * 2 + 1);
    grown.set(this.starts);
    this.starts = grown;
  }
}
