import { decodePosition, Position } from "../../bytes/geohash.js";
import { SYNTAX_ERROR } from "../../protocol/errors.js";
import { Opened } from "../open-collection.js";
import { openForReading } from "../sorted-set-value.js";
import { defineCommand, key, optional, string } from "../spec.js";
import { replyDistance } from "./coordinates.js";
import { distanceBetween } from "./distance.js";
import { metersPerUnit, unitArgument } from "./units.js";

/** GEODIST: the distance between two members. */
export const geodist = defineCommand(
  {
    name: "GEODIST",
    group: "geo",
    since: "3.2.0",
    summary: "Returns the distance between two members of a geospatial index.",
    complexity: "O(1)",
    flags: ["readonly"],
    args: [key("key", "RO ACCESS"), string("member1"), string("member2"), optional(unitArgument)],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { view } = keyspace;
    const { sortedSets } = keyspace.types;
    const { source, offset, length } = argv;
    if (argv.count > 5) return reply.error(SYNTAX_ERROR);
    const meters = argv.count === 5 ? metersPerUnit(ctx, argv, 4) : 1;
    if (meters === 0) return;
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE || !sortedSets.find(view, source, offset[2]!, length[2]!)) return reply.null();
    const from = sortedSets.score;
    if (!sortedSets.find(view, source, offset[3]!, length[3]!)) return reply.null();
    replyDistance(ctx, distanceBetween(positionOf(from), positionOf(sortedSets.score)) / meters);
  },
);

function positionOf(score: number): Position {
  const position = new Position();
  decodePosition(score, position);
  return position;
}
