/**
 * CRC-16/XMODEM (polynomial 0x1021, no reflection, start 0) and the hash slot of a key, as Redis Cluster defines it:
 * the CRC of the key, or only of its hash tag, modulo 16384. The tag is what stands between the first `{` and the
 * first `}` behind it, unless that is nothing.
 */
import type { Region } from "./region.js";

const POLYNOMIAL = 0x1021;

/** Number of hash slots of a cluster; a power of two. */
export const SLOT_COUNT = 16_384;

const OPEN = 0x7b;
const CLOSE = 0x7d;

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? POLYNOMIAL : 0);
  return crc;
});

/** The CRC-16 of a slice. */
export function crc16(region: Region, offset: number, length: number): number {
  const u8 = region.u8;
  const end = offset + length;
  let crc = 0;
  for (; offset < end; offset++) crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >>> 8) ^ u8[offset]!]!;
  return crc;
}

/** The hash slot of a key, 0 to 16383. */
export function keySlot(region: Region, offset: number, length: number): number {
  const u8 = region.u8;
  const end = offset + length;
  let open = offset;
  while (open < end && u8[open] !== OPEN) open++;
  let close = open + 1;
  while (close < end && u8[close] !== CLOSE) close++;
  const hasTag = close < end && close > open + 1;
  const crc = hasTag ? crc16(region, open + 1, close - open - 1) : crc16(region, offset, length);
  return crc & (SLOT_COUNT - 1);
}
