import { decodePosition, geohashText, Position } from "../../bytes/geohash.js";
import { Opened } from "../open-collection.js";
import { openForReading } from "../sorted-set-value.js";
import { defineCommand, key, many, optional, string } from "../spec.js";
import { replyPosition } from "./coordinates.js";

/** GEOPOS: longitude and latitude of members. */
export const geopos = defineCommand(
  {
    name: "GEOPOS",
    group: "geo",
    since: "3.2.0",
    summary: "Returns the longitude and latitude of members from a geospatial index.",
    complexity: "O(1) for each member requested.",
    flags: ["readonly"],
    args: [key("key", "RO ACCESS"), optional(many(string("member")))],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { sortedSets } = keyspace.types;
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    const position = new Position();
    reply.array(argv.count - 2);
    for (let i = 2; i < argv.count; i++) {
      if (opened === Opened.NONE || !sortedSets.find(keyspace.view, argv.source, argv.offset[i]!, argv.length[i]!)) {
        reply.nullArray();
        continue;
      }
      decodePosition(sortedSets.score, position);
      replyPosition(ctx, position);
    }
  },
);

/** GEOHASH: members as geohash strings of eleven characters. */
export const geohash = defineCommand(
  {
    name: "GEOHASH",
    group: "geo",
    since: "3.2.0",
    summary: "Returns members from a geospatial index as geohash strings.",
    complexity: "O(1) for each member requested.",
    flags: ["readonly"],
    args: [key("key", "RO ACCESS"), optional(many(string("member")))],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { sortedSets } = keyspace.types;
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    const position = new Position();
    reply.array(argv.count - 2);
    for (let i = 2; i < argv.count; i++) {
      if (opened === Opened.NONE || !sortedSets.find(keyspace.view, argv.source, argv.offset[i]!, argv.length[i]!)) {
        reply.null();
        continue;
      }
      decodePosition(sortedSets.score, position);
      reply.bulkText(geohashText(position));
    }
  },
);
