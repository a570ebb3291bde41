import type { Argv } from "../../bytes/argv.js";
import { Consumer, type EditableRef, Group } from "../../datatypes/stream-blocks.js";
import { incrementId } from "../../datatypes/stream-id.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { Context } from "../context.js";
import { block, defineCommand, flag, integer, key, many, optional, string } from "../spec.js";
import { replyEntry, replyEntryAt, replyId } from "./entry-reply.js";
import { type GroupArguments, sayClaimed, sayConsumerCreated, sayGroupPosition } from "./group-effects.js";
import { groupReadKeys, parseReadOptions } from "./read-options.js";
import { beginStream, DOLLAR, endStreams, GREATER, PLUS } from "./read-streams.js";
import { editFound, groupAt, idArgument, isCharacter, noGroup, readHead } from "./stream-value.js";

/** XREADGROUP: entries for a consumer of a group, new ones (">") or those pending for it. */
export const xreadgroup = defineCommand(
  {
    name: "XREADGROUP",
    group: "stream",
    since: "5.0.0",
    summary:
      "Returns new or historical messages from a stream for a consumer in a group. Blocks until a message is available otherwise.",
    complexity:
      "For each stream mentioned: O(M) with M being the number of elements returned. If M is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1). On the other side when XREADGROUP blocks, XADD will pay the O(N) time in order to serve the N clients blocked on the stream getting new data.",
    flags: ["blocking", "write"],
    effect: "rewritten",
    args: [
      block("group-block", [string("group"), string("consumer")], { token: "GROUP" }),
      optional(integer("count", { token: "COUNT" })),
      optional(integer("milliseconds", { token: "BLOCK" })),
      flag("NOACK"),
      block("streams", [many(key("key", "RO ACCESS")), many(string("ID"))], { token: "STREAMS" }),
    ],
    getKeys: groupReadKeys,
  },
  (ctx, argv) => {
    const { reply } = ctx;
    const { streams } = ctx.keyspace.types;
    const { readOptions: options, startId } = streams;
    if (!parseReadOptions(ctx, argv, true) || !areReadable(ctx, argv)) return;
    const { keys, ids, keyCount } = options;
    const mark = reply.begin();
    let replied = 0;
    if (ctx.effects.isOn) ctx.effects.nothing();
    for (let k = 0; k < keyCount; k++) {
      const head = readHead(ctx, argv, keys + k);
      const group = editFound(ctx, argv, keys + k, groupAt(ctx, head, argv, options.group));
      const names = { argv, key: keys + k, group: options.group, consumer: options.consumer };
      const consumer = consumerFor(ctx, group, names);
      // The largest ID means ">", as in Redis.
      if (!isCharacter(argv, ids + k, GREATER) && idArgument(ctx, argv, ids + k, startId) && incrementId(startId)) {
        beginStream(ctx, argv, keys + k);
        replyHistory(ctx, head, group, consumer, names);
      } else {
        if (!streams.loadLastLiveId(head, startId)) continue;
        if (streams.blocks.compareId(startId, group, Group.LAST_ID) <= 0) continue;
        streams.blocks.loadId(group, Group.LAST_ID, startId);
        incrementId(startId);
        beginStream(ctx, argv, keys + k);
        replyNew(ctx, head, group, consumer, names);
      }
      replied++;
    }
    endStreams(ctx, argv, options, mark, replied);
  },
);

/** Checks keys, groups and IDs before anything changes; false when the error was replied. */
function areReadable(ctx: Context, argv: Argv): boolean {
  const { readOptions, startId } = ctx.keyspace.types.streams;
  const { group, keys, ids, keyCount } = readOptions;
  for (let k = 0; k < keyCount; k++) {
    const head = readHead(ctx, argv, keys + k);
    if (head < 0) return false;
    if (groupAt(ctx, head, argv, group) === 0) {
      ctx.reply.error(`${noGroup(argv, keys + k, group)} in XREADGROUP with GROUP option`);
      return false;
    }
    if (isCharacter(argv, ids + k, DOLLAR) || isCharacter(argv, ids + k, PLUS)) {
      ctx.reply.error(meaninglessId(argv.cString(ids + k)));
      return false;
    }
    if (!isCharacter(argv, ids + k, GREATER) && !idArgument(ctx, argv, ids + k, startId)) return false;
  }
  return true;
}

function meaninglessId(id: string): string {
  return (
    `ERR The ${id} ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by ` +
    `specifying a proper ID, or use the > ID to get new messages. The ${id} ID would just return an empty result set.`
  );
}

/** The consumer that is named, made when there is none; it is seen now. */
export function consumerFor(ctx: Context, group: EditableRef, names: GroupArguments): EditableRef {
  const { db, effects, keyspace } = ctx;
  const { argv, consumer: i } = names;
  const { blocks, groups } = keyspace.types.streams;
  const offset = argv.offset[i]!;
  const length = argv.length[i]!;
  let consumer = groups.findConsumer(group, argv.source, offset, length);
  if (consumer !== 0) {
    blocks.setDouble(consumer, Consumer.SEEN_F64, Math.floor(ctx.nowMs));
    return consumer;
  }
  consumer = groups.createConsumer(group, argv.source, offset, length, Math.floor(ctx.nowMs));
  keyspace.dirty++;
  db.notify(NotifyClass.STREAM, "xgroup-createconsumer", argv, names.key);
  if (effects.isOn) sayConsumerCreated(ctx, names);
  return consumer;
}

/** Replies entries from `startId` on, which are delivered now. */
function replyNew(ctx: Context, head: number, group: EditableRef, consumer: EditableRef, names: GroupArguments): void {
  const { effects, keyspace, reply } = ctx;
  const { streams } = keyspace.types;
  const { blocks, groups, iterator, readOptions, startId } = streams;
  const nowMs = Math.floor(ctx.nowMs);
  const mark = reply.begin();
  let replied = 0;
  let hasAdvanced = false;
  iterator.start(streams.rootOf(head), startId, null, false);
  try {
    while (iterator.next()) {
      if (!readOptions.noAck) {
        groups.assign(group, consumer, iterator.id, nowMs);
        groups.setDeliveries(0, 1);
        blocks.setDouble(consumer, Consumer.ACTIVE_F64, nowMs);
      }
      streams.advance(head, group, iterator.id);
      hasAdvanced = true;
      // Now, since memory may run out before the last one.
      if (replied === 0) keyspace.dirty++;
      if (effects.isOn && !readOptions.noAck) sayClaimed(ctx, names, group, iterator.id);
      replyEntry(ctx);
      if (++replied === readOptions.count) break;
    }
    reply.endArray(mark, replied);
  } finally {
    if (hasAdvanced && effects.isOn) sayGroupPosition(ctx, names, group);
  }
}

/** Replies what is pending for the consumer from `startId` on, which is delivered once more; of entries that are gone only the ID. */
function replyHistory(ctx: Context, head: number, group: EditableRef, consumer: number, names: GroupArguments): void {
  const { effects, keyspace, reply } = ctx;
  const { streams } = keyspace.types;
  const { blocks, groups, id, readOptions, startId } = streams;
  const { owned } = groups;
  const mark = reply.begin();
  let replied = 0;
  let isCounted = false;
  let more = owned.seek(blocks.word(consumer, Consumer.OWNED), startId);
  for (; more; more = owned.next()) {
    owned.loadKey(id);
    if (replyEntryAt(ctx, head, id)) {
      groups.redeliver(group, id, Math.floor(ctx.nowMs));
      if (!isCounted) keyspace.dirty++;
      isCounted = true;
      if (effects.isOn) sayClaimed(ctx, names, group, id);
    } else {
      reply.array(2);
      replyId(ctx, id);
      reply.nullArray();
    }
    if (++replied === readOptions.count) break;
  }
  // It counts as a change even if there was nothing, as in Redis.
  if (!isCounted) keyspace.dirty++;
  reply.endArray(mark, replied);
}
