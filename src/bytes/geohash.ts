/**
 * Geohashes: a position on the earth as one number, whose neighbours are near it. Longitude and latitude are each counted in steps
 * of a power of two, and the bits of the two counts interleaved, those of the latitude in the even places:
 *
 *     score   | 25 of longitude | 25 of latitude | ... | 0 of longitude | 0 of latitude |     52 bits, an exact double
 *
 * A cell of fewer bits is a prefix, so all its positions have scores between two bounds: sorted sets find them.
 *
 * All here is exact and in the order of operations of Redis, so that equal positions give equal bits: a count is computed with
 * doubles and cut, interleaved in two words of 32 bits. A longitude of exactly 180 (and a latitude at its limit) counts 2^26, one bit
 * more than it has: such a score goes beyond 2^53 and is rounded, which loses part of the latitude, as in Redis.
 *
 * Source: Niemeyer's geohash; "Interleave bits by binary magic numbers" of Anderson's Bit Twiddling Hacks.
 */

/** The map ends here (EPSG:3857): degrees. */
const enum MapLimit {
  LONGITUDE = 180,
  LATITUDE = 85.05112878,
}

/** Bits of each coordinate in a score. */
export const MAX_STEP = 26;

const WORD = 2 ** 32;
/** Share of the map that a column or row has at the greatest step. */
const SMALLEST = 2 ** -MAX_STEP;
const LONGITUDE_SPAN = 2 * MapLimit.LONGITUDE;
const LATITUDE_SPAN = 2 * MapLimit.LATITUDE;
const ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";

/** A place on the map, in degrees; filled by `decodePosition`, reused by its owner. */
export class Position {
  longitude = 0;
  latitude = 0;
}

/** True on the map; false also for what is no number. */
export function isOnMap(longitude: number, latitude: number): boolean {
  return Math.abs(longitude) <= MapLimit.LONGITUDE && Math.abs(latitude) <= MapLimit.LATITUDE;
}

/** Cell of a longitude when the map has 2^step of them from west to east; 2^step for its last degree. */
export function columnOf(longitude: number, step: number): number {
  return Math.trunc(((longitude - -MapLimit.LONGITUDE) / LONGITUDE_SPAN) * 2 ** step);
}

/** Cell of a latitude when the map has 2^step of them from south to north. */
export function rowOf(latitude: number, step: number): number {
  return Math.trunc(((latitude - -MapLimit.LATITUDE) / LATITUDE_SPAN) * 2 ** step);
}

/** Where a column begins, in degrees; it ends where the next begins. */
export function longitudeOf(column: number, step: number): number {
  return -MapLimit.LONGITUDE + (column / 2 ** step) * LONGITUDE_SPAN;
}

/** Where a row begins, in degrees. */
export function latitudeOf(row: number, step: number): number {
  return -MapLimit.LATITUDE + (row / 2 ** step) * LATITUDE_SPAN;
}

/** Score of a position on the map. */
export function encodePosition(longitude: number, latitude: number): number {
  return firstScore(columnOf(longitude, MAX_STEP), rowOf(latitude, MAX_STEP), MAX_STEP);
}

/** The lowest score in a cell. */
export function firstScore(column: number, row: number, step: number): number {
  const low = spread(row) | (spread(column) << 1);
  const high = spread(row >>> 16) | (spread(column >>> 16) << 1);
  return (high * WORD + (low >>> 0)) * 2 ** (2 * (MAX_STEP - step));
}

/** The lowest score above those of a cell. */
export function scoreAfter(column: number, row: number, step: number): number {
  const low = spread(row) | (spread(column) << 1);
  const high = spread(row >>> 16) | (spread(column >>> 16) << 1);
  return (high * WORD + ((low >>> 0) + 1)) * 2 ** (2 * (MAX_STEP - step));
}

/**
 * The middle of the smallest cell that a score names. Scores need not come from here: others are cut to 64 bits like the processor
 * does for Redis, and what lies beyond the map goes to its edge.
 */
export function decodePosition(score: number, position: Position): void {
  const whole = Math.trunc(score);
  let high = Math.floor(whole / WORD) >>> 0;
  let low = whole >>> 0;
  if (whole >= 2 ** 64 || whole < -(2 ** 63)) {
    high = whole < 0 ? 2 ** 31 : 0;
    low = 0;
  }
  const row = (gather(low) | (gather(high) << 16)) >>> 0;
  const column = (gather(low >>> 1) | (gather(high >>> 1) << 16)) >>> 0;
  // Written out, without powers: searches do this for each candidate.
  const west = -MapLimit.LONGITUDE + column * SMALLEST * LONGITUDE_SPAN;
  const east = -MapLimit.LONGITUDE + ((column + 1) >>> 0) * SMALLEST * LONGITUDE_SPAN;
  const south = -MapLimit.LATITUDE + row * SMALLEST * LATITUDE_SPAN;
  const north = -MapLimit.LATITUDE + ((row + 1) >>> 0) * SMALLEST * LATITUDE_SPAN;
  const longitude = (west + east) / 2;
  const latitude = (south + north) / 2;
  position.longitude = Math.max(-MapLimit.LONGITUDE, Math.min(MapLimit.LONGITUDE, longitude));
  position.latitude = Math.max(-MapLimit.LATITUDE, Math.min(MapLimit.LATITUDE, latitude));
}

/**
 * The geohash of a position as geohash.org writes it, eleven characters of five bits: its map ends at the poles, so the bits are
 * others than those of a score. 52 bits do not fill eleven characters: the last is always 0.
 */
export function geohashText({ longitude, latitude }: Position): string {
  const column = columnOf(longitude, MAX_STEP);
  const row = Math.trunc(((latitude - -90) / 180) * 2 ** MAX_STEP);
  let text = "";
  for (let bit = 25; bit > 0; bit -= 5) {
    // Five bits from the longitude's on, then five from the latitude's on.
    const five =
      (((column >>> bit) & 1) << 4) |
      (((row >>> bit) & 1) << 3) |
      (((column >>> (bit - 1)) & 1) << 2) |
      (((row >>> (bit - 1)) & 1) << 1) |
      ((column >>> (bit - 2)) & 1);
    const next =
      (((row >>> (bit - 2)) & 1) << 4) |
      (((column >>> (bit - 3)) & 1) << 3) |
      (((row >>> (bit - 3)) & 1) << 2) |
      (((column >>> (bit - 4)) & 1) << 1) |
      ((row >>> (bit - 4)) & 1);
    text += ALPHABET[five]! + ALPHABET[next]!;
  }
  return `${text}0`;
}

/** The low 16 bits, each moved to twice its place. */
function spread(n: number): number {
  n &= 0xffff;
  n = (n | (n << 8)) & 0x00ff00ff;
  n = (n | (n << 4)) & 0x0f0f0f0f;
  n = (n | (n << 2)) & 0x33333333;
  return (n | (n << 1)) & 0x55555555;
}

/** The 16 bits in even places, moved together. */
function gather(n: number): number {
  n &= 0x55555555;
  n = (n | (n >>> 1)) & 0x33333333;
  n = (n | (n >>> 2)) & 0x0f0f0f0f;
  n = (n | (n >>> 4)) & 0x00ff00ff;
  return (n | (n >>> 8)) & 0xffff;
}
