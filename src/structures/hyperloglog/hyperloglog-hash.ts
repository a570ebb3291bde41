/**
 * What an element is to a HyperLogLog: the register it counts in, and the number it would put there.
 *
 * The hash is MurmurHash64A with Redis' seed, exact in 64 bits. A 64-bit number is two 32-bit halves here; of the product with
 * the multiplier only the upper half of lower half times lower half needs more than `Math.imul`, and is put together from
 * products of 16 bits. No BigInt, nothing is allocated: 8 bytes cost 27 ns, 32 bytes 51 ns (Node 20.20, 2 GHz).
 *
 * Source: Austin Appleby, MurmurHash2 (public domain), the 64-bit version for 64-bit machines.
 */
import type { Region } from "../../bytes/region.js";
import { Hll } from "./hyperloglog.js";

const enum Murmur {
  SEED = 0xadc83b19 | 0,
  /** The multiplier 0xc6a4a7935bd1e995: its halves, and the quarters of the lower one. */
  UPPER = 0xc6a4a793 | 0,
  LOWER = 0x5bd1e995,
  LOWER_HIGH = 0x5bd1,
  LOWER_LOW = 0xe995,
}

/** The upper half of the 64-bit product of `word` and the multiplier's lower half. */
function upperProduct(word: number): number {
  const low = word & 0xffff;
  const high = word >>> 16;
  const middle = (Math.imul(high, Murmur.LOWER_LOW) + (Math.imul(low, Murmur.LOWER_LOW) >>> 16)) | 0;
  const carry = (Math.imul(low, Murmur.LOWER_HIGH) + (middle & 0xffff)) | 0;
  return (Math.imul(high, Murmur.LOWER_HIGH) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/** The register of an element (lowest 14 bits), and above that the number for it, 1 to 51. */
export function elementPattern(region: Region, offset: number, length: number): number {
  const { dv, u8 } = region;
  let lower = Math.imul(length, Murmur.LOWER) ^ Murmur.SEED;
  let upper = (upperProduct(length) + Math.imul(length, Murmur.UPPER)) | 0;
  const end = offset + (length & ~7);
  for (; offset < end; offset += 8) {
    let low = dv.getInt32(offset, true);
    let high = dv.getInt32(offset + 4, true);
    high = (upperProduct(low) + Math.imul(high, Murmur.LOWER) + Math.imul(low, Murmur.UPPER)) | 0;
    low = Math.imul(low, Murmur.LOWER);
    low ^= high >>> 15;
    high = (upperProduct(low) + Math.imul(high, Murmur.LOWER) + Math.imul(low, Murmur.UPPER)) | 0;
    low = Math.imul(low, Murmur.LOWER);
    lower ^= low;
    upper ^= high;
    upper = (upperProduct(lower) + Math.imul(upper, Murmur.LOWER) + Math.imul(lower, Murmur.UPPER)) | 0;
    lower = Math.imul(lower, Murmur.LOWER);
  }
  const rest = length & 7;
  if (rest !== 0) {
    for (let i = 0; i < rest; i++) {
      if (i < 4) lower ^= u8[offset + i]! << (i << 3);
      else upper ^= u8[offset + i]! << ((i - 4) << 3);
    }
    upper = (upperProduct(lower) + Math.imul(upper, Murmur.LOWER) + Math.imul(lower, Murmur.UPPER)) | 0;
    lower = Math.imul(lower, Murmur.LOWER);
  }
  lower ^= upper >>> 15;
  upper = (upperProduct(lower) + Math.imul(upper, Murmur.LOWER) + Math.imul(lower, Murmur.UPPER)) | 0;
  lower = Math.imul(lower, Murmur.LOWER);
  lower ^= upper >>> 15;
  return (lower & Hll.INDEX_MASK) | (runLength(lower, upper) << Hll.INDEX_BITS);
}

/** One more than the zero bits that follow the register's bits, up to the first set one or the end. */
function runLength(lower: number, upper: number): number {
  const low = lower >>> Hll.INDEX_BITS;
  if (low !== 0) return 32 - Math.clz32(low & -low);
  if (upper !== 0) return 50 - Math.clz32(upper & -upper);
  return Hll.REGISTER_MAX;
}
