/**
 * Reads whole HyperLogLogs: estimates one, or the union of several, whose registers are the largest of each.
 */
import { clearBytes, Region } from "../../bytes/region.js";
import { Hll, isDense } from "./hyperloglog.js";
import { mergeDense } from "./hyperloglog-dense.js";
import { estimateCardinality } from "./hyperloglog-estimate.js";
import { RegisterHistogram } from "./hyperloglog-histogram.js";
import { mergeSparse } from "./hyperloglog-sparse.js";

export class HyperLogLogUnion {
  /** The registers of the union, a byte each. */
  readonly registers = Region.allocate(Hll.REGISTERS);
  /** True when one of the values was dense. */
  hasDense = false;
  readonly #histogram = new RegisterHistogram();

  /** Begins a union of nothing. */
  clear(): void {
    clearBytes(this.registers, 0, Hll.REGISTERS);
    this.hasDense = false;
  }

  /** Takes a value in; false when it is broken, and then the union is of no use. */
  add(region: Region, offset: number, length: number): boolean {
    const start = offset + Hll.HEADER;
    if (!isDense(region, offset)) return mergeSparse(region, start, offset + length, this.registers);
    this.hasDense = true;
    mergeDense(region, start, this.registers);
    return true;
  }

  /** Estimates how many elements the union has seen. */
  count(): number {
    this.#histogram.countBytes(this.registers);
    return estimateCardinality(this.#histogram.counts);
  }

  /** Estimates how many elements one value has seen, whatever the union holds: a whole number, or NaN when the value is broken. */
  countAlone(region: Region, offset: number, length: number): number {
    const histogram = this.#histogram;
    const start = offset + Hll.HEADER;
    if (isDense(region, offset)) histogram.countDense(region, start);
    else if (!histogram.countSparse(region, start, offset + length)) return Number.NaN;
    return estimateCardinality(histogram.counts);
  }
}
