import type { Argv } from "../../bytes/argv.js";
import { Consumer, Group, Head, Pending } from "../../datatypes/stream-blocks.js";
import { NO_SUCH_KEY, NOT_AN_INTEGER } from "../../protocol/errors.js";
import { subcommandSyntaxError } from "../command-errors.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { block, defineCommand, flag, integer, key, optional } from "../spec.js";
import { replyDeliveries, replyEntry, replyId, replyName, replyRange } from "./entry-reply.js";
import { readHead } from "./stream-value.js";
import { replyProgress } from "./xinfo-groups.js";

/** Entries and pending entries XINFO STREAM FULL shows of each list. */
const DEFAULT_COUNT = 10;

/** Bytes of a node of the tree, for the figure that Redis has for its radix tree. */
const NODE_BYTES = 1024;

/** XINFO STREAM: figures of a stream, in full with its entries, groups and consumers. */
export const xinfoStream = defineCommand(
  {
    name: "STREAM",
    group: "stream",
    since: "5.0.0",
    summary: "Returns information about a stream.",
    complexity: "O(1)",
    flags: ["readonly"],
    history: [
      ["6.0.0", "Added the `FULL` modifier."],
      [
        "7.0.0",
        "Added the `max-deleted-entry-id`, `entries-added`, `recorded-first-entry-id`, `entries-read` and `lag` fields",
      ],
      ["7.2.0", "Added the `active-time` field, and changed the meaning of `seen-time`."],
    ],
    args: [
      key("key", "RO ACCESS"),
      optional(
        block("full-block", [flag("FULL", { optional: false }), optional(integer("count", { token: "COUNT" }))]),
      ),
    ],
  },
  (ctx, argv) => {
    const { reply } = ctx;
    const head = readHead(ctx, argv, 2);
    if (head < 0) return;
    if (head === 0) return reply.error(NO_SUCH_KEY);
    const count = fullCount(ctx, argv);
    if (count === -2) return;
    if (count === -1) {
      reply.map(10);
      replyFigures(ctx, head);
      replyEdges(ctx, head);
    } else {
      reply.map(9);
      replyFigures(ctx, head);
      replyFull(ctx, head, count);
    }
  },
);

/** How many entries FULL shows, 0 for all; -1 without FULL, -2 when the error was replied. */
function fullCount({ reply }: Context, argv: Argv): number {
  if (argv.count === 3) return -1;
  if ((argv.count !== 4 && argv.count !== 6) || !argv.is(3, "FULL") || (argv.count === 6 && !argv.is(4, "COUNT"))) {
    reply.error(subcommandSyntaxError(argv, "XINFO"));
    return -2;
  }
  if (argv.count === 4) return DEFAULT_COUNT;
  const count = integerArgument(argv, 5);
  if (count === null) {
    reply.error(NOT_AN_INTEGER);
    return -2;
  }
  return count < 0 ? DEFAULT_COUNT : count;
}

function replyFigures(ctx: Context, head: number): void {
  const { reply } = ctx;
  const { streams } = ctx.keyspace.types;
  const { tree } = streams.entries;
  const root = streams.rootOf(head);
  const leaves = tree.leaves(root);
  reply.bulkText("length");
  reply.integer(streams.length(head));
  reply.bulkText("radix-tree-keys");
  reply.integer(leaves);
  reply.bulkText("radix-tree-nodes");
  reply.integer(leaves + Math.max(1, Math.ceil(tree.overheadBytes(root) / NODE_BYTES)));
  replyIdOf(ctx, "last-generated-id", head, Head.LAST_ID);
  replyIdOf(ctx, "max-deleted-entry-id", head, Head.MAX_DELETED_ID);
  reply.bulkText("entries-added");
  reply.bigInteger(streams.blocks.int64(head, Head.ENTRIES_ADDED));
  replyIdOf(ctx, "recorded-first-entry-id", head, Head.FIRST_ID);
}

function replyIdOf(ctx: Context, name: string, head: number, word: number): void {
  const { blocks, id } = ctx.keyspace.types.streams;
  ctx.reply.bulkText(name);
  blocks.loadId(head, word, id);
  replyId(ctx, id);
}

function replyEdges(ctx: Context, head: number): void {
  const { reply } = ctx;
  const { streams } = ctx.keyspace.types;
  const { iterator } = streams;
  reply.bulkText("groups");
  reply.integer(streams.groups.groupCount(head));
  for (const isReverse of [false, true]) {
    reply.bulkText(isReverse ? "last-entry" : "first-entry");
    iterator.start(streams.rootOf(head), null, null, isReverse);
    if (iterator.next()) replyEntry(ctx);
    else reply.null();
  }
}

function replyFull(ctx: Context, head: number, count: number): void {
  const { reply } = ctx;
  const { groups } = ctx.keyspace.types.streams;
  reply.bulkText("entries");
  replyRange(ctx, head, null, null, count, false);
  reply.bulkText("groups");
  reply.array(groups.groupCount(head));
  for (let i = 0; i < groups.groupCount(head); i++) {
    const group = groups.groupAt(head, i);
    reply.map(7);
    reply.bulkText("name");
    replyName(ctx, groups.groupNames, group);
    replyProgress(ctx, head, group);
    reply.bulkText("pel-count");
    reply.integer(groups.pendingCount(group));
    reply.bulkText("pending");
    replyPending(ctx, group, count);
    reply.bulkText("consumers");
    reply.array(groups.consumerCount(group));
    for (let k = 0; k < groups.consumerCount(group); k++) {
      replyConsumer(ctx, group, groups.consumerAt(group, k), count);
    }
  }
}

function replyPending(ctx: Context, group: number, count: number): void {
  const { reply } = ctx;
  const { blocks, groups, id } = ctx.keyspace.types.streams;
  const { pending } = groups;
  const mark = reply.begin();
  let replied = 0;
  for (let more = pending.first(blocks.word(group, Group.PENDING)); more; more = pending.next()) {
    reply.array(4);
    pending.loadKey(id);
    replyId(ctx, id);
    replyName(ctx, groups.consumerNames, pending.word(Pending.CONSUMER));
    reply.integer(groups.deliveryTime());
    replyDeliveries(ctx);
    if (++replied === count) break;
  }
  reply.endArray(mark, replied);
}

function replyConsumer(ctx: Context, group: number, consumer: number, count: number): void {
  const { reply } = ctx;
  const { blocks, groups, id } = ctx.keyspace.types.streams;
  const { owned } = groups;
  reply.map(5);
  reply.bulkText("name");
  replyName(ctx, groups.consumerNames, consumer);
  reply.bulkText("seen-time");
  reply.integer(blocks.double(consumer, Consumer.SEEN_F64));
  reply.bulkText("active-time");
  reply.integer(blocks.double(consumer, Consumer.ACTIVE_F64));
  reply.bulkText("pel-count");
  reply.integer(groups.ownedCount(consumer));
  reply.bulkText("pending");
  const mark = reply.begin();
  let replied = 0;
  for (let more = owned.first(blocks.word(consumer, Consumer.OWNED)); more; more = owned.next()) {
    owned.loadKey(id);
    groups.findPending(group, id);
    reply.array(3);
    replyId(ctx, id);
    reply.integer(groups.deliveryTime());
    replyDeliveries(ctx);
    if (++replied === count) break;
  }
  reply.endArray(mark, replied);
}
