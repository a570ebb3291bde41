/**
 * What list-max-listpack-size says: a positive number is a count of elements, -1 to -5 are 4, 8, 16, 32 and 64 KB. Sizes are those of
 * Redis' listpacks, with 7 bytes around the run.
 */

export const enum ListLimit {
  /** Bytes of a listpack around its run. */
  FRAME = 7,
  /** A listpack limited by its count has no more bytes than this. */
  SAFE_BYTES = 8192,
  /** A quicklist of more leaves than this is not small. */
  SHRUNK_LEAVES = 8,
}

const LEVELS = [4096, 8192, 16384, 32768, 65536];

/** True when a listpack of this size is too large. */
export function exceedsListLimit(setting: number, bytes: number, count: number): boolean {
  if (setting < 0) return bytes > bytesOf(setting);
  return bytes > ListLimit.SAFE_BYTES || count > Math.max(1, setting);
}

/** True when a quicklist whose elements would make a listpack of this size is to become one. */
export function fitsHalfListLimit(setting: number, bytes: number, count: number): boolean {
  if (setting < 0) return bytes <= bytesOf(setting) / 2;
  return bytes <= ListLimit.SAFE_BYTES && count <= Math.max(1, setting) >> 1;
}

function bytesOf(setting: number): number {
  return LEVELS[Math.min(-setting, LEVELS.length) - 1]!;
}
