/**
 * The sparse representation: the registers in order, as runs of equal numbers.
 *
 *     00xxxxxx             ZERO    x + 1 registers of 0 (1 to 64)
 *     01xxxxxx yyyyyyyy    XZERO   xy + 1 registers of 0 (1 to 16384), x the upper bits
 *     1vvvvvxx             VALUE   x + 1 registers (1 to 4) of the number v + 1 (1 to 32)
 *
 * A whole value describes 16384 registers, no more and no less. Values come from outside too, so every reader checks that, and never
 * reads beyond the end: an XZERO without its second byte is broken. 100 elements take 267 bytes, 1000 take 1882, 2000 take 3480.
 *
 * `at` and `end` are where the opcodes lie in the region.
 */
import type { Region } from "../../bytes/region.js";
import { Hll } from "./hyperloglog.js";
import { setDenseRegister } from "./hyperloglog-dense.js";

export const enum Opcode {
  XZERO = 0x40,
  VALUE = 0x80,
  ZERO_RUN_MAX = 64,
  VALUE_RUN_MAX = 4,
  /** The largest number the sparse representation can hold. */
  VALUE_MAX = 32,
}

/** The number of registers that the opcode at `p` stands for; 0 when it is cut off by the end. */
export function runOf(u8: Uint8Array, p: number, end: number): number {
  const byte = u8[p]!;
  if (byte >= Opcode.VALUE) return (byte & 3) + 1;
  if (byte < Opcode.XZERO) return byte + 1;
  return p + 1 < end ? (((byte & 0x3f) << 8) | u8[p + 1]!) + 1 : 0;
}

/** The number that the registers of an opcode hold, from its first byte. */
export function valueOf(byte: number): number {
  return byte < Opcode.VALUE ? 0 : ((byte >>> 2) & 31) + 1;
}

/** Bytes of an opcode, from its first byte. */
export function sizeOf(byte: number): number {
  return (byte & 0xc0) === Opcode.XZERO ? 2 : 1;
}

/** A VALUE opcode. */
export function valueOpcode(value: number, run: number): number {
  return Opcode.VALUE | ((value - 1) << 2) | (run - 1);
}

/** Writes the shortest opcode for registers of 0; returns where it ends. */
export function writeZeros(u8: Uint8Array, at: number, run: number): number {
  if (run <= Opcode.ZERO_RUN_MAX) {
    u8[at] = run - 1;
    return at + 1;
  }
  u8[at] = Opcode.XZERO | ((run - 1) >>> 8);
  u8[at + 1] = run - 1;
  return at + 2;
}

/** Raises each of `registers`, a byte each, to the number of this value, where that is larger; false, with some raised, when it is broken. */
export function mergeSparse(region: Region, at: number, end: number, registers: Region): boolean {
  const { u8 } = region;
  const raised = registers.u8;
  let index = 0;
  for (let p = at; p < end; ) {
    const byte = u8[p]!;
    const next = index + runOf(u8, p, end);
    if (next === index || next > Hll.REGISTERS) return false;
    if (byte >= Opcode.VALUE) {
      const value = valueOf(byte);
      for (let i = index; i < next; i++) if (raised[i]! < value) raised[i] = value;
    }
    index = next;
    p += sizeOf(byte);
  }
  return index === Hll.REGISTERS;
}

/** Sets the registers of a dense value, which must be all 0, to those of this one; false, with some set, when it is broken. */
export function sparseToDense(region: Region, at: number, end: number, dense: Region, denseAt: number): boolean {
  const { u8 } = region;
  let index = 0;
  for (let p = at; p < end; ) {
    const byte = u8[p]!;
    const next = index + runOf(u8, p, end);
    if (next === index || next > Hll.REGISTERS) return false;
    if (byte >= Opcode.VALUE) {
      const value = valueOf(byte);
      for (let i = index; i < next; i++) setDenseRegister(dense, denseAt, i, value);
    }
    index = next;
    p += sizeOf(byte);
  }
  return index === Hll.REGISTERS;
}

/** The opcodes as PFDEBUG DECODE prints them: "z" and "Z" with the run of a ZERO and an XZERO, "v" with number and run. */
export function describeSparse(region: Region, at: number, end: number): string {
  const { u8 } = region;
  const words: string[] = [];
  for (let p = at; p < end; p += sizeOf(u8[p]!)) {
    const byte = u8[p]!;
    const run = runOf(u8, p, end);
    if (byte >= Opcode.VALUE) words.push(`v:${valueOf(byte)},${run}`);
    else words.push(`${byte < Opcode.XZERO ? "z" : "Z"}:${run}`);
  }
  return words.join(" ");
}
