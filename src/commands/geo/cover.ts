/**
 * Which scores a search looks at: those of the cell around its centre and of the eight cells about it, each a range of scores. The
 * cells are as small as they can be for the nine to cover the shape. Results come cell by cell, so their order follows from the order
 * here, which is that of Redis.
 */
import { columnOf, firstScore, latitudeOf, longitudeOf, MAX_STEP, rowOf, scoreAfter } from "../../bytes/geohash.js";
import { EARTH_RADIUS, RADIAN } from "./distance.js";
import type { Shape } from "./shape.js";

/** Half the length of the equator on the map, in metres. */
const MAP_REACH = 20037726.37;

/** East and north: the cell itself, then north, south, east, west, and the corners. */
const CELLS: readonly (readonly [east: number, north: number])[] = [
  [0, 0],
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
];

/** Ranges of scores: from `first` on, before `after`. */
export interface ScoreRange {
  readonly first: number;
  readonly after: number;
}

/** In degrees. */
interface Bounds {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** The ranges of scores in which everything inside a shape is, and more. */
export function coveringRanges(shape: Shape): ScoreRange[] {
  const bounds = boundsOf(shape);
  const { longitude, latitude } = shape.center;
  let step = stepFor(reachOf(shape), latitude);
  if (step > 1 && !reachesBounds(columnOf(longitude, step), rowOf(latitude, step), step, bounds)) step--;

  const column = columnOf(longitude, step);
  const row = rowOf(latitude, step);
  const noWest = step >= 2 && longitudeOf(column, step) < bounds.west;
  const noEast = step >= 2 && longitudeOf(column + 1, step) > bounds.east;
  const noSouth = step >= 2 && latitudeOf(row, step) < bounds.south;
  const noNorth = step >= 2 && latitudeOf(row + 1, step) > bounds.north;

  const ranges: ScoreRange[] = [];
  // Where the map is only a few cells wide, a neighbour may be the one before. The first is not compared with, as in Redis.
  let previous = 0;
  let previousColumn = 0;
  let previousRow = 0;
  CELLS.forEach(([east, north], i) => {
    if ((east < 0 && noWest) || (east > 0 && noEast) || (north < 0 && noSouth) || (north > 0 && noNorth)) return;
    const cellColumn = neighbour(column, east, step);
    const cellRow = neighbour(row, north, step);
    if (previous !== 0 && cellColumn === previousColumn && cellRow === previousRow) return;
    ranges.push({ first: firstScore(cellColumn, cellRow, step), after: scoreAfter(cellColumn, cellRow, step) });
    previous = i;
    previousColumn = cellColumn;
    previousRow = cellRow;
  });
  return ranges;
}

/** A neighbouring column or row; beyond the edge of the map is the other edge. */
function neighbour(index: number, by: number, step: number): number {
  return by === 0 ? index : (index + by) & (2 ** step - 1);
}

/** Metres from the centre to the farthest point of a shape. */
function reachOf(shape: Shape): number {
  const { isBox, radius, width, height, metersPerUnit } = shape;
  const reach = isBox ? Math.sqrt((width / 2) * (width / 2) + (height / 2) * (height / 2)) : radius;
  return reach * metersPerUnit;
}

/** Bits for cells so large that nine of them mostly cover the reach; towards the poles the map stretches. */
function stepFor(meters: number, latitude: number): number {
  if (meters === 0) return MAX_STEP;
  let step = 1;
  for (let reach = meters; reach < MAP_REACH; reach *= 2) step++;
  step -= 2;
  if (Math.abs(latitude) > 66) step--;
  if (Math.abs(latitude) > 80) step--;
  return Math.max(1, Math.min(MAX_STEP, step));
}

/** The box around a shape. East and west are those of its edge nearer to the equator, as in Redis. */
function boundsOf(shape: Shape): Bounds {
  const { isBox, metersPerUnit, center } = shape;
  const { longitude, latitude } = center;
  const high = metersPerUnit * (isBox ? shape.height / 2 : shape.radius);
  const wide = metersPerUnit * (isBox ? shape.width / 2 : shape.radius);
  const deltaLatitude = high / EARTH_RADIUS / RADIAN;
  const edge = latitude < 0 ? latitude - deltaLatitude : latitude + deltaLatitude;
  const deltaLongitude = wide / EARTH_RADIUS / Math.cos(edge * RADIAN) / RADIAN;
  return {
    west: longitude - deltaLongitude,
    east: longitude + deltaLongitude,
    south: latitude - deltaLatitude,
    north: latitude + deltaLatitude,
  };
}

/** True when the cells beside this one reach to the bounds on all four sides. */
function reachesBounds(column: number, row: number, step: number, bounds: Bounds): boolean {
  return !(
    latitudeOf(neighbour(row, 1, step) + 1, step) < bounds.north ||
    latitudeOf(neighbour(row, -1, step), step) > bounds.south ||
    longitudeOf(neighbour(column, 1, step) + 1, step) < bounds.east ||
    longitudeOf(neighbour(column, -1, step), step) > bounds.west
  );
}
