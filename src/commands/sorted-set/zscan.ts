import { formatGeneral } from "../../bytes/double.js";
import type { ValueView } from "../../datatypes/value-slot.js";
import { ElementView } from "../../structures/entry/element-view.js";
import { Encoding } from "../../structures/entry/entry.js";
import * as listpack from "../../structures/packed/listpack.js";
import type { Context } from "../context.js";
import { Opened } from "../open-collection.js";
import { INVALID_CURSOR, parseCursor, ScanOptions } from "../scan-options.js";
import { openForReading } from "../sorted-set-value.js";
import { defineCommand, integer, key, pattern } from "../spec.js";

/** ZSCAN: some of the members with their scores, and the cursor to go on with. */
export const zscan = defineCommand(
  {
    name: "ZSCAN",
    group: "sorted-set",
    since: "2.8.0",
    summary: "Iterates over members and scores of a sorted set.",
    complexity:
      "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
    flags: ["readonly"],
    tips: ["nondeterministic_output"],
    args: [
      key("key", "RO ACCESS"),
      integer("cursor"),
      pattern("pattern", { token: "MATCH", optional: true }),
      integer("count", { token: "COUNT", optional: true }),
    ],
  },
  (ctx, argv) => {
    const { keyspace, reply } = ctx;
    const { view } = keyspace;
    const { sortedSets } = keyspace.types;
    const cursor = parseCursor(argv, 2);
    if (cursor === null) return reply.error(INVALID_CURSOR);
    const opened = openForReading(ctx, argv, 1);
    if (opened === Opened.REFUSED) return;
    const options = new ScanOptions(argv);
    if (opened === Opened.FOUND) {
      const error = options.read(3, false);
      if (error !== null) return reply.error(error);
    }
    const { member } = sortedSets.cursor;
    const mark = reply.begin();
    let count = 0;
    let next = 0;
    if (opened === Opened.FOUND) {
      next = sortedSets.scan(view, cursor, options.count, (handle) => {
        sortedSets.load(view, handle, member);
        if (!options.matches(member.region, member.offset, member.length)) return;
        count += 2;
        reply.bulk(member.region, member.offset, member.length);
        replyScore(ctx, view, handle);
      });
    }
    reply.endScan(mark, next, count);
  },
);

/** The score as text: of a small set as it is stored, of a big one with 17 digits, as in Redis. */
function replyScore({ keyspace, reply }: Context, view: ValueView, handle: number): void {
  if (view.encoding !== Encoding.LISTPACK)
    return reply.bulkText(formatGeneral(keyspace.types.sortedSets.scoreOf(view, handle), 17));
  const score = new ElementView();
  listpack.load(view.segment, listpack.next(view.segment, handle), score);
  reply.bulk(score.region, score.offset, score.length);
}
