import type { Argv } from "../../bytes/argv.js";
import { SYNTAX_ERROR } from "../../protocol/errors.js";
import { equals } from "../../structures/packed/listpack.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { checkLong } from "../long-argument.js";
import { Opened } from "../open-collection.js";
import { defineCommand, integer, key, string } from "../spec.js";
import { openForReading } from "./list-value.js";

const RANK_ZERO =
  "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list";

/** LPOS: the indexes of elements that equal a value. */
export const lpos = defineCommand(
  {
    name: "LPOS",
    group: "list",
    since: "6.0.6",
    summary: "Returns the index of matching elements in a list.",
    complexity:
      "O(N) where N is the number of elements in the list, for the average case. When searching for elements near the head or the tail of the list, or when the MAXLEN option is provided, the command may run in constant time.",
    flags: ["readonly"],
    args: [
      key("key", "RO ACCESS"),
      string("element"),
      integer("rank", { token: "RANK", optional: true }),
      integer("num-matches", { token: "COUNT", optional: true }),
      integer("len", { token: "MAXLEN", optional: true }),
    ],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    let rank = 1;
    let count = -1;
    let maxLength = 0;
    for (let i = 3; i < argv.count; i += 2) {
      const hasValue = i + 1 < argv.count;
      if (hasValue && argv.is(i, "RANK")) {
        if (!checkLong(ctx, argv, i + 1)) return;
        rank = integerArgument(argv, i + 1)!;
        if (rank === 0) return reply.error(RANK_ZERO);
      } else if (hasValue && argv.is(i, "COUNT")) {
        count = integerArgument(argv, i + 1) ?? -1;
        if (count < 0) return reply.error("ERR COUNT can't be negative");
      } else if (hasValue && argv.is(i, "MAXLEN")) {
        maxLength = integerArgument(argv, i + 1) ?? -1;
        if (maxLength < 0) return reply.error("ERR MAXLEN can't be negative");
      } else {
        return reply.error(SYNTAX_ERROR);
      }
    }
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    if (opened === Opened.NONE) return count < 0 ? reply.null() : reply.array(0);
    replyPositions(ctx, argv, rank, count, maxLength === 0 ? Number.POSITIVE_INFINITY : maxLength);
  },
);

/** Replies the matches from number `rank` on (negative: from the tail): the first of them, or with `count` an array (0: of all). */
function replyPositions(ctx: Context, argv: Argv, rank: number, count: number, maxLength: number): void {
  const { keyspace, reply } = ctx;
  const { lists } = keyspace.types;
  const { cursor } = lists;
  const fromTail = rank < 0;
  const length = lists.count(keyspace.view);
  const offset = argv.offset[2]!;
  const size = argv.length[2]!;
  let toSkip = Math.abs(rank) - 1;
  let found = 0;
  const mark = reply.begin();
  lists.seekEnd(keyspace.view, fromTail, cursor);
  const limit = Math.min(length, maxLength);
  for (let index = 0; index < limit; index++) {
    if (equals(cursor.region, cursor.at, argv.source, offset, size) && --toSkip < 0) {
      reply.integer(fromTail ? length - index - 1 : index);
      found++;
      if (count < 0) return;
      if (found === count) break;
    }
    if (fromTail) lists.previous(cursor);
    else lists.next(cursor);
  }
  if (count < 0) reply.null();
  else reply.endArray(mark, found);
}
