import type { Argv } from "../../bytes/argv.js";
import { highWord, lowWord } from "../../bytes/int64.js";
import { Consumer, type EditableRef, Group } from "../../datatypes/stream-blocks.js";
import { IdForm, parseId } from "../../datatypes/stream-id.js";
import type { Context } from "../context.js";
import { integerArgument } from "../integer-argument.js";
import { defineCommand, flag, integer, key, many, optional, string, unixTime } from "../spec.js";
import { replyEntryAt, replyId } from "./entry-reply.js";
import { sayAcknowledged, sayClaimed, sayGroupPosition } from "./group-effects.js";
import { editFound, groupAt, idArgument, noGroup, readHead } from "./stream-value.js";
import { consumerFor } from "./xreadgroup.js";

const NO_IDLE_TIME = "ERR Invalid min-idle-time argument for XCLAIM";

/** XCLAIM: makes pending entries those of another consumer. */
export const xclaim = defineCommand(
  {
    name: "XCLAIM",
    group: "stream",
    since: "5.0.0",
    summary:
      "Changes, or acquires, ownership of a message in a consumer group, as if the message was delivered a consumer group member.",
    complexity: "O(log N) with N being the number of messages in the PEL of the consumer group.",
    flags: ["write", "fast"],
    effect: "rewritten",
    tips: ["nondeterministic_output"],
    args: [
      key("key", "RW UPDATE"),
      string("group"),
      string("consumer"),
      string("min-idle-time"),
      many(string("ID")),
      optional(integer("ms", { token: "IDLE" })),
      optional(unixTime("unix-time-milliseconds", { token: "TIME" })),
      optional(integer("count", { token: "RETRYCOUNT" })),
      flag("FORCE"),
      flag("JUSTID"),
      optional(string("lastid", { token: "LASTID" })),
    ],
  },
  (ctx, argv) => {
    const { effects, keyspace, reply } = ctx;
    const { blocks, groups, id, startId: lastId } = keyspace.types.streams;
    const head = readHead(ctx, argv, 1);
    if (head < 0) return;
    const found = groupAt(ctx, head, argv, 2);
    if (found === 0) return reply.error(noGroup(argv, 1, 2));
    const minIdleMs = integerArgument(argv, 4);
    if (minIdleMs === null) return reply.error(NO_IDLE_TIME);
    let end = 5;
    while (end < argv.count && isId(argv, end, id)) end++;
    const options = parseOptions(ctx, argv, end);
    if (options === null) return;
    const group = editFound(ctx, argv, 1, found);
    const names = { argv, key: 1, group: 2, consumer: 3 };
    if (effects.isOn) effects.nothing();
    // With the first entry that is claimed this is one change.
    let hasMoved = blocks.compareId(lastId, group, Group.LAST_ID) > 0;
    if (hasMoved) {
      blocks.setId(group, Group.LAST_ID, lastId);
      keyspace.dirty++;
    }
    try {
      const consumer = consumerFor(ctx, group, names);
      const mark = reply.begin();
      let claimed = 0;
      for (let i = 5; i < end; i++) {
        isId(argv, i, id);
        if (!keyspace.types.streams.has(head, id)) {
          // What is gone from the stream goes from the pending entries.
          if (!groups.acknowledge(group, id)) continue;
          keyspace.dirty++;
          if (effects.isOn) sayAcknowledged(ctx, names, id);
          continue;
        }
        if (!claim(ctx, group, consumer, Math.max(minIdleMs, 0), options)) continue;
        if (!hasMoved) keyspace.dirty++;
        hasMoved = false;
        claimed++;
        if (effects.isOn) sayClaimed(ctx, names, group, id);
        if (options.justId) replyId(ctx, id);
        else replyEntryAt(ctx, head, id);
      }
      reply.endArray(mark, claimed);
    } finally {
      // No entry that is claimed says where the group is now.
      if (hasMoved && effects.isOn) sayGroupPosition(ctx, names, group);
    }
  },
);

interface ClaimOptions {
  readonly timeMs: number;
  readonly force: boolean;
  readonly justId: boolean;
  /** Two words of the number of deliveries; high is negative when not given. */
  readonly high: number;
  readonly low: number;
}

/** Makes the entry with the ID in `streams.id` pending for the consumer; false when it is not pending, or not idle long enough. */
function claim(
  ctx: Context,
  group: EditableRef,
  consumer: EditableRef,
  minIdleMs: number,
  options: ClaimOptions,
): boolean {
  const { blocks, groups, id } = ctx.keyspace.types.streams;
  const nowMs = Math.floor(ctx.nowMs);
  const isPending = groups.findPending(group, id);
  if (!isPending && !options.force) return false;
  if (isPending && minIdleMs > 0 && nowMs - groups.deliveryTime() < minIdleMs) return false;
  groups.assign(group, consumer, id, options.timeMs);
  if (!isPending) groups.setDeliveries(0, 1);
  if (options.high >= 0) groups.setDeliveries(options.high, options.low);
  else if (!options.justId) groups.addDelivery();
  blocks.setDouble(consumer, Consumer.ACTIVE_F64, nowMs);
  return true;
}

function isId(argv: Argv, i: number, id: Uint32Array): boolean {
  return parseId(argv.source, argv.offset[i]!, argv.length[i]!, id, 0) === IdForm.COMPLETE;
}

/** The options from argument `from` on; the ID of LASTID goes to `startId`. null when the error was replied. */
function parseOptions(ctx: Context, argv: Argv, from: number): ClaimOptions | null {
  const { reply } = ctx;
  const { startId: lastId } = ctx.keyspace.types.streams;
  const nowMs = Math.floor(ctx.nowMs);
  let timeMs: number | null = null;
  let force = false;
  let justId = false;
  let high = -1;
  let low = 0;
  lastId.fill(0);
  for (let i = from; i < argv.count; i++) {
    const hasMore = i + 1 < argv.count;
    if (argv.is(i, "FORCE")) force = true;
    else if (argv.is(i, "JUSTID")) justId = true;
    else if (hasMore && argv.is(i, "LASTID")) {
      if (!idArgument(ctx, argv, ++i, lastId)) return null;
    } else if (hasMore && (argv.is(i, "IDLE") || argv.is(i, "TIME") || argv.is(i, "RETRYCOUNT"))) {
      const option = argv.latin1(i).toUpperCase();
      const value = integerArgument(argv, ++i);
      if (value === null) {
        reply.error(`ERR Invalid ${option} option argument for XCLAIM`);
        return null;
      }
      if (option === "IDLE") timeMs = nowMs - value;
      else if (option === "TIME") timeMs = value;
      else {
        high = highWord(argv.source, argv.offset[i]!, argv.length[i]!);
        low = lowWord(argv.source, argv.offset[i]!, argv.length[i]!);
      }
    } else {
      reply.error(`ERR Unrecognized XCLAIM option '${argv.cString(i)}'`);
      return null;
    }
  }
  // A time that makes no sense is now, as in Redis: clients compute it from their own clocks.
  if (timeMs === null || timeMs < 0 || timeMs > nowMs) timeMs = nowMs;
  return { timeMs, force, justId, high, low };
}
