import type { Argv } from "../../bytes/argv.js";
import { highWord, lowWord } from "../../bytes/int64.js";
import { Head } from "../../datatypes/stream-blocks.js";
import { compareIds, isZeroId } from "../../datatypes/stream-id.js";
import { NotifyClass } from "../../keyspace/notify.js";
import { NO_SUCH_KEY, NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { defineCommand, integer, key, optional, string } from "../spec.js";
import { idArgument, writeHead } from "./stream-value.js";

const NEGATIVE_COUNT = "ERR entries_added must be positive";
const BELOW_GIVEN_DELETED = "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id";
const BELOW_DELETED = "ERR The ID specified in XSETID is smaller than current max_deleted_entry_id";
const BELOW_TOP = "ERR The ID specified in XSETID is smaller than the target stream top item";
const BELOW_LENGTH = "ERR The entries_added specified in XSETID is smaller than the target stream length";

/** XSETID: sets the last ID of a stream, the number of entries ever added, and the largest ID deleted. */
export const xsetid = defineCommand(
  {
    name: "XSETID",
    group: "stream",
    since: "5.0.0",
    summary: "An internal command for replicating stream values.",
    complexity: "O(1)",
    flags: ["write", "denyoom", "fast"],
    effect: "as sent",
    history: [["7.0.0", "Added the `entries_added` and `max_deleted_entry_id` arguments."]],
    args: [
      key("key", "RW UPDATE"),
      string("last-id"),
      optional(integer("entries-added", { token: "ENTRIESADDED", since: "7.0.0" })),
      optional(string("max-deleted-id", { token: "MAXDELETEDID", since: "7.0.0" })),
    ],
  },
  (ctx, argv) => {
    const { db, keyspace, reply } = ctx;
    const { streams } = keyspace.types;
    const { blocks, id, startId: top, endId: maxDeleted } = streams;
    maxDeleted.fill(0);
    if (!idArgument(ctx, argv, 2, id)) return;
    const addedAt = parseOptions(ctx, argv);
    if (addedAt < 0) return;
    const head = writeHead(ctx, argv, 1);
    if (head < 0) return;
    if (head === 0) return reply.error(NO_SUCH_KEY);

    if (blocks.compareId(id, head, Head.MAX_DELETED_ID) < 0) return reply.error(BELOW_DELETED);
    const high = addedAt === 0 ? 0 : highWord(argv.source, argv.offset[addedAt]!, argv.length[addedAt]!);
    const low = addedAt === 0 ? 0 : lowWord(argv.source, argv.offset[addedAt]!, argv.length[addedAt]!);
    if (streams.loadLastLiveId(head, top)) {
      if (compareIds(id, top) < 0) return reply.error(BELOW_TOP);
      if (addedAt !== 0 && high === 0 && low >>> 0 < streams.length(head)) return reply.error(BELOW_LENGTH);
    }
    blocks.setId(head, Head.LAST_ID, id);
    if (addedAt !== 0) blocks.setInt64(head, Head.ENTRIES_ADDED, high, low);
    if (!isZeroId(maxDeleted)) blocks.setId(head, Head.MAX_DELETED_ID, maxDeleted);
    keyspace.dirty++;
    db.notify(NotifyClass.STREAM, "xsetid", argv, 1);
    reply.ok();
  },
);

/** The position of the number of entries added, 0 when not given; -1 when the error was replied. The largest ID deleted goes to `endId`. */
function parseOptions(ctx: Context, argv: Argv): number {
  const { id, endId: maxDeleted } = ctx.keyspace.types.streams;
  let addedAt = 0;
  for (let i = 3; i < argv.count; i += 2) {
    const hasMore = i + 1 < argv.count;
    if (hasMore && argv.is(i, "ENTRIESADDED")) {
      addedAt = i + 1;
      const high = highWord(argv.source, argv.offset[addedAt]!, argv.length[addedAt]!);
      if (Number.isNaN(high)) return refuse(ctx, NOT_AN_INTEGER);
      if (high < 0) return refuse(ctx, NEGATIVE_COUNT);
    } else if (hasMore && argv.is(i, "MAXDELETEDID")) {
      if (!idArgument(ctx, argv, i + 1, maxDeleted)) return -1;
      if (compareIds(id, maxDeleted) < 0) return refuse(ctx, BELOW_GIVEN_DELETED);
    } else return refuse(ctx, SYNTAX_ERROR);
  }
  return addedAt;
}

function refuse(ctx: Context, error: string): -1 {
  ctx.reply.error(error);
  return -1;
}
