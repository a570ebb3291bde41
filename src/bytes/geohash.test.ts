import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  columnOf,
  decodePosition,
  encodePosition,
  firstScore,
  geohashText,
  isOnMap,
  Position,
  rowOf,
  scoreAfter,
} from "./geohash.js";

const decoded = (score: number): [number, number] => {
  const position = new Position();
  decodePosition(score, position);
  return [position.longitude, position.latitude];
};

/** The same with a bit at a time. */
function interleaved(column: number, row: number): bigint {
  let bits = 0n;
  for (let i = 0n; i < 32n; i++) {
    bits |= ((BigInt(row) >> i) & 1n) << (2n * i);
    bits |= ((BigInt(column) >> i) & 1n) << (2n * i + 1n);
  }
  return bits;
}

const longitudes = fc.double({ min: -180, max: 180, noNaN: true });
const latitudes = fc.double({ min: -85.05112878, max: 85.05112878, noNaN: true });

test("scores and positions are those of the examples in the documentation", () => {
  assert.equal(encodePosition(13.361389, 38.115556), 3479099956230698);
  assert.equal(encodePosition(15.087269, 37.502669), 3479447370796909);
  assert.deepEqual(decoded(3479099956230698), [13.361389338970184, 38.1155563954963]);
});

test("geohash strings are those of the examples in the documentation", () => {
  const position = new Position();
  decodePosition(3479099956230698, position);
  assert.equal(geohashText(position), "sqc8b49rny0");
  decodePosition(3479447370796909, position);
  assert.equal(geohashText(position), "sqdtr74hyu0");
});

test("the corners of the map, whose last degree has a bit of its own", () => {
  assert.equal(encodePosition(-180, -85.05112878), 0);
  assert.equal(encodePosition(180, -85.05112878), 2 ** 53);
  assert.equal(encodePosition(-180, 85.05112878), 2 ** 52);
  assert.equal(encodePosition(180, 85.05112878), 2 ** 53 + 2 ** 52);
  assert.deepEqual(decoded(2 ** 53 + 2 ** 52), [180, 85.05112878]);
  assert.deepEqual(decoded(0), [-179.99999731779099, -85.05112751263943]);
});

test("a score's column and row are interleaved bit by bit", () => {
  fc.assert(
    fc.property(longitudes, latitudes, (longitude, latitude) => {
      const expected = interleaved(columnOf(longitude, 26), rowOf(latitude, 26));
      assert.equal(encodePosition(longitude, latitude), Number(expected));
    }),
  );
});

test("a position comes back within its cell", () => {
  fc.assert(
    fc.property(longitudes, latitudes, (longitude, latitude) => {
      const [backLongitude, backLatitude] = decoded(encodePosition(longitude, latitude));
      assert.ok(Math.abs(backLongitude - longitude) <= 360 / 2 ** 26);
      // East of the last column the lowest bit of the row is lost: at 180, and where the sum with 180 rounds to 360.
      const isBeyond = columnOf(longitude, 26) === 2 ** 26;
      assert.ok(Math.abs(backLatitude - latitude) <= (isBeyond ? 2 : 1) * (170.2 / 2 ** 26));
    }),
  );
});

test("the scores of a cell are those between its bounds", () => {
  fc.assert(
    fc.property(longitudes, latitudes, fc.integer({ min: 1, max: 26 }), (longitude, latitude, step) => {
      const column = columnOf(longitude, step);
      const row = rowOf(latitude, step);
      const score = encodePosition(longitude, latitude);
      assert.ok(firstScore(column, row, step) <= score);
      assert.ok(score < scoreAfter(column, row, step) || score >= 2 ** 53);
    }),
  );
});

test("scores that are no positions are cut like by a processor", () => {
  const edge = [180, 85.05112878];
  assert.deepEqual(decoded(-1.9), decoded(-1));
  assert.deepEqual(decoded(Number.POSITIVE_INFINITY), decoded(0));
  assert.deepEqual(decoded(2 ** 64), decoded(0));
  assert.deepEqual(decoded(-(2 ** 63)), decoded(Number.NEGATIVE_INFINITY));
  assert.deepEqual(decoded(2 ** 63 + 2 ** 62), edge);
  assert.deepEqual(decoded(1.9), decoded(1));
});

test("only what is no number or beyond the edges is off the map", () => {
  assert.ok(isOnMap(180, -85.05112878));
  assert.ok(!isOnMap(180.0000001, 0));
  assert.ok(!isOnMap(0, 85.05112879));
  assert.ok(!isOnMap(Number.NaN, 0));
});
