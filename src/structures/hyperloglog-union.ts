/**
 * Reads whole HyperLogLogs: the estimate of one, and the union of several, whose registers are the largest of each.
 */
import type { Region } from "../bytes/region.js";
import { Hll, isDense } from "./hyperloglog.js";
import { countDense, unpackDense } from "./hyperloglog-dense.js";
import { estimateCardinality } from "./hyperloglog-estimate.js";
import { countSparse, mergeSparse } from "./hyperloglog-sparse.js";

/** Estimates how many elements a value has seen: a whole number, or NaN when it is broken. */
export function countElements(region: Region, offset: number, length: number): number {
  const histogram = new Int32Array(64);
  if (isDense(region, offset)) countDense(region, offset + Hll.HEADER, histogram);
  else if (!countSparse(region, offset + Hll.HEADER, offset + length, histogram)) return Number.NaN;
  return estimateCardinality(histogram);
}

export class HyperLogLogUnion {
  /** The registers of the union, a byte each. */
  readonly registers = new Uint8Array(Hll.REGISTERS);
  /** True when one of the values was dense. */
  hasDense = false;
  readonly #unpacked = new Uint8Array(Hll.REGISTERS);

  /** Begins a union of nothing. */
  clear(): void {
    this.registers.fill(0);
    this.hasDense = false;
  }

  /** Takes a value in; false when it is broken, and then the union is of no use. */
  add(region: Region, offset: number, length: number): boolean {
    const { registers } = this;
    if (!isDense(region, offset)) return mergeSparse(region, offset + Hll.HEADER, offset + length, registers);
    this.hasDense = true;
    const unpacked = this.#unpacked;
    unpackDense(region, offset + Hll.HEADER, unpacked);
    for (let i = 0; i < Hll.REGISTERS; i++) if (unpacked[i]! > registers[i]!) registers[i] = unpacked[i]!;
    return true;
  }

  /** Estimates how many elements the union has seen. */
  count(): number {
    const histogram = new Int32Array(64);
    const { registers } = this;
    for (let i = 0; i < Hll.REGISTERS; i++) histogram[registers[i]!]!++;
    return estimateCardinality(histogram);
  }
}
