/** Running a search and replying or storing what it finds. */
import type { Argv } from "../../bytes/argv.js";
import { decodePosition, Position } from "../../bytes/geohash.js";
import { AddIf } from "../../datatypes/sorted-sets.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { Context } from "../context.js";
import { beginEmpty } from "../sorted-set-value.js";
import { removeDestination } from "../store-result.js";
import { replyDistance, replyPosition } from "./coordinates.js";
import { Matches } from "./matches.js";
import { Form, type Query, Sort } from "./options.js";

/** Searches the open set, which may not exist, and replies or stores. */
export function runSearch(ctx: Context, argv: Argv, query: Query): void {
  const { keyspace, reply } = ctx;
  // The nearest come first when only some are wanted.
  const sort = query.sort === Sort.NONE && query.count !== 0 && !query.isAny ? Sort.ASC : query.sort;
  const matches = new Matches(sort !== Sort.NONE || query.withDistance || query.storesDistance);
  if (query.hasSource)
    matches.collect(keyspace.types.sortedSets, keyspace.view, query.shape, query.isAny ? query.count : 0);
  const found = matches.order.length;
  const wanted = query.count === 0 ? found : Math.min(found, query.count);
  if (sort !== Sort.NONE && found > 0) matches.sort(sort === Sort.DESC, wanted);

  if (query.storeAt === 0) return wanted === 0 ? reply.array(0) : replyMatches(ctx, query, matches, wanted);
  if (wanted === 0) removeDestination(ctx, argv, query.storeAt);
  else storeMatches(ctx, argv, query, matches, wanted);
  reply.integer(wanted);
}

function replyMatches(ctx: Context, query: Query, matches: Matches, wanted: number): void {
  const { keyspace, reply } = ctx;
  const { cursor } = keyspace.types.sortedSets;
  const { withDistance, withHash, withCoordinates, shape } = query;
  const parts = 1 + Number(withDistance) + Number(withHash) + Number(withCoordinates);
  const position = new Position();
  let nextRank = -1;
  reply.array(wanted);
  for (let i = 0; i < wanted; i++) {
    const match = matches.order[i]!;
    const rank = matches.rank[match]!;
    if (rank !== nextRank) cursor.open(keyspace.view, rank);
    cursor.next();
    nextRank = rank + 1;
    const { region, offset, length } = cursor.member;
    if (parts > 1) reply.array(parts);
    reply.bulk(region, offset, length);
    if (withDistance) replyDistance(ctx, matches.distance[match]! / shape.metersPerUnit);
    if (withHash) reply.integer(Math.trunc(matches.score[match]!));
    if (withCoordinates) {
      decodePosition(matches.score[match]!, position);
      replyPosition(ctx, position);
    }
  }
}

function storeMatches(ctx: Context, argv: Argv, query: Query, matches: Matches, wanted: number): void {
  const { db, keyspace } = ctx;
  const { view, slot } = keyspace;
  const { sortedSets } = keyspace.types;
  const { cursor } = sortedSets;
  beginEmpty(ctx, argv, query.storeAt, sortedSets.encodingFor(wanted, 0), slot);
  try {
    for (let i = 0; i < wanted; i++) {
      const match = matches.order[i]!;
      cursor.open(view, matches.rank[match]!);
      cursor.next();
      const { region, offset, length } = cursor.member;
      const score = query.storesDistance ? matches.distance[match]! / query.shape.metersPerUnit : matches.score[match]!;
      sortedSets.add(slot, score, AddIf.ALWAYS, region, offset, length);
    }
  } catch (error) {
    db.abandon(slot);
    throw error;
  }
  db.place(slot);
  keyspace.dirty += wanted - 1;
  const event = query.form === Form.SEARCH_STORE ? "geosearchstore" : "georadiusstore";
  db.changed(argv, query.storeAt, NotifyClass.ZSET, event);
}
