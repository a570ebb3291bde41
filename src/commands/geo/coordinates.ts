/** Coordinates and distances, read from arguments and written to replies. */
import type { Argv } from "../../bytes/argv.js";
import { parseDouble } from "../../bytes/double.js";
import { formatFixed, formatHuman } from "../../bytes/fixed.js";
import { isOnMap, type Position } from "../../bytes/geohash.js";
import { writeInteger } from "../../bytes/integer.js";
import { NOT_A_FLOAT } from "../../protocol/errors.js";
import type { Context } from "../context.js";

/** What Redis prints for a distance that is no number: the smallest 64-bit integer, in ten thousandths. */
const NO_DISTANCE = "-922337203685477.5808";

/** Reads longitude and latitude from argument `i` on; false when the error was replied. */
export function readPosition({ reply }: Context, argv: Argv, i: number, position: Position): boolean {
  const longitude = doubleArgument(argv, i);
  const latitude = Number.isNaN(longitude) ? longitude : doubleArgument(argv, i + 1);
  if (Number.isNaN(latitude)) {
    reply.error(NOT_A_FLOAT);
    return false;
  }
  if (!isOnMap(longitude, latitude)) {
    reply.error(`ERR invalid longitude,latitude pair ${formatFixed(longitude, 6)},${formatFixed(latitude, 6)}`);
    return false;
  }
  position.longitude = longitude;
  position.latitude = latitude;
  return true;
}

/** Argument `i` as a double, NaN when it is none. */
export function doubleArgument(argv: Argv, i: number): number {
  return parseDouble(argv.source, argv.offset[i]!, argv.length[i]!);
}

/** Writes longitude and latitude. */
export function replyPosition({ reply }: Context, position: Position): void {
  reply.array(2);
  reply.doubleText(formatHuman(position.longitude));
  reply.doubleText(formatHuman(position.latitude));
}

/** Writes a distance with four digits after the point, also in RESP3 as a bulk string. */
export function replyDistance({ keyspace, reply }: Context, distance: number): void {
  const scaled = roundToEven(distance * 10_000);
  if (Number.isNaN(scaled)) return reply.bulkText(NO_DISTANCE);
  const whole = Math.floor(scaled / 10_000);
  const { scratch } = keyspace;
  let at = writeInteger(scratch, 0, whole);
  scratch.u8[at++] = 0x2e;
  let digits = scaled - whole * 10_000;
  for (let unit = 1000; unit >= 1; unit /= 10) {
    const digit = Math.floor(digits / unit);
    scratch.u8[at++] = 0x30 + digit;
    digits -= digit * unit;
  }
  reply.bulk(scratch, 0, at);
}

/** The nearest integer, of two the even one. */
function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const above = value - floor;
  if (above !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
