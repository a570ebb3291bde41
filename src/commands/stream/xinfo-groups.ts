import { Consumer, Group } from "../../datatypes/stream-blocks.js";
import { NO_SUCH_KEY } from "../../protocol/errors.js";
import type { Context } from "../context.js";
import { defineCommand, key, string } from "../spec.js";
import { replyId, replyName } from "./entry-reply.js";
import { groupAt, noGroupOfKey, readHead } from "./stream-value.js";

/** XINFO GROUPS: the groups of a stream. */
export const xinfoGroups = defineCommand(
  {
    name: "GROUPS",
    group: "stream",
    since: "5.0.0",
    summary: "Returns a list of the consumer groups of a stream.",
    complexity: "O(1)",
    flags: ["readonly"],
    history: [["7.0.0", "Added the `entries-read` and `lag` fields"]],
    args: [key("key", "RO ACCESS")],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    const { groups } = ctx.keyspace.types.streams;
    const head = readHead(ctx, argv, 2);
    if (head < 0) return;
    if (head === 0) return reply.error(NO_SUCH_KEY);
    const count = groups.groupCount(head);
    reply.array(count);
    for (let i = 0; i < count; i++) {
      const group = groups.groupAt(head, i);
      reply.map(6);
      reply.bulkText("name");
      replyName(ctx, groups.groupNames, group);
      reply.bulkText("consumers");
      reply.integer(groups.consumerCount(group));
      reply.bulkText("pending");
      reply.integer(groups.pendingCount(group));
      replyProgress(ctx, head, group);
    }
  },
);

/** Replies three pairs: the last ID delivered, the number of entries read, and how many are left; null where that is unknown. */
export function replyProgress(ctx: Context, head: number, group: number): void {
  const { reply } = ctx;
  const { streams } = ctx.keyspace.types;
  const { blocks, groups, id } = streams;
  reply.bulkText("last-delivered-id");
  blocks.loadId(group, Group.LAST_ID, id);
  replyId(ctx, id);
  reply.bulkText("entries-read");
  if (groups.isReadCountKnown(group)) reply.bigInteger(blocks.int64(group, Group.ENTRIES_READ));
  else reply.null();
  reply.bulkText("lag");
  const lag = streams.lag(head, group);
  if (lag === null) reply.null();
  else reply.integer(lag);
}

/** XINFO CONSUMERS: the consumers of a group. */
export const xinfoConsumers = defineCommand(
  {
    name: "CONSUMERS",
    group: "stream",
    since: "5.0.0",
    summary: "Returns a list of the consumers in a consumer group.",
    complexity: "O(1)",
    flags: ["readonly"],
    history: [["7.2.0", "Added the `inactive` field."]],
    tips: ["nondeterministic_output"],
    args: [key("key", "RO ACCESS"), string("group")],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    const { blocks, groups } = ctx.keyspace.types.streams;
    const head = readHead(ctx, argv, 2);
    if (head < 0) return;
    if (head === 0) return reply.error(NO_SUCH_KEY);
    const group = groupAt(ctx, head, argv, 3);
    if (group === 0) return reply.error(noGroupOfKey(argv, 2, 3));
    const nowMs = Math.floor(ctx.nowMs);
    const count = groups.consumerCount(group);
    reply.array(count);
    for (let i = 0; i < count; i++) {
      const consumer = groups.consumerAt(group, i);
      const activeMs = blocks.double(consumer, Consumer.ACTIVE_F64);
      reply.map(4);
      reply.bulkText("name");
      replyName(ctx, groups.consumerNames, consumer);
      reply.bulkText("pending");
      reply.integer(groups.ownedCount(consumer));
      reply.bulkText("idle");
      reply.integer(Math.max(nowMs - blocks.double(consumer, Consumer.SEEN_F64), 0));
      reply.bulkText("inactive");
      reply.integer(activeMs === -1 ? -1 : nowMs - activeMs);
    }
  },
);
