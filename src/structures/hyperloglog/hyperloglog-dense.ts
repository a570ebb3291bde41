/**
 * The dense representation: 16384 registers of 6 bits, from the lowest bit of each byte up, 12288 bytes in all.
 *
 *      byte 0   byte 1   byte 2   byte 3
 *     +--------+--------+--------+--------+---
 *     |11000000|22221111|33333322|55444444| ...      (highest bit on the left)
 *     +--------+--------+--------+--------+---
 *
 * Four registers are three bytes, sixteen are three words; so nothing ever reads beyond the last register. `at` is where register 0
 * lies in the region.
 */
import type { Region } from "../../bytes/region.js";
import { Hll } from "./hyperloglog.js";

const REGISTER = 63;

/** Registers that are read or written together, and the bytes they take. */
const GROUP = 16;
const GROUP_BYTES = 12;

/** The number in one register. */
export function denseRegister(region: Region, at: number, index: number): number {
  const { u8 } = region;
  const first = at + (index >>> 2) * 3;
  const four = u8[first]! | (u8[first + 1]! << 8) | (u8[first + 2]! << 16);
  return (four >>> ((index & 3) * 6)) & REGISTER;
}

/** Replaces the number in one register. */
export function setDenseRegister(region: Region, at: number, index: number, value: number): void {
  const { u8 } = region;
  const first = at + (index >>> 2) * 3;
  const shift = (index & 3) * 6;
  let four = u8[first]! | (u8[first + 1]! << 8) | (u8[first + 2]! << 16);
  four = (four & ~(REGISTER << shift)) | (value << shift);
  u8[first] = four;
  u8[first + 1] = four >>> 8;
  u8[first + 2] = four >>> 16;
}

/** Puts a larger number into a register; true when it was larger. */
export function raiseDenseRegister(region: Region, at: number, index: number, value: number): boolean {
  if (denseRegister(region, at, index) >= value) return false;
  setDenseRegister(region, at, index, value);
  return true;
}

/** Raises each of `registers`, a byte each, to the number of this value, where that is larger. */
export function mergeDense(region: Region, at: number, registers: Region): void {
  const from = region.dv;
  const to = registers.dv;
  for (let i = 0; i < Hll.REGISTERS; i += GROUP, at += GROUP_BYTES) {
    const a = from.getInt32(at, true);
    const b = from.getInt32(at + 4, true);
    const c = from.getInt32(at + 8, true);
    to.setInt32(i, larger(to.getInt32(i, true), spread(a)), true);
    to.setInt32(i + 4, larger(to.getInt32(i + 4, true), spread((a >>> 24) | (b << 8))), true);
    to.setInt32(i + 8, larger(to.getInt32(i + 8, true), spread((b >>> 16) | (c << 16))), true);
    to.setInt32(i + 12, larger(to.getInt32(i + 12, true), spread(c >>> 8)), true);
  }
}

/** Writes all registers, given as a byte each. */
export function packDense(registers: Region, region: Region, at: number): void {
  const from = registers.dv;
  const to = region.dv;
  for (let i = 0; i < Hll.REGISTERS; i += GROUP, at += GROUP_BYTES) {
    const second = gather(from.getInt32(i + 4, true));
    const third = gather(from.getInt32(i + 8, true));
    to.setInt32(at, gather(from.getInt32(i, true)) | (second << 24), true);
    to.setInt32(at + 4, (second >>> 8) | (third << 16), true);
    to.setInt32(at + 8, (third >>> 16) | (gather(from.getInt32(i + 12, true)) << 8), true);
  }
}

/** Four registers of 6 bits, the lowest 24 of a word, as four bytes. */
function spread(four: number): number {
  return (four & 0x3f) | ((four << 2) & 0x3f00) | ((four << 4) & 0x3f0000) | ((four << 6) & 0x3f000000);
}

/** Four bytes as four registers of 6 bits. */
function gather(word: number): number {
  return (word & 0x3f) | ((word >>> 2) & 0xfc0) | ((word >>> 4) & 0x3f000) | ((word >>> 6) & 0xfc0000);
}

/** The larger of each two bytes, which must be below 128. */
function larger(a: number, b: number): number {
  // The highest bit of a byte is set where the one of `a` is not smaller.
  const isFirst = ((a | 0x80808080) - b) & 0x80808080;
  const mask = (isFirst - (isFirst >>> 7)) & 0x7f7f7f7f;
  return (a & mask) | (b & ~mask);
}
