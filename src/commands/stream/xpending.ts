import type { Argv } from "../../bytes/argv.js";
import { Consumer, Group, Pending } from "../../datatypes/stream-blocks.js";
import { compareIds } from "../../datatypes/stream-id.js";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { block, defineCommand, integer, key, optional, string } from "../spec.js";
import { replyDeliveries, replyId, replyName } from "./entry-reply.js";
import { groupAt, noGroup, rangeEnd, rangeStart, readHead } from "./stream-value.js";

/** XPENDING: what was delivered and not acknowledged, in sum or entry by entry. */
export const xpending = defineCommand(
  {
    name: "XPENDING",
    group: "stream",
    since: "5.0.0",
    summary: "Returns the information and entries from a stream consumer group's pending entries list.",
    complexity:
      "O(N) with N being the number of elements returned, so asking for a small fixed number of entries per call is O(1). O(M), where M is the total number of entries scanned when used with the IDLE filter. When the command returns just the summary and the list of consumers is small, it runs in O(1) time; otherwise, an additional O(N) time for iterating every consumer.",
    flags: ["readonly"],
    history: [["6.2.0", "Added the `IDLE` option and exclusive range intervals."]],
    tips: ["nondeterministic_output"],
    args: [
      key("key", "RO ACCESS"),
      string("group"),
      optional(
        block("filters", [
          optional(integer("min-idle-time", { token: "IDLE", since: "6.2.0" })),
          string("start"),
          string("end"),
          integer("count"),
          optional(string("consumer")),
        ]),
      ),
    ],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    const { startId, endId } = ctx.keyspace.types.streams;
    if (argv.count !== 3 && (argv.count < 6 || argv.count > 9)) return reply.error(SYNTAX_ERROR);
    let from = 3;
    let count: number | null = 0;
    let minIdleMs: number | null = 0;
    if (argv.count > 3) {
      if (argv.is(3, "IDLE")) {
        minIdleMs = integerArgument(argv, 4);
        if (minIdleMs === null) return reply.error(NOT_AN_INTEGER);
        if (argv.count < 8) return reply.error(SYNTAX_ERROR);
        from = 5;
      }
      count = integerArgument(argv, from + 2);
      if (count === null) return reply.error(NOT_AN_INTEGER);
      if (!rangeStart(ctx, argv, from, startId) || !rangeEnd(ctx, argv, from + 1, endId)) return;
    }
    const head = readHead(ctx, argv, 1);
    if (head < 0) return;
    const group = groupAt(ctx, head, argv, 2);
    if (group === 0) return reply.error(noGroup(argv, 1, 2));
    if (argv.count === 3) replySummary(ctx, group);
    else replyPending(ctx, argv, group, from + 3, Math.max(count, 0), minIdleMs);
  },
);

function replySummary(ctx: Context, group: number): void {
  const { reply } = ctx;
  const { blocks, groups, id } = ctx.keyspace.types.streams;
  const { pending } = groups;
  reply.array(4);
  reply.integer(groups.pendingCount(group));
  if (groups.pendingCount(group) === 0) {
    reply.null();
    reply.null();
    return reply.nullArray();
  }
  const root = blocks.word(group, Group.PENDING);
  pending.first(root);
  pending.loadKey(id);
  replyId(ctx, id);
  pending.last(root);
  pending.loadKey(id);
  replyId(ctx, id);
  const mark = reply.begin();
  let replied = 0;
  for (let i = 0; i < groups.consumerCount(group); i++) {
    const consumer = groups.consumerAt(group, i);
    const owned = groups.ownedCount(consumer);
    if (owned === 0) continue;
    reply.array(2);
    replyName(ctx, groups.consumerNames, consumer);
    reply.bulkInteger(owned);
    replied++;
  }
  reply.endArray(mark, replied);
}

/** Replies the pending entries from `startId` to `endId`, of the consumer at argument i if there is one. */
function replyPending(ctx: Context, argv: Argv, group: number, i: number, count: number, minIdleMs: number): void {
  const { reply } = ctx;
  const { blocks, groups, id, startId, endId } = ctx.keyspace.types.streams;
  const { pending } = groups;
  let ids = pending;
  let root = blocks.word(group, Group.PENDING);
  if (i < argv.count) {
    const consumer = groups.findConsumer(group, argv.source, argv.offset[i]!, argv.length[i]!);
    if (consumer === 0) return reply.array(0);
    ids = groups.owned;
    root = blocks.word(consumer, Consumer.OWNED);
  }
  const nowMs = Math.floor(ctx.nowMs);
  const mark = reply.begin();
  let replied = 0;
  for (let more = replied < count && ids.seek(root, startId); more; more = ids.next()) {
    ids.loadKey(id);
    if (compareIds(id, endId) > 0) break;
    if (ids !== pending) groups.findPending(group, id);
    const idleMs = nowMs - groups.deliveryTime();
    if (minIdleMs !== 0 && idleMs < minIdleMs) continue;
    reply.array(4);
    replyId(ctx, id);
    replyName(ctx, groups.consumerNames, pending.word(Pending.CONSUMER));
    reply.integer(Math.max(idleMs, 0));
    replyDeliveries(ctx);
    if (++replied === count) break;
  }
  reply.endArray(mark, replied);
}
