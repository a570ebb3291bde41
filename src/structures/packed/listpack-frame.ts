/**
 * A listpack as it travels: in RDB files, DUMP payloads and between servers.
 *
 *     | total bytes, 4 | elements, 2 | run of elements (listpack.ts) ... | 0xff |
 *
 * Numbers have their low byte first; the total counts all of the frame. 65535 elements means that many or more: count them.
 * Source: github.com/antirez/listpack, listpack.md.
 */
import { copyBytes, type Region } from "../../bytes/region.js";
import { Head, next, sizeOfBackLength } from "./listpack-element.js";

export const enum Frame {
  HEADER_BYTES = 6,
  /** Header and terminator: a frame has so many bytes more than its run. */
  OVERHEAD_BYTES = 7,
  /** Offset of the number of elements. */
  COUNT = 4,
  /** This many elements or more. */
  COUNT_UNKNOWN = 65535,
}

/** Writes a frame around a copy of the run [start, end) of `count` elements, and returns its end. */
export function writeFrame(
  target: Region,
  at: number,
  region: Region,
  start: number,
  end: number,
  count: number,
): number {
  copyBytes(region, start, target, at + Frame.HEADER_BYTES, end - start);
  return encloseRun(target, at, end - start, count);
}

/** Writes header and terminator around a run of `sizeBytes` that lies at `at` + 6 already, and returns the end of the frame. */
function encloseRun(target: Region, at: number, sizeBytes: number, count: number): number {
  target.dv.setUint32(at, sizeBytes + Frame.OVERHEAD_BYTES, true);
  target.dv.setUint16(at + Frame.COUNT, Math.min(count, Frame.COUNT_UNKNOWN), true);
  target.u8[at + Frame.HEADER_BYTES + sizeBytes] = Head.END;
  return at + Frame.OVERHEAD_BYTES + sizeBytes;
}

/**
 * Checks every byte of an untrusted frame of `length` bytes that mean anything to the structure. Returns the number of elements of its
 * run, which is [offset + 6, offset + length - 1), or when it is broken `~position`: always negative, the position counted from
 * `offset`. Reads nothing outside the frame.
 */
export function validate(region: Region, offset: number, length: number): number {
  if (length < Frame.OVERHEAD_BYTES || region.dv.getUint32(offset, true) !== length) return ~0;
  const end = offset + length - 1;
  if (region.u8[end] !== Head.END) return ~(length - 1);
  const count = validateRun(region, offset + Frame.HEADER_BYTES, end);
  if (count < 0) return ~(Frame.HEADER_BYTES + ~count);
  const claimed = region.dv.getUint16(offset + Frame.COUNT, true);
  return claimed === count || claimed === Frame.COUNT_UNKNOWN ? count : ~Frame.COUNT;
}

/**
 * Checks every element of an untrusted run. Returns their number, or `~position` of the first broken element, counted from `start`.
 * Reads nothing outside the run.
 */
export function validateRun(region: Region, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; count++) {
    const bytes = checkedBytes(region, at, end);
    const behind = at + bytes + sizeOfBackLength(bytes);
    if (bytes === 0 || behind > end || !isBackLength(region.u8, at + bytes, behind, bytes)) return ~(at - start);
    at = behind;
  }
  return count;
}

/** Bytes of head and payload of an element, 0 when its head means nothing or its length is not all there. */
function checkedBytes(region: Region, at: number, end: number): number {
  const head = region.u8[at]!;
  if (head < Head.INTEGER_13 && head >= Head.TEXT_6) return (head & Head.TEXT_6_LENGTH) + 1;
  if (head < Head.TEXT_12 || (head > Head.TEXT_32 && head <= Head.INTEGER_64)) return next(region, at) - at - 1;
  if (head < Head.TEXT_32) {
    return at + 2 > end ? 0 : (((head & Head.TEXT_12_LENGTH) << 8) | region.u8[at + 1]!) + 2;
  }
  if (head !== Head.TEXT_32 || at + 5 > end) return 0;
  return region.dv.getUint32(at + 1, true) + 5;
}

function isBackLength(u8: Uint8Array, at: number, end: number, bytes: number): boolean {
  for (let i = end - 1; i > at; i--) {
    if (u8[i] !== ((bytes & 0x7f) | 0x80)) return false;
    bytes >>>= 7;
  }
  return u8[at] === bytes;
}
