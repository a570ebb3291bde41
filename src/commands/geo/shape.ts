/** The area of a search: a circle or a box around a position. */
import { Position } from "../../bytes/geohash.js";
import { cosine, sine } from "../../bytes/trigonometry.js";
import { alongArc, alongMeridian, EARTH_RADIUS, RADIAN } from "./distance.js";

/** JavaScript's own functions are this precise, and more. */
const TOLERANCE = 1 + 1e-12;

export class Shape {
  readonly center = new Position();
  isBox = false;
  /** In units, like the sides of a box. */
  radius = 0;
  width = 0;
  height = 0;
  metersPerUnit = 1;
  #latitude = 0;
  #cosine = 0;
  #longitude = 0;
  /** In metres: the radius, or half the sides. */
  #reachEast = 0;
  #reachNorth = 0;
  /** Squared sine of half the angle that `#reachEast` spans, and a bit: what is beyond is not inside. */
  #limit = 0;

  /** To be called when all is set, before `distanceTo`. */
  prepare(): void {
    const { center, isBox, metersPerUnit } = this;
    this.#longitude = center.longitude * RADIAN;
    this.#latitude = center.latitude * RADIAN;
    this.#cosine = cosine(this.#latitude);
    this.#reachEast = isBox ? (this.width * metersPerUnit) / 2 : this.radius * metersPerUnit;
    this.#reachNorth = isBox ? (this.height * metersPerUnit) / 2 : this.#reachEast;
    const halfAngle = this.#reachEast / (2 * EARTH_RADIUS);
    this.#limit = halfAngle < Math.PI / 2 ? Math.sin(halfAngle) ** 2 * TOLERANCE : 2;
  }

  /** Metres from the centre to a position, -1 when it is not inside; if it is and how far is not wanted, any other number. */
  distanceTo(position: Position, isWanted: boolean): number {
    const latitude = position.latitude * RADIAN;
    const north = alongMeridian(latitude, this.#latitude);
    if (north > this.#reachNorth * (this.isBox ? 1 : TOLERANCE)) return -1;
    const halfTurn = (position.longitude * RADIAN - this.#longitude) / 2;
    const reach = this.#roughReach(latitude, halfTurn);
    if (reach > this.#limit) return -1;
    if (!isWanted && reach * TOLERANCE * TOLERANCE < this.#limit) return 0;

    const v = sine(halfTurn);
    const cosineThere = cosine(latitude);
    if (this.isBox && v !== 0 && alongArc(latitude, cosineThere, latitude, cosineThere, v) > this.#reachEast) return -1;
    const distance = v === 0 ? north : alongArc(this.#latitude, this.#cosine, latitude, cosineThere, v);
    return this.isBox || !(distance > this.#reachEast) ? distance : -1;
  }

  /** What `#limit` is compared with, from JavaScript's own functions at half the price: it decides for nearly all. */
  #roughReach(latitude: number, halfTurn: number): number {
    const v = Math.sin(halfTurn);
    const cosineThere = Math.cos(latitude);
    if (this.isBox) return cosineThere * cosineThere * v * v;
    const u = Math.sin((latitude - this.#latitude) / 2);
    return u * u + this.#cosine * cosineThere * v * v;
  }
}
