/**
 * How many registers hold each number: all that the estimate needs.
 *
 * Registers are counted in pairs, in a table of all 4096 pairs, and the table added up at the end: half as many steps, and equal
 * neighbours seldom wait for each other. A dense value takes 19 µs, 1.4 times as much one by one
 * (Node 20.20, 2 GHz).
 */
import type { Region } from "../../bytes/region.js";
import { Hll } from "./hyperloglog.js";
import { runOf, sizeOf, valueOf } from "./hyperloglog-sparse.js";

const PAIR = 4095;

export class RegisterHistogram {
  /** Registers that hold 0, 1, 2 … */
  readonly counts = new Int32Array(64);
  readonly #pairs = new Int32Array(4096);

  /** Counts those of a dense value, whose registers begin at `at`. */
  countDense(region: Region, at: number): void {
    const { dv } = region;
    const pairs = this.#pairs;
    for (const end = at + Hll.DENSE_BYTES - Hll.HEADER; at < end; at += 12) {
      const a = dv.getInt32(at, true);
      const b = dv.getInt32(at + 4, true);
      const c = dv.getInt32(at + 8, true);
      pairs[a & PAIR]!++;
      pairs[(a >>> 12) & PAIR]!++;
      pairs[((a >>> 24) | (b << 8)) & PAIR]!++;
      pairs[(b >>> 4) & PAIR]!++;
      pairs[(b >>> 16) & PAIR]!++;
      pairs[((b >>> 28) | (c << 4)) & PAIR]!++;
      pairs[(c >>> 8) & PAIR]!++;
      pairs[c >>> 20]!++;
    }
    this.#addPairs();
  }

  /** Counts registers that are a byte each. */
  countBytes(registers: Region): void {
    const { dv } = registers;
    const pairs = this.#pairs;
    for (let at = 0; at < Hll.REGISTERS; at += 4) {
      const word = dv.getInt32(at, true);
      pairs[(word & 63) | ((word >>> 2) & 0xfc0)]!++;
      pairs[((word >>> 16) & 63) | ((word >>> 18) & 0xfc0)]!++;
    }
    this.#addPairs();
  }

  /** Counts those of a sparse value, whose opcodes lie from `at` to `end`; false when it is broken. */
  countSparse(region: Region, at: number, end: number): boolean {
    const { u8 } = region;
    const { counts } = this;
    counts.fill(0);
    let index = 0;
    for (let p = at; p < end; ) {
      const byte = u8[p]!;
      const run = runOf(u8, p, end);
      index += run;
      if (run === 0 || index > Hll.REGISTERS) return false;
      counts[valueOf(byte)]! += run;
      p += sizeOf(byte);
    }
    return index === Hll.REGISTERS;
  }

  #addPairs(): void {
    const pairs = this.#pairs;
    const { counts } = this;
    counts.fill(0);
    let pair = 0;
    for (let second = 0; second < 64; second++) {
      let sum = 0;
      for (let first = 0; first < 64; first++) {
        const count = pairs[pair]!;
        pairs[pair++] = 0;
        counts[first]! += count;
        sum += count;
      }
      counts[second]! += sum;
    }
  }
}
