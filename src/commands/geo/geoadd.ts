import { Argv } from "../../bytes/argv.js";
import { encodePosition, Position } from "../../bytes/geohash.js";
import { AddIf } from "../../datatypes/sorted-sets.js";
import { SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { addScored } from "../sorted-set-add.js";
import { block, defineCommand, double, flag, key, many, oneOf, string } from "../spec.js";
import { readPosition } from "./coordinates.js";

/** GEOADD: adds members with their positions, or moves them: a ZADD whose scores are the geohashes of the positions. */
export const geoadd = defineCommand(
  {
    name: "GEOADD",
    group: "geo",
    since: "3.2.0",
    summary: "Adds one or more members to a geospatial index. The key is created if it doesn't exist.",
    complexity: "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
    flags: ["write", "denyoom"],
    effect: "rewritten",
    history: [["6.2.0", "Added the `CH`, `NX` and `XX` options."]],
    args: [
      key("key", "RW UPDATE"),
      oneOf("condition", [flag("NX"), flag("XX")], { since: "6.2.0" }),
      { ...flag("CH", { since: "6.2.0" }), name: "change" },
      many(block("data", [double("longitude"), double("latitude"), string("member")])),
    ],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    const { sortedSets } = ctx.keyspace.types;
    let conditions: AddIf = AddIf.ALWAYS;
    let repliesChanged = false;
    let from = 2;
    for (; from < argv.count; from++) {
      if (argv.is(from, "NX")) conditions |= AddIf.NEW;
      else if (argv.is(from, "XX")) conditions |= AddIf.EXISTING;
      else if (argv.is(from, "CH")) repliesChanged = true;
      else break;
    }
    const members = (argv.count - from) / 3;
    const isBoth = (conditions & AddIf.NEW) !== 0 && (conditions & AddIf.EXISTING) !== 0;
    if (!Number.isInteger(members) || isBoth) return reply.error(SYNTAX_ERROR);

    const scores = sortedSets.reserveScores(members);
    const position = new Position();
    for (let i = 0; i < members; i++) {
      if (!readPosition(ctx, argv, from + i * 3, position)) return;
      scores[i] = encodePosition(position.longitude, position.latitude);
    }
    if (members === 0) return reply.error(SYNTAX_ERROR);
    const { dirty } = ctx.keyspace;
    sortedSets.tried = members;
    try {
      addScored(ctx, withoutLatitudes(argv, from, members), conditions, 2, repliesChanged);
    } finally {
      // Fewer when memory ran out half-way.
      if (ctx.effects.isOn && ctx.keyspace.dirty !== dirty) sayAdded(ctx, argv, from, sortedSets.tried, scores);
    }
  },
);

/** ZADD with the geohashes as scores. */
function sayAdded({ effects }: Context, argv: Argv, from: number, members: number, scores: Float64Array): void {
  effects.instead("ZADD", from + members * 2).arguments(argv, 1, from);
  for (let i = 0; i < members; i++) effects.integer(scores[i]!).argument(argv, from + i * 3 + 2);
}

/** The command as a ZADD without options: the same key and members, with one argument before each member instead of two. */
function withoutLatitudes(argv: Argv, from: number, members: number): Argv {
  const pairs = new Argv();
  pairs.source = argv.source;
  pairs.count = 2 + members * 2;
  pairs.reserve(pairs.count);
  const copy = (to: number, i: number): void => {
    pairs.offset[to] = argv.offset[i]!;
    pairs.length[to] = argv.length[i]!;
  };
  copy(0, 0);
  copy(1, 1);
  for (let i = 0; i < members; i++) {
    copy(2 + i * 2, from + i * 3);
    copy(3 + i * 2, from + i * 3 + 2);
  }
  return pairs;
}
