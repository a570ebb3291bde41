/**
 * A segment is one stretch of bytes outside the JavaScript heap; an arena is a list of them.
 *
 * A **ref** is where something lies in an arena: an unsigned 32-bit number in units of 8 bytes, 0 = null.
 *
 *      31      23 22                    0
 *     +----------+-----------------------+      segment = ref >>> 23          (512 segments)
 *     | segment  | unit within segment   |      offset  = (ref & UNIT) << 3   (64 MB each; 32 GB in all)
 *     +----------+-----------------------+
 *
 * A huge value gets a segment of its own, of whatever size it needs, and starts at its offset 0. Its buffer may be longer than that: into this
 * reserve it grows without being copied.
 *
 * The operating system hands out the pages of a segment when they are first touched, so a fresh segment costs address
 * space, not memory, and so does the reserve of a huge one.
 *
 * Segments are shared memory of a fixed size: another thread can read, write or touch them, and V8, which takes the bytes of an ArrayBuffer for
 * pressure on its heap, does not count them. A new one takes 0.07 ms instead of 3, and starts no collection (Node 20.20). Long copies of
 * shared memory go through bytes/region.ts.
 */
import { copiesSharedWell } from "../bytes/copy-long.js";
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
  MAX_COUNT = 512,
}

/**
 * Where segments come from. A buffer may be longer than asked for: the segment is its last `sizeBytes`, so that a factory that knows where
 * the system places buffers can let it begin on a cache line, and a bucket of a dict is one line instead of two. Worth 2 to 5 % of
 * processor time at a million keys (Node 20.20).
 */
export type SegmentFactory = (sizeBytes: number) => ArrayBufferLike;

/** Told when bytes of a segment up to `end` are handed out for the first time, in steps of 2 MB: the system is about to be asked for them. */
export type ReachListener = (segment: Segment, index: number, end: number) => void;

/** Memory for a segment: shared with threads where copying it is as quick as other memory. */
export function segmentBuffer(sizeBytes: number): ArrayBufferLike {
  return copiesSharedWell ? new SharedArrayBuffer(sizeBytes) : new ArrayBuffer(sizeBytes);
}

/** The memory of a segment that has none any more. */
const NOTHING = new ArrayBuffer(0);

/** As SegmentFactory, for what will be a huge segment: what the buffer has beyond `sizeBytes` is room to grow. */
export type ReserveFactory = (sizeBytes: number) => ArrayBufferLike;

/**
 * Views keep the Segment they have looked at last, long after the arena may have dropped it or given it other memory: so they hold on to this
 * object, never to one of its arrays, and pin nothing.
 */
export class Segment extends Region {
  declare u8: Uint8Array;
  declare dv: DataView;
  u32: Uint32Array;
  f64: Float64Array;
  /** One huge block, without a page table. */
  readonly isHuge: boolean;
  /** From here on all bytes of a huge segment are zero. */
  touchedBytes = 0;
  /** Somebody was asked to touch its memory up to here before it is used. */
  aheadBytes = 0;
  /** Who writes behind the end of a huge value what is to be part of it later; for the keyspace. */
  writer: object | null = null;
  /** Who still reads bytes of a huge value: they must not be changed. */
  #loans: Set<Loan> | null = null;

  /** A segment of `sizeBytes` from `start` of the buffer on. */
  constructor(
    buffer: ArrayBufferLike,
    sizeBytes: number,
    start = Math.max(0, buffer.byteLength - sizeBytes),
    isHuge = false,
  ) {
    super(new Uint8Array(buffer, start, sizeBytes));
    this.u32 = new Uint32Array(buffer, start, sizeBytes >>> 2);
    this.f64 = new Float64Array(buffer, start, sizeBytes >>> 3);
    this.isHuge = isHuge;
  }

  /** How long it can become where it lies. */
  get reservedBytes(): number {
    return this.u8.buffer.byteLength - this.u8.byteOffset;
  }

  /** Makes a huge segment longer, within its reserve. */
  extend(sizeBytes: number): void {
    this.#use(this.u8.buffer, this.u8.byteOffset, sizeBytes);
  }

  /** Takes the last `sizeBytes` of another buffer, which hold whatever they hold; not for huge segments, of which bytes may be on loan. */
  use(buffer: ArrayBufferLike, sizeBytes: number): void {
    this.#use(buffer, Math.max(0, buffer.byteLength - sizeBytes), sizeBytes);
    this.aheadBytes = 0;
  }

  /**
   * The arena has given the segment up. What is lent lives on for those who read it; the segment itself lets go of its memory, as views keep
   * the one they last looked at.
   */
  drop(): void {
    if (this.#loans !== null) {
      for (const loan of this.#loans) {
        loan.isOrphaned = true;
        loan.borrower?.orphaned(loan);
      }
      this.#loans = null;
    }
    this.#use(NOTHING, 0, 0);
  }

  #use(buffer: ArrayBufferLike, byteOffset: number, sizeBytes: number): void {
    this.u8 = new Uint8Array(buffer, byteOffset, sizeBytes);
    this.dv = new DataView(buffer, byteOffset, sizeBytes);
    this.u32 = new Uint32Array(buffer, byteOffset, sizeBytes >>> 2);
    this.f64 = new Float64Array(buffer, byteOffset, sizeBytes >>> 3);
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
}
