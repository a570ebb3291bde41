/**
 * A segment is one stretch of bytes outside the JavaScript heap; an arena is a list of them.
 *
 * A **ref** is where something lies in an arena: an unsigned 32-bit number in units of 8 bytes, 0 = null.
 *
 *      31      23 22                    0
 *     +----------+-----------------------+      segment = ref >>> 23          (512 segments)
 *     | segment  | unit within segment   |      offset  = (ref & UNIT) << 3   (64 MB each, the first 16; 32 GB in all)
 *     +----------+-----------------------+
 *
 * A value too large for a segment gets a segment of its own, of whatever size it needs, and starts at its offset 0.
 *
 * The operating system hands out the pages of a segment when they are first touched, so a fresh segment costs address
 * space, not memory.
 */
import { Loan } from "../bytes/loan.js";
import { Region } from "../bytes/region.js";

export const enum Ref {
  SEGMENT_SHIFT = 23,
  /** ref & UNIT: the unit within the segment. */
  UNIT = 0x7fffff,
  /** A unit is 1 << UNIT_SHIFT bytes. */
  UNIT_SHIFT = 3,
  /** ref >>> PAGE_SHIFT: the number of the page, counted over all segments. */
  PAGE_SHIFT = 11,
}

export const enum SegmentSize {
  BYTES = 67108864,
  /** The first segment: a whole one counts as pressure on V8's heap and makes it collect while the server starts (15 ms, Node 20.20). */
  FIRST_BYTES = 16777216,
  MAX_COUNT = 512,
}

/**
 * Where segments come from: an ArrayBuffer, or a SharedArrayBuffer once threads read the same data. It may be longer than asked for:
 * the segment is its last `sizeBytes`, so that a factory that knows where the system places buffers can let it begin on a cache line,
 * and a bucket of a dict is one line instead of two. Worth 2 to 5 % of processor time at a million keys (Node 20.20).
 */
export type SegmentFactory = (sizeBytes: number) => ArrayBuffer | SharedArrayBuffer;

export class Segment extends Region {
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  /** Who still reads bytes of a huge value: they must not be changed. */
  #loans: Set<Loan> | null = null;

  constructor(buffer: ArrayBuffer | SharedArrayBuffer, sizeBytes: number) {
    const start = Math.max(0, buffer.byteLength - sizeBytes);
    super(new Uint8Array(buffer, start));
    this.u32 = new Uint32Array(buffer, start);
    this.f64 = new Float64Array(buffer, start);
  }

  /** One huge block, without a page table. */
  get isHuge(): boolean {
    return this.u8.length > SegmentSize.BYTES;
  }

  /** Lends bytes of a huge value. */
  lend(offset: number, length: number): Loan {
    this.#loans ??= new Set();
    return new Loan(this.u8.subarray(offset, offset + length), this.#loans);
  }

  /** How many have bytes of it on loan. */
  get loanCount(): number {
    return this.#loans === null ? 0 : this.#loans.size;
  }

  /** Has those who have bytes on loan save what is about to change; false when somebody cannot. */
  saveLent(offset: number, length: number): boolean {
    if (this.#loans === null) return true;
    const from = this.u8.byteOffset + offset;
    for (const loan of [...this.#loans]) if (loan.borrower?.save(loan, from, from + length) !== true) return false;
    return true;
  }

  /** The arena has given the segment up. What is lent lives on for those who read it. */
  giveUp(): void {
    if (this.#loans === null) return;
    for (const loan of this.#loans) {
      loan.isOrphaned = true;
      loan.borrower?.orphaned(loan);
    }
    this.#loans = null;
  }
}
