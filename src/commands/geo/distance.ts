/**
 * Distances on a sphere by the haversine formula, in metres. Each step is the one that Redis takes, on functions that round like the
 * C library's (bytes/trigonometry.ts), because stored distances show all their digits.
 */
import type { Position } from "../../bytes/geohash.js";
import { arcsine, cosine, sine } from "../../bytes/trigonometry.js";

/** The earth's quadratic mean radius, in metres. */
export const EARTH_RADIUS = 6372797.560856;

/** Radians in a degree. */
export const RADIAN = Math.PI / 180;

/** The distance between two positions. */
export function distanceBetween(a: Position, b: Position): number {
  const latitudeA = a.latitude * RADIAN;
  const latitudeB = b.latitude * RADIAN;
  const v = sine((b.longitude * RADIAN - a.longitude * RADIAN) / 2);
  if (v === 0) return alongMeridian(latitudeA, latitudeB);
  return alongArc(latitudeA, cosine(latitudeA), latitudeB, cosine(latitudeB), v);
}

/** The distance between two latitudes in radians, on one meridian. */
export function alongMeridian(latitudeA: number, latitudeB: number): number {
  return EARTH_RADIUS * Math.abs(latitudeB - latitudeA);
}

/** The distance between two latitudes in radians, given with their cosines, `v` being the sine of half the longitudes' difference. */
export function alongArc(latitudeA: number, cosineA: number, latitudeB: number, cosineB: number, v: number): number {
  const u = sine((latitudeB - latitudeA) / 2);
  return 2 * EARTH_RADIUS * arcsine(Math.sqrt(u * u + cosineA * cosineB * v * v));
}
