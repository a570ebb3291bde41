import type { Argv } from "../../bytes/argv.js";
import { SYNTAX_ERROR, wrongArgumentCount } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { openForReading } from "../sorted-set-value.js";
import { defineCommand, flag, key, string } from "../spec.js";

/** ZRANK: how many members are below a member. */
export const zrank = defineCommand(
  {
    name: "ZRANK",
    group: "sorted-set",
    since: "2.0.0",
    summary: "Returns the index of a member in a sorted set ordered by ascending scores.",
    complexity: "O(log(N))",
    flags: ["readonly", "fast"],
    history: [["7.2.0", "Added the optional `WITHSCORE` argument."]],
    args: [key("key", "RO ACCESS"), string("member"), flag("WITHSCORE")],
  },
  (ctx, argv) => replyRank(ctx, argv, false),
);

/** ZREVRANK: how many members are above a member. */
export const zrevrank = defineCommand(
  {
    name: "ZREVRANK",
    group: "sorted-set",
    since: "2.0.0",
    summary: "Returns the index of a member in a sorted set ordered by descending scores.",
    complexity: "O(log(N))",
    flags: ["readonly", "fast"],
    history: [["7.2.0", "Added the optional `WITHSCORE` argument."]],
    args: [key("key", "RO ACCESS"), string("member"), flag("WITHSCORE")],
  },
  (ctx, argv) => replyRank(ctx, argv, true),
);

function replyRank(ctx: Context, argv: Argv, isReverse: boolean): void {
  const { keyspace, reply } = ctx;
  const { sortedSets } = keyspace.types;
  if (argv.count > 4) return reply.error(wrongArgumentCount(ctx.command.name));
  const withScore = argv.count === 4;
  if (withScore && !argv.is(3, "WITHSCORE")) return reply.error(SYNTAX_ERROR);
  const opened = openForReading(ctx, argv, 1);
  if (opened === Opened.REFUSED) return;
  let rank = -1;
  if (opened === Opened.FOUND) rank = sortedSets.rank(keyspace.view, argv.source, argv.offset[2]!, argv.length[2]!);
  if (rank < 0) return withScore ? reply.nullArray() : reply.null();
  if (isReverse) rank = sortedSets.count(keyspace.view) - 1 - rank;
  if (withScore) reply.array(2);
  reply.integer(rank);
  if (withScore) reply.double(sortedSets.score);
}
